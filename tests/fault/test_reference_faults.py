"""A mail server that refuses a referee, with a real server and the worker's own sweeps."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import Application, Failure, ReferenceRequest, RequestState
from applications.tasks import keep_references
from jetportal.mail import outbox
from positions.models import RecruitmentRound
from tests.applicants import make_application
from tests.factories import make_round
from tests.smtp import Answer, MailReceiver

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_round() -> RecruitmentRound:
    """A round that is open at this hour, because mail leaves at this hour."""
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=30)
    return make_round(closes_at=end)


def send_mail(receiver: MailReceiver, settings) -> None:
    """Sweep the outbox over a real connection to the mail server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", receiver.port
    outbox.deliver_due(now=lambda: datetime.now(UTC))


def page(browser: Client, application: Application) -> str:
    return browser.get(reverse("applications:references", args=[application.key])).content.decode()


def test_refused_address_is_told_corrected_and_the_new_mail_arrives_once(
    client, open_round, settings
):
    application = make_application(round_=open_round)
    referee = application.referees.get(place=1)
    client.force_login(application.applicant)
    keys = [application.key, referee.key]

    with MailReceiver(Answer.REFUSE) as receiver:
        client.post(reverse("applications:send_request", args=keys))
        send_mail(receiver, settings)
        keep_references()
        told = page(client, application)
        request = ReferenceRequest.objects.get(referee=referee)
        failed = (request.state, request.failure)
        address = reverse("applications:correct_address", args=keys)
        for _click in range(2):
            client.post(address, {"email": "grace@example.org"})
        for _sweep in range(2):
            keep_references()
            send_mail(receiver, settings)
        then = page(client, application)

        arrived = receiver.to("grace@example.org")
        mine = [str(message["Subject"]) for message in receiver.to("ana.lm@example.org")]

    assert failed == (RequestState.FAILED, Failure.ADDRESS)
    assert "This could not be delivered: the mail server says this address does not exist." in told
    assert len(arrived) == 1
    assert receiver.to("okafor@example.org") == []
    assert mine == ["Not delivered: your request to Grace Okafor"]
    assert "Not opened yet." in then
