"""Redis that hangs while many send: nobody waits long, and every confirmation leaves once."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.client import HTTPResponse

import pytest
from django.urls import reverse

from applications.models import Application, Status
from jetportal.mail.models import MailState, OutgoingMail
from tests.applicants import make_application, make_user
from tests.fault.test_mail_faults import sweep
from tests.processes import CeleryWorker, WebServer
from tests.raw import BODY, answer, connect, head, session_of, submit_path
from tests.services import Redis, paused, wait_until
from tests.smtp import MailReceiver

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 40  # many more than the web process has threads
EXTRA = 1.5  # seconds that a lost queue may add to an answer


@pytest.fixture
def drafts() -> list[Application]:
    """Finished drafts of an open round: half for each of two rushes."""
    people = [make_user(f"person{number}@example.org") for number in range(2 * PEOPLE)]
    drafts = [make_application(applicant=person) for person in people]
    drafts[0].round.closes_at = datetime.now(UTC) + timedelta(hours=1)
    drafts[0].round.save()
    return drafts


@pytest.fixture
def web(own_redis: Redis) -> Iterator[WebServer]:
    with WebServer(REDIS_URL=own_redis.url) as server:
        yield server


def press(web: WebServer, draft: Application, cookies: str) -> tuple[HTTPResponse, float]:
    """Send one application; return the answer and how many seconds it took."""
    with connect(web) as line:
        start = time.monotonic()
        line.sendall(head(web, submit_path(draft), cookies=cookies) + BODY)
        response = answer(line)
        response.read()
        return response, time.monotonic() - start


def rush(web: WebServer, drafts: list[Application]) -> float:
    """Let everybody send at once; each must see the receipt. Return the longest wait."""
    cookies = [session_of(draft) for draft in drafts]
    with ThreadPoolExecutor(len(drafts)) as people:
        answers = list(
            people.map(lambda words: press(web, *words), zip(drafts, cookies, strict=True))
        )
    receipts = [reverse("applications:receipt", args=[draft.key]) for draft in drafts]
    assert [response.headers["Location"] for response, _ in answers] == receipts
    return max(seconds for _, seconds in answers)


def test_hanging_queue_keeps_nobody_waiting_and_every_confirmation_leaves_once(
    web: WebServer, drafts: list[Application], own_redis: Redis, mail_receiver: MailReceiver
):
    usual = rush(web, drafts[:PEOPLE])
    with paused(own_redis):
        hanging = rush(web, drafts[PEOPLE:])
    own_redis.stop()
    own_redis.start()  # empty: what was told it is forgotten

    sent = OutgoingMail.objects.filter(kind="confirmation", state=MailState.SENT)
    with CeleryWorker(REDIS_URL=own_redis.url, EMAIL_URL=mail_receiver.url):
        sweep(own_redis.url)
        wait_until(lambda: sent.count() == 2 * PEOPLE, "every confirmation", seconds=60)

    assert hanging < 2 * usual + EXTRA  # the machine may be twice as busy by then
    assert Application.objects.filter(status=Status.SUBMITTED).count() == 2 * PEOPLE
    copies = Counter(message["Message-ID"] for message in mail_receiver.messages)
    assert (len(copies), set(copies.values())) == (2 * PEOPLE, {1})
