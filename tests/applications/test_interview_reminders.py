"""The reminder of an interview: once for each time it was set to, also after a pause of the job."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from applications.domain import withdrawing
from applications.domain.review import interview_reminders
from applications.models import Application, Interview, ReviewSettings, Status
from jetportal.mail.models import OutgoingMail
from tests.applicants import SENT_AT, make_application, make_user, move, seat_panel
from tests.applications.test_interviews import interviewer, set_time
from tests.factories import TICK

pytestmark = pytest.mark.django_db

AHEAD = timedelta(hours=48)


def invited(number: int = 0) -> Application:
    person = make_user(f"person{number}@example.org")
    return make_application(applicant=person, status=Status.INTERVIEW_OFFERED)


def reminders() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind="interview_reminder").order_by("pk"))


def test_applicant_is_reminded_once_and_asked_for_what_is_not_confirmed():
    first, second = invited(), invited(1)
    due = seat_panel(first).starts_at - AHEAD
    seat_panel(second)
    move(first, Status.INTERVIEW_CONFIRMED, at=SENT_AT)

    too_early = interview_reminders.remind_due(at=due - TICK)
    counts = [interview_reminders.remind_due(at=due) for _ in range(2)]

    assert (too_early, counts) == (0, [2, 0])
    confirmed, waiting = reminders()
    assert confirmed.subject.startswith("Your interview is near: Thursday, March 20, 2025, ")
    assert "You have confirmed that you come." in confirmed.text
    assert "You have not confirmed yet that you come" in waiting.text
    assert "https://meet.example.org/room" in waiting.text


def test_stopped_job_catches_up_until_the_interview_begins():
    starts = seat_panel(invited()).starts_at

    assert interview_reminders.remind_due(at=starts) == 0
    assert interview_reminders.remind_due(at=starts - TICK) == 1


def test_new_time_is_reminded_of_anew_unless_its_mail_comes_when_the_reminder_would():
    file = invited()
    starts = set_time(file).starts_at
    interview_reminders.remind_due(at=starts - AHEAD)

    moved = set_time(file, interviewer(), at=starts - AHEAD, day=starts.date() + timedelta(days=9))
    interview_reminders.remind_due(at=moved.starts_at - AHEAD)
    near = set_time(
        file, interviewer(), at=moved.starts_at - AHEAD, day=moved.starts_at.date(), minutes=45
    )

    assert len(reminders()) == 2
    assert near.minutes == 45
    assert interview_reminders.remind_due(at=near.starts_at - TICK) == 0


@pytest.mark.parametrize(("hours", "before"), [(2, 2), (336, 336)])
def test_round_sets_the_hours(hours, before):
    file = invited()
    interview = seat_panel(file)
    Interview.objects.update(starts_at=SENT_AT + timedelta(days=20))
    interview.refresh_from_db()
    ReviewSettings.objects.create(round=file.round, reminder_hours=hours)
    due = interview.starts_at - timedelta(hours=before)

    assert interview_reminders.remind_due(at=due - TICK) == 0
    assert interview_reminders.remind_due(at=due) == 1


def test_no_hours_are_no_reminder_and_the_database_bounds_them():
    file = invited()
    starts = seat_panel(file).starts_at
    ReviewSettings.objects.create(round=file.round, reminder_hours=0)

    assert interview_reminders.remind_due(at=starts - TICK) == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewSettings.objects.update(reminder_hours=337)


def test_whoever_withdrew_is_reminded_only_after_taking_it_back():
    file = invited()
    due = seat_panel(file).starts_at - AHEAD
    move(file, Status.WITHDRAWN, at=due)

    away = interview_reminders.remind_due(at=due)
    withdrawing.take_back_withdrawal(file.key, by=file.applicant, at=due)

    assert away == 0
    assert interview_reminders.remind_due(at=due + TICK) == 1
