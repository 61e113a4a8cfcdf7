"""The interview on the applicant's own pages: its time on their clocks, its confirmation."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from applications.domain import withdrawing
from applications.models import Application, Interview, Status
from tests.applicants import SENT_AT, make_application, move, seat_panel

pytestmark = pytest.mark.django_db


@pytest.fixture
def file() -> Application:
    return make_application(status=Status.INTERVIEW_OFFERED)


@pytest.fixture
def ana(file: Application) -> Client:
    client = Client()
    client.force_login(file.applicant)
    return client


def url(name: str, file: Application) -> str:
    return reverse(f"applications:{name}", args=[file.key])


def receipt(ana: Client, file: Application, **query: str) -> str:
    text = ana.get(url("receipt", file), query).content.decode()
    return " ".join(text.replace("\u00a0", " ").split())


def test_receipt_shows_time_place_and_the_button_that_confirms(ana, file):
    before = receipt(ana, file)
    seat_panel(file)

    asked = receipt(ana, file, zone="Asia/Tokyo")
    ana.post(reverse("applications:answer", args=[file.key, "interview_confirmed"]))
    confirmed = receipt(ana, file)

    assert "Its time is not set yet." in before
    assert "The date is to be announced. Your location is" in before
    assert "Confirm my interview" in before
    assert "Your interview: Thursday, March 20, 2025, 6:00 AM EDT" in asked
    assert "For you: <strong>Thursday, March 20, 2025, 7:00 PM JST</strong>" in asked
    assert "Thursday, March 20, 2025, 6:00 AM EDT. Your location is" in asked
    assert "to be announced" not in asked
    assert "30 minutes, online" in asked
    assert "https://meet.example.org/room" in asked
    assert "Confirm my interview" in asked
    assert "You have confirmed that you come." in confirmed
    assert "Confirm my interview" not in confirmed


def test_clock_of_the_place_stands_beside_one_it_was_not_set_by(ana, file):
    seat_panel(file)
    Interview.objects.update(zone="Pacific/Honolulu")

    text = receipt(ana, file, zone="America/New_York")

    assert "Your interview: Thursday, March 20, 2025, 12:00 AM HST" in text
    assert text.count("6:00 AM EDT") == 1  # for the reader and at the place it is the same clock


def test_calendar_entry_is_that_of_the_mail(ana, file):
    missing = ana.get(url("interview_calendar", file))
    interview = seat_panel(file)

    answer = ana.get(url("interview_calendar", file))

    event = Calendar.from_ical(answer.content).walk("VEVENT")[0]
    assert missing.status_code == 404
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    assert event.decoded("dtstart") == interview.starts_at


def test_interview_is_gone_from_the_receipt_once_the_application_is_withdrawn(ana, file):
    seat_panel(file)
    later = SENT_AT + timedelta(hours=1)
    move(file, Status.WITHDRAWN, at=later)
    away = receipt(ana, file)
    gone = ana.get(url("interview_calendar", file)).status_code
    withdrawing.take_back_withdrawal(file.key, by=file.applicant, at=later)

    assert "Your interview" not in away
    assert gone == 404
    assert "Your interview: Thursday" in receipt(ana, file)


def test_receipt_costs_one_query_more_with_an_interview(ana, file, django_assert_num_queries):
    seat_panel(file)

    with django_assert_num_queries(7):
        ana.get(url("receipt", file))
