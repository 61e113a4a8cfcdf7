"""Sending with real processes around it: the round of 2024, and a queue that is away."""

import re
import time
from datetime import UTC, datetime
from functools import partial

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from applications.models import Application, SectionAnswers, Status
from jetportal.mail.models import MailState, OutgoingMail
from tests.applicants import (
    add_documents,
    add_entries,
    answers_for,
    make_application,
    name_referees,
)
from tests.fault.test_mail_faults import broker, fresh_publisher, sweep
from tests.processes import CeleryWorker
from tests.services import Redis, paused, wait_until
from tests.smtp import Answer, MailReceiver

__all__ = ["broker", "fresh_publisher"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_queue")]

LAST_INSTANT = datetime(2024, 4, 6, 9, 59, 59, 999_999, tzinfo=UTC)  # 23:59:59.999999 in Hawaii
CLOSING = datetime(2024, 4, 6, 10, 0, tzinfo=UTC)
ADDRESS = "ana.lm@example.org"
SLUG = "sea-2024-summer"


def received(receiver: MailReceiver, subject: str) -> list[str]:
    """Return the texts of what arrived for Ana with these words in the subject."""
    return [
        message.get_body(("plain",)).get_content()
        for message in receiver.to(ADDRESS)
        if subject in message["Subject"]
    ]


def delivered(receiver: MailReceiver, subject: str) -> str:
    """Return the newest such mail once the worker has sent it.

    The worker lives in the present, where a message of 2024 has expired: the sweep finds the row.
    """
    with time_machine.travel(time_machine.escape_hatch.datetime.datetime.now(UTC)):
        sweep()
        wait_until(partial(received, receiver, subject), f"the mail with {subject!r}")
    return received(receiver, subject)[-1]


def sign_in(client: Client, receiver: MailReceiver, after: str) -> None:
    """Sign in as a person does: the address, then the code that the worker has mailed."""
    page = client.post(f"{reverse('account_login')}?next={after}", {"email": ADDRESS})
    text = delivered(receiver, "code")
    code = re.search(r"\b[0-9]{4} [0-9]{4}\b", text)
    assert code is not None
    answer = client.post(page["Location"], {"code": code.group()})
    assert answer["Location"] == after


def apply(client: Client, receiver: MailReceiver) -> Application:
    """Sign in, start, and fill every section of the round of 2024 over HTTP."""
    start = reverse("applications:start", args=[SLUG])
    sign_in(client, receiver, start)
    client.post(start)
    application = Application.objects.select_related("round").get()
    for section, answers in answers_for(application.round).items():
        client.post(reverse("applications:section", args=[application.key, section]), answers)
        add_entries(application, section)
    add_documents(application)
    name_referees(application)
    return application


@pytest.fixture
def round_of_2024() -> None:
    call_command("load_catalogue", verbosity=0)


@pytest.mark.usefixtures("round_of_2024")
def test_the_round_of_2024_takes_what_arrives_in_its_last_microsecond(client, mail_receiver):
    with CeleryWorker(EMAIL_URL=mail_receiver.url), time_machine.travel(LAST_INSTANT, tick=False):
        application = apply(client, mail_receiver)
        answer = client.post(reverse("applications:submit", args=[application.key]))
        text = delivered(mail_receiver, "Received")

    assert answer["Location"] == reverse("applications:receipt", args=[application.key])
    assert len(received(mail_receiver, "Received")) == 1
    application.refresh_from_db()
    assert application.submitted_at == LAST_INSTANT
    assert application.reference_shown in text
    assert "Friday, April 5, 2024, 11:59 PM HST" in text.replace("\u00a0", " ")
    assert "Saturday, April 6, 2024, 5:59 AM EDT" in text.replace("\u00a0", " ")


@pytest.mark.usefixtures("round_of_2024")
def test_the_round_of_2024_refuses_what_arrives_one_microsecond_later(client, mail_receiver):
    with CeleryWorker(EMAIL_URL=mail_receiver.url), time_machine.travel(LAST_INSTANT, tick=False):
        application = apply(client, mail_receiver)
    typed = dict(SectionAnswers.objects.values_list("section", "answers"))

    with time_machine.travel(CLOSING, tick=False):
        answer = client.post(reverse("applications:submit", args=[application.key]))

    assert answer.status_code == 409
    assert "It was not sent. Everything you wrote is kept." in answer.content.decode()
    assert Application.objects.get().status == Status.DRAFT
    assert dict(SectionAnswers.objects.values_list("section", "answers")) == typed
    assert typed["identity"]["family_name"] == ["Lindqvist-Moreno"]
    assert received(mail_receiver, "Received") == []


def submit(client: Client, application: Application) -> float:
    """Send over HTTP and return how many seconds the answer took."""
    client.force_login(application.applicant)
    start = time.monotonic()
    answer = client.post(reverse("applications:submit", args=[application.key]))
    seconds = time.monotonic() - start
    assert answer["Location"] == reverse("applications:receipt", args=[application.key])
    return seconds


@pytest.fixture
def open_application() -> Application:
    """An application to a round that closes far in the future of the processes' own clocks."""
    application = make_application()
    application.round.closes_at = datetime(2999, 1, 1, tzinfo=UTC)
    application.round.save()
    return application


def test_submit_with_redis_stopped_is_kept_and_confirmed_once(
    client, mail_receiver, broker: Redis, open_application
):
    broker.stop()

    seconds = submit(client, open_application)

    assert OutgoingMail.objects.get().state == MailState.QUEUED
    assert seconds < 1.5
    broker.start()
    with CeleryWorker(EMAIL_URL=mail_receiver.url, REDIS_URL=broker.url):
        sweep(broker.url)
        wait_until(partial(received, mail_receiver, "Received"), "the confirmation")
        sweep(broker.url)
    assert len(received(mail_receiver, "Received")) == 1


def test_submit_with_redis_hanging_is_answered_in_time(client, broker: Redis, open_application):
    with paused(broker):
        seconds = submit(client, open_application)

    assert seconds < 2
    assert Application.objects.get().status == Status.SUBMITTED


def test_submit_is_confirmed_once_though_the_mail_server_is_busy_at_first(client, open_application):
    with MailReceiver(Answer.BUSY) as receiver, CeleryWorker(EMAIL_URL=receiver.url):
        submit(client, open_application)
        wait_until(lambda: receiver.attempts == 1, "the first attempt")
        mails = OutgoingMail.objects.filter(kind="confirmation", state=MailState.QUEUED)
        wait_until(mails.filter(tries__outcome="retry").exists, "the refusal to be recorded")
        mails.update(due_at=datetime(2020, 1, 1, tzinfo=UTC))
        sweep()
        wait_until(partial(received, receiver, "Received"), "the confirmation")

    assert (receiver.attempts, len(received(receiver, "Received"))) == (2, 1)
