"""What was sent stays as it was when the round moves on, or when a row of ours is missing."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications.domain.access import PROGRAM_OFFICE
from applications.models import Application, FrozenAnswers, Status
from positions.deadlines import HST
from positions.domain import rounds
from tests.applicants import SENT_AT, make_application, make_staff
from tests.applications.desk import LIST
from tests.factories import CLOSES_AT

pytestmark = pytest.mark.django_db

LATER = (CLOSES_AT + timedelta(days=7) - timedelta(minutes=1)).astimezone(HST)


@pytest.fixture
def application() -> Application:
    return make_application(status=Status.SUBMITTED)


@pytest.fixture
def office(settings) -> Client:
    settings.DEMO = True
    client = Client()
    client.force_login(make_staff("office@example.org", PROGRAM_OFFICE))
    return client


def receipt(application: Application) -> str:
    client = Client()
    client.force_login(application.applicant)
    answer = client.get(reverse("applications:receipt", args=[application.key]))
    assert answer.status_code == 200
    return answer.content.decode()


def extend(application: Application) -> None:
    rounds.extend(
        application.round.pk,
        day=LATER.date(),
        clock=LATER.time(),
        reason="A storm",
        by=make_staff("office@example.org", PROGRAM_OFFICE),
        at=SENT_AT + timedelta(hours=1),
    )


def test_time_before_the_deadline_stays_on_the_receipt_after_an_extension(application):
    with time_machine.travel(SENT_AT + timedelta(hours=2), tick=False):
        before = receipt(application)
        extend(application)
        after = receipt(application)

    assert "2 days" in before
    assert "2 days" in after
    assert "9 days" not in after


def test_distance_stays_at_the_desk_after_an_extension(application, office):
    file = f"{LIST}{application.pk}/change/"

    with time_machine.travel(SENT_AT + timedelta(hours=2), tick=False):
        before = office.get(LIST).content.decode()
        extend(application)
        after, page = (office.get(path).content.decode() for path in (LIST, file))

    distance = "2\u00a0d before"
    assert distance in before
    assert distance in after
    assert f"{distance} the deadline" in page
    assert "When it was sent: Friday, March 14, 2025" in page


def test_receipt_of_an_application_without_frozen_answers_still_opens(application):
    FrozenAnswers.objects.all().delete()

    page = receipt(application)

    assert application.reference_shown in page
    assert "Not available." in page
