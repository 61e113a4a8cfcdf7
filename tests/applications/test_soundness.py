"""What joins rows and so cannot be a constraint: `manage.py check_records` finds it."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from applications.domain import soundness
from applications.domain.access import PROGRAM_OFFICE
from applications.models import Application, FrozenAnswers, SeatEvent, Status, StatusChange
from positions.deadlines import HST
from positions.domain import rounds
from positions.models import RecruitmentRound
from tests.applicants import SENT_AT, make_application, make_staff, make_user
from tests.factories import CLOSES_AT

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def extended(application: Application) -> None:
    later = (CLOSES_AT + timedelta(days=7) - timedelta(minutes=1)).astimezone(HST)
    rounds.extend(
        application.round.pk,
        day=later.date(),
        clock=later.time(),
        reason="A storm",
        by=make_staff("office@example.org", PROGRAM_OFFICE),
        at=SENT_AT,
    )


def test_rows_written_by_the_domain_are_sound():
    make_application(applicant=make_user("draft@example.org"))
    application = make_application(status=Status.IN_SCREENING)
    make_application(applicant=make_user("gone@example.org"), status=Status.WITHDRAWN)
    extended(application)
    output = StringIO()

    call_command("check_records", stdout=output)

    assert output.getvalue() == "No row contradicts another.\n"


def test_sent_application_without_frozen_answers_is_found():
    application = make_application(status=Status.SUBMITTED)
    FrozenAnswers.objects.all().delete()

    found = [f"Application {application.pk} was sent and has no frozen answers."]
    assert list(soundness.faults()) == found


def test_status_that_its_history_does_not_tell_is_found():
    application = make_application(status=Status.SUBMITTED)
    Application.objects.update(status=Status.IN_SCREENING)
    pk = application.pk

    assert list(soundness.faults()) == [
        f"Application {pk} is in_screening; its history ends with submitted."
    ]
    StatusChange.objects.all().delete()
    assert list(soundness.faults()) == [
        f"Application {pk} is in_screening; its history ends with nothing."
    ]


def test_seat_that_the_ledger_does_not_tell_is_found():
    application = make_application(status=Status.SHORT_LISTED)
    assert list(soundness.faults()) == []
    move = application.history.get(to_status=Status.SHORT_LISTED)

    SeatEvent.objects.all().delete()

    assert list(soundness.faults()) == [
        f"Application {application.pk} is short_listed; the ledger of seats says nothing.",
        f"Move {move.pk} of application {application.pk} is not in the ledger of seats.",
    ]


def test_deadline_that_moved_without_a_change_is_found_and_ends_in_an_error():
    application = make_application()
    extended(application)
    RecruitmentRound.objects.update(closes_at=CLOSES_AT + timedelta(days=9))
    output = StringIO()

    with pytest.raises(SystemExit):
        call_command("check_records", stdout=output)

    assert "closes at another instant" in output.getvalue()
