"""Two people set one interview: one wins, the other is told. Two jobs remind once."""

from datetime import date, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from applications.domain import access
from applications.domain.review import interview_reminders, interviews
from applications.domain.review.interviews import Plan, SetMeanwhile
from applications.models import Interview, Status
from jetportal.mail.models import OutgoingMail
from positions.models import InterviewMode
from tests.applicants import SENT_AT, make_application, make_office, make_staff, seat_panel
from tests.race.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def plan(hour: int) -> Plan:
    return Plan(
        day=date(2025, 3, 20),
        clock=time(hour),
        zone=ZoneInfo("America/New_York"),
        minutes=30,
        mode=InterviewMode.ONLINE,
        place="",
        link="https://meet.example.org/room",
        panel=(make_staff("panel@example.org", access.INTERVIEWERS),),
    )


def test_of_two_who_set_one_interview_the_second_is_told():
    file = make_application(status=Status.INTERVIEW_OFFERED)
    people = {10: make_office(), 14: make_office(2)}

    outcomes = together(
        *(
            partial(interviews.set_time, file.pk, plan(hour), seen="", by=by, at=SENT_AT)
            for hour, by in people.items()
        )
    )

    told = [outcome for outcome in outcomes if isinstance(outcome, SetMeanwhile)]
    winner = Interview.objects.get().set_by.email
    assert len(told) == 1
    assert str(told[0]).startswith(f"{winner} has set this interview meanwhile")
    assert OutgoingMail.objects.filter(kind="interview_time").count() == 1


def test_two_jobs_remind_once():
    file = make_application(status=Status.INTERVIEW_OFFERED)
    due = seat_panel(file).starts_at - timedelta(hours=48)
    job = partial(interview_reminders.remind_due, at=due)

    outcomes = together(job, job)

    assert sorted(outcomes) == [0, 1]
    assert OutgoingMail.objects.filter(kind="interview_reminder").count() == 1
