"""Mail with real processes: what is lost, what is sent twice, and what the row says.

Where a test has to wait for a lease or for the next try, it moves the row's `due_at` instead.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from kombu import Connection

from jetportal.mail import nudge, tasks
from jetportal.mail.models import MailState, OutgoingMail
from tests.jetportal.mail.factories import make_mail
from tests.processes import CeleryWorker, portal_environment
from tests.services import ROOT, Redis, paused, wait_until
from tests.smtp import Answer, MailReceiver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_queue")]

EXTRA = 1.5  # seconds a lost queue may add to a commit


@pytest.fixture(autouse=True)
def fresh_publisher(monkeypatch) -> None:
    """Begin without the pause that an earlier failure has left in this process."""
    monkeypatch.setattr(nudge, "_publisher", nudge.Publisher())


@pytest.fixture
def broker(own_redis: Redis, settings) -> Redis:
    settings.REDIS_URL = settings.CELERY_BROKER_URL = own_redis.url
    return own_redis


@pytest.fixture
def silent_server() -> Iterator[socket.socket]:
    """A mail server that takes the connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        yield server


def promise_mail(key: str = "confirmation:1") -> OutgoingMail:
    with transaction.atomic():
        return make_mail(key, at=datetime.now(UTC))


def sweep(url: str | None = None) -> None:
    """Ask for a sweep, as beat does every half minute."""
    with Connection(url) if url else tasks.deliver_due.app.connection_for_write() as queue:
        tasks.deliver_due.apply_async(connection=queue, expires=60)


def make_due() -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=1)
    OutgoingMail.objects.filter(state=MailState.QUEUED).update(due_at=long_ago)


def wait_for(state: MailState, key: str = "confirmation:1") -> OutgoingMail:
    rows = OutgoingMail.objects.filter(key=key, state=state)
    wait_until(rows.exists, f"{key} to be {state}")
    return rows.get()


def ids(receiver: MailReceiver) -> list[str]:
    return [message["Message-ID"] for message in [*receiver.dropped, *receiver.messages]]


def test_mail_leaves_through_the_worker_within_seconds(mail_receiver: MailReceiver):
    with CeleryWorker(EMAIL_URL=mail_receiver.url):
        start = time.monotonic()
        mail = promise_mail()
        wait_for(MailState.SENT)

    assert time.monotonic() - start < 5
    assert ids(mail_receiver) == [mail.message_id]


def test_refusing_broker_delays_the_mail_and_nothing_else(
    broker: Redis, mail_receiver: MailReceiver
):
    broker.stop()
    start = time.monotonic()
    mail = promise_mail()
    taken = time.monotonic() - start
    broker.start()

    with CeleryWorker(EMAIL_URL=mail_receiver.url, REDIS_URL=broker.url):
        sweep(broker.url)
        sweep(broker.url)
        wait_for(MailState.SENT)

    assert taken < EXTRA
    assert ids(mail_receiver) == [mail.message_id]


def test_hanging_broker_delays_the_mail_and_nothing_else(
    broker: Redis, mail_receiver: MailReceiver
):
    promise_mail("confirmation:0")
    with paused(broker):
        start = time.monotonic()
        promise_mail("confirmation:1")
        promise_mail("confirmation:2")
        taken = time.monotonic() - start

    with CeleryWorker(EMAIL_URL=mail_receiver.url, REDIS_URL=broker.url):
        sweep(broker.url)
        for number in range(3):
            wait_for(MailState.SENT, f"confirmation:{number}")

    assert taken < EXTRA
    assert len(set(ids(mail_receiver))) == len(mail_receiver.messages) == 3


def test_mail_leaves_by_command_without_any_broker(broker: Redis, mail_receiver: MailReceiver):
    broker.stop()
    mail = promise_mail()

    command = [sys.executable, str(ROOT / "manage.py"), "deliver_mail"]
    environment = portal_environment(EMAIL_URL=mail_receiver.url)
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    assert run.stdout.splitlines()[-1] == "1 sent, 0 to be tried again, 0 failed."
    assert ids(mail_receiver) == [mail.message_id]


def test_worker_killed_before_it_claims_loses_and_doubles_nothing(mail_receiver: MailReceiver):
    with CeleryWorker(EMAIL_URL=mail_receiver.url) as doomed:
        os.kill(doomed.process.pid, signal.SIGSTOP)  # told of the mail, it does nothing about it
        mail = promise_mail()
        doomed.kill()
    before = mail.state, OutgoingMail.objects.get().attempts

    with CeleryWorker(EMAIL_URL=mail_receiver.url):
        sweep()
        wait_for(MailState.SENT)

    assert before == (MailState.QUEUED, 0)
    assert ids(mail_receiver) == [mail.message_id]


def test_worker_killed_before_sending_loses_and_doubles_nothing(
    silent_server: socket.socket, mail_receiver: MailReceiver
):
    port = silent_server.getsockname()[1]
    with CeleryWorker(EMAIL_URL=f"smtp://127.0.0.1:{port}") as doomed:
        mail = promise_mail()
        silent_server.accept()
        doomed.kill()

    with CeleryWorker(EMAIL_URL=mail_receiver.url):
        promise_mail("marker")
        sweep()
        wait_for(MailState.SENT, "marker")
        mail.refresh_from_db()
        held = mail.state, mail.due_at > datetime.now(UTC), mail.message_id in ids(mail_receiver)
        make_due()
        sweep()
        wait_for(MailState.SENT)

    assert held == (MailState.QUEUED, True, False)
    assert ids(mail_receiver).count(mail.message_id) == 1


def test_worker_killed_after_the_server_took_it_sends_a_copy_with_the_same_id(
    mail_receiver: MailReceiver,
):
    mail_receiver.plan.append(Answer.STALL)
    with CeleryWorker(EMAIL_URL=mail_receiver.url) as doomed:
        mail = promise_mail()
        wait_until(lambda: mail_receiver.attempts == 1, "the mail to reach the server")
        with transaction.atomic():  # the worker cannot write down that it has sent
            OutgoingMail.objects.select_for_update().get()
            mail_receiver.release()
            wait_until(lambda: mail_receiver.messages, "the server to take the mail")
            doomed.kill()

    make_due()
    with CeleryWorker(EMAIL_URL=mail_receiver.url):
        sweep()
        wait_for(MailState.SENT)

    assert ids(mail_receiver) == [mail.message_id] * 2


@pytest.mark.parametrize(
    ("answer", "outcome", "copies"),
    [
        (Answer.BUSY, "retry", 1),
        (Answer.GREYLIST, "retry", 1),
        (Answer.CLOSE, "unreachable", 1),
        (Answer.DROP, "unreachable", 2),
    ],
)
def test_mail_refused_for_now_leaves_at_the_next_try(
    mail_receiver: MailReceiver, answer, outcome, copies
):
    mail_receiver.plan.append(answer)
    with CeleryWorker(EMAIL_URL=mail_receiver.url):
        mail = promise_mail()
        wait_until(mail.tries.exists, "the first try")
        make_due()
        sweep()
        wait_for(MailState.SENT)

    assert list(mail.tries.values_list("outcome", flat=True)) == [outcome, "sent"]
    assert ids(mail_receiver) == [mail.message_id] * copies


def test_mail_refused_for_good_fails_at_once(mail_receiver: MailReceiver):
    mail_receiver.plan.append(Answer.REFUSE)
    with CeleryWorker(EMAIL_URL=mail_receiver.url):
        promise_mail()
        mail = wait_for(MailState.FAILED)

    assert list(mail.tries.values_list("outcome", "smtp_code")) == [("failed", 550)]
    assert ids(mail_receiver) == []
