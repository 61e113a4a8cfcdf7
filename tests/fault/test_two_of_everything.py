"""Two web nodes, two workers and two clocks on one database behave as one: nothing twice."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPResponse

import pytest

from applications.models import Application, FrozenAnswers, Status, StatusChange
from jetportal.mail.models import MailState, OutgoingMail
from positions.deadlines import LAPSE_AFTER
from tests.applicants import make_application, make_user
from tests.processes import CeleryWorker, PortalProcess, WebServer
from tests.raw import BODY, answer, connect, head, session_of, submit_path
from tests.services import Redis, wait_until
from tests.smtp import MailReceiver

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 6
CLICKS = 4  # of each person, in turn on either node


class Clock(PortalProcess):
    """beat with every job of the portal, asked for every second."""

    def command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "celery", "--app", "tests.fault.hurried_clock:app", "--quiet"),
            *("beat", "--schedule", str(self.folder / "schedule")),
            *("--pidfile", str(self.folder / "pid"), "--max-interval", "1"),
        ]

    def ready(self) -> bool:
        return (self.folder / "pid").exists()


@dataclass
class Portal:
    nodes: list[WebServer]
    receiver: MailReceiver


@pytest.fixture
def two_of_each(own_redis: Redis, mail_receiver: MailReceiver) -> Iterator[Portal]:
    ours = {"REDIS_URL": own_redis.url, "EMAIL_URL": mail_receiver.url}
    with ExitStack() as stack:
        nodes = [stack.enter_context(WebServer(**ours)) for _ in range(2)]
        for kind in (CeleryWorker, CeleryWorker, Clock, Clock):
            stack.enter_context(kind(**ours))
        yield Portal(nodes, mail_receiver)


def click(web: WebServer, application: Application, cookies: str) -> HTTPResponse:
    with connect(web) as line:
        line.sendall(head(web, submit_path(application), cookies=cookies) + BODY)
        response = answer(line)
        response.read()
    return response


def close(application: Application, at: datetime) -> None:
    application.round.closes_at = at
    application.round.save()


@pytest.fixture
def drafts() -> list[Application]:
    """Finished drafts of an open round, one more than will be sent."""
    people = [make_user(f"person{number}@example.org") for number in range(PEOPLE + 1)]
    applications = [make_application(applicant=person) for person in people]
    close(applications[0], datetime.now(UTC) + timedelta(hours=1))
    return applications


def test_nothing_happens_twice(drafts: list[Application], two_of_each: Portal):
    *sending, forgotten = drafts
    cookies = {draft.pk: session_of(draft) for draft in sending}
    clicks = [
        (two_of_each.nodes[turn % 2], draft, cookies[draft.pk])
        for turn in range(CLICKS)
        for draft in sending
    ]

    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(lambda words: click(*words), clicks))

    assert {response.status for response in answers} == {302}
    confirmed = OutgoingMail.objects.filter(kind="confirmation")
    wait_until(lambda: confirmed.filter(state=MailState.SENT).count() == PEOPLE, "the mails")

    close(drafts[0], datetime.now(UTC) - LAPSE_AFTER)
    lapsed = OutgoingMail.objects.filter(key__startswith="lapsed:", state=MailState.SENT)
    wait_until(lapsed.exists, "the lapse and its mail")
    told = time.monotonic()
    wait_until(lambda: time.monotonic() - told > 3, "three more turns of both clocks")

    subjects = Counter((str(m["To"]), str(m["Subject"])) for m in two_of_each.receiver.messages)
    assert set(subjects.values()) == {1}
    assert len(subjects) == PEOPLE + 1
    moves = Counter(StatusChange.objects.values_list("application_id", "to_status"))
    assert set(moves.values()) == {1}
    assert moves[forgotten.pk, Status.LAPSED] == 1
    assert FrozenAnswers.objects.count() == PEOPLE
    assert Application.objects.filter(status=Status.SUBMITTED).count() == PEOPLE
    references = Application.objects.exclude(reference=None).values_list("reference", flat=True)
    assert len(set(references)) == PEOPLE
