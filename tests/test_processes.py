"""The portal's own processes, as tests start them, share the test's rows and queue."""

import json
from datetime import UTC, datetime
from urllib.request import urlopen

import pytest

from jetportal.mail.message import Message
from jetportal.mail.models import Lane, MailState, OutgoingMail
from jetportal.mail.outbox import enqueue
from tests.processes import CeleryWorker, WebServer
from tests.services import Redis, wait_until
from tests.smtp import MailReceiver

AT = datetime(2024, 4, 5, 12, tzinfo=UTC)
HELLO = Message(kind="probe", to="mia@jet.example", subject="Hello", text="Hello, Mia.")


@pytest.mark.django_db(transaction=True)
def test_web_process_answers_from_the_services_of_this_test(own_redis: Redis):
    with WebServer(REDIS_URL=own_redis.url) as web, urlopen(f"{web.url}/health/") as response:
        states = json.load(response)

    assert states == {"database": "up", "queue": "up"}


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_worker_sends_what_the_test_has_queued(empty_queue: None, mail_receiver: MailReceiver):
    with CeleryWorker(EMAIL_URL=mail_receiver.url):
        enqueue(HELLO, key="probe", lane=Lane.FIRST, at=AT)
        wait_until(lambda: OutgoingMail.objects.filter(state=MailState.SENT), "the mail to be sent")

    assert [str(mail["Subject"]) for mail in mail_receiver.messages] == ["Hello"]
    assert OutgoingMail.objects.get().state == MailState.SENT
