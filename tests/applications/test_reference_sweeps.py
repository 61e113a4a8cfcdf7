"""What the clock does about letters: failures told, reminders, changes of the round."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command

from applications import tasks
from applications.domain.referees import asking, letters, reference_sweeps
from applications.models import (
    Application,
    Failure,
    ReferenceRequest,
    RequestMail,
    RequestState,
)
from jetportal.mail.models import MailState, Outcome, OutgoingMail
from positions.deadlines import HST
from positions.domain import rounds
from positions.models import RecruitmentRound
from tests.applicants import EMPLOYER, make_application, make_staff, make_user
from tests.factories import CLOSES_AT, OPENS_AT, TICK
from tests.referees import ask, set_references, submit, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

DAY = timedelta(days=1)
EARLY = OPENS_AT + DAY  # forty-one days before the end: no reminder is due
FOURTEEN, SEVEN, TWO = (CLOSES_AT - days * DAY for days in (14, 7, 2))


@pytest.fixture
def request_(db) -> ReferenceRequest:
    return ask(make_application(), at=EARLY)


def run(at: datetime) -> reference_sweeps.Counts:
    return reference_sweeps.run(at=at)


def state(request: ReferenceRequest) -> tuple[str, str]:
    request.refresh_from_db()
    return request.state, request.failure


def sent(kind: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind=kind).order_by("pk"))


def fail(request: ReferenceRequest, outcome: Outcome = Outcome.FAILED, code: int = 550) -> None:
    mail = request.mails.last().mail
    mail.tries.create(at=EARLY, outcome=outcome, smtp_code=code, detail="5.1.1 No such mailbox")
    OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.FAILED)


# --- Mail that did not arrive ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "code", "failure"),
    [(Outcome.FAILED, 550, Failure.ADDRESS), (Outcome.RETRY, 451, Failure.GAVE_UP)],
)
def test_failed_mail_is_told_once_within_one_run(request_, outcome, code, failure):
    fail(request_, outcome, code)

    first, second = run(EARLY), run(EARLY + DAY)

    assert (first.failed, second.failed) == (1, 0)
    assert state(request_) == (RequestState.FAILED, failure)
    (mail,) = sent("reference_failed")
    assert mail.recipient == "ana.lm@example.org"
    assert "5.1.1" in request_.events.last().reason


def test_mail_that_waits_is_no_failure(request_):
    assert run(EARLY).failed == 0


def test_failed_reminder_of_an_opened_request_changes_nothing(request_):
    letters.start(token_of(request_), at=EARLY)
    fail(request_)

    assert run(EARLY).failed == 0


def test_mail_queued_again_at_the_desk_takes_the_failure_back(request_):
    fail(request_)
    run(EARLY)
    OutgoingMail.objects.filter(kind="reference_request").update(
        state=MailState.SENT, sent_at=EARLY
    )

    assert run(EARLY).arrived == 1
    assert state(request_) == (RequestState.SENT, Failure.NONE)


def test_one_request_that_cannot_be_told_holds_up_nobody_else(request_):
    other = ask(make_application(applicant=make_user("ben@example.org")), EMPLOYER, at=EARLY)
    fail(request_), fail(other)
    Application.objects.filter(pk=request_.referee.application_id).update(email="not an address")

    assert run(EARLY).failed == 1
    assert state(other)[0] == RequestState.FAILED


# --- Reminders ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "reminded"),
    [(EARLY + DAY, 0), (FOURTEEN - TICK, 0), (FOURTEEN, 1), (CLOSES_AT - TICK, 1), (CLOSES_AT, 0)],
)
def test_reminder_goes_out_from_its_instant_until_the_end(request_, at, reminded):
    assert run(at).reminded == reminded


def test_reminders_go_out_once_each_with_the_same_link(request_):
    days = [FOURTEEN, FOURTEEN + DAY, SEVEN, SEVEN + DAY, TWO, TWO + DAY]

    assert [run(at).reminded for at in days] == [1, 0, 1, 0, 1, 0]
    token = token_of(request_)
    assert all(token in mail.text for mail in sent("reference_reminder"))


def test_clock_that_stood_still_catches_up_with_one_reminder(request_):
    assert [run(TWO + timedelta(hours=at)).reminded for at in (1, 2)] == [1, 0]


def test_extension_arms_the_reminders_anew(request_):
    for at in (FOURTEEN, SEVEN, TWO):
        run(at)
    extend(TWO + DAY, CLOSES_AT + 14 * DAY)

    later = CLOSES_AT + 14 * DAY
    days = [TWO + DAY, later - 14 * DAY, later - 7 * DAY, later - 2 * DAY]
    assert [run(at).reminded for at in days] == [0, 1, 1, 1]


def test_soft_clock_counts_its_own_end(request_):
    round_ = request_.referee.application.round
    set_references(round_, clock="soft", soft_days=3, sport_needed=True)

    assert [run(at).reminded for at in (FOURTEEN, FOURTEEN + 3 * DAY)] == [0, 1]


def test_nobody_is_reminded_of_what_is_in_declined_or_failed(request_):
    application = request_.referee.application
    submit(request_)
    letters.decline(token_of(ask(application, EMPLOYER, at=EARLY)), reason="", at=EARLY)

    assert run(FOURTEEN).reminded == 0


def test_request_sent_after_the_last_reminder_is_not_reminded_at_once():
    ask(make_application(), at=SEVEN + DAY)

    assert run(SEVEN + DAY + TICK).reminded == 0


def test_round_without_reminders_sends_none(request_):
    set_references(request_.referee.application.round, reminder_days="", sport_needed=True)

    assert run(TWO).reminded == 0


# --- Changes of the round -------------------------------------------------------------------------


def extend(at: datetime, to: datetime) -> None:
    last = (to - timedelta(minutes=1)).astimezone(HST)
    rounds.extend(
        RecruitmentRound.objects.get().pk,
        day=last.date(),
        clock=last.time(),
        reason="A storm",
        by=make_staff("office@example.org"),
        at=at,
    )


def test_extension_is_told_to_open_letters_once(request_):
    ask(request_.referee.application, EMPLOYER, at=TWO + DAY)
    extend(TWO, CLOSES_AT + 7 * DAY)

    told = [run(TWO + hours * timedelta(hours=1)).told for hours in (1, 2)]

    (mail,) = sent("reference_extended")
    assert told == [1, 0]
    assert mail.recipient == "okafor@example.org"
    assert "2025年3月21日（金）23時59分（HST）" in mail.text


def test_cancelled_round_ends_open_requests(request_):
    token = token_of(request_)
    rounds.cancel(
        RecruitmentRound.objects.get().pk,
        reason="No post is left",
        by=make_staff("office@example.org"),
        at=TWO,
    )

    assert [run(TWO).told, run(TWO + DAY).told] == [1, 0]
    assert state(request_)[0] == RequestState.CANCELLED
    assert [mail.recipient for mail in sent("reference_cancelled")] == ["okafor@example.org"]
    with pytest.raises(letters.LinkDead):
        letters.by_token(token, at=TWO)


# --- Edges ----------------------------------------------------------------------------------------


def test_task_and_command_do_what_is_due(request_, capsys):
    with time_machine.travel(FOURTEEN, tick=False):
        call_command("tell_of_letters", "--dry-run")
        tasks.keep_references()
        call_command("tell_of_letters")

    assert capsys.readouterr().out.splitlines() == [
        "due: 1",
        "failed: 0, arrived: 0, reminded: 0, told of changes: 0",
    ]
    assert RequestMail.objects.count() == 2


@pytest.mark.parametrize("rows", [1, 3])
def test_run_with_nothing_due_reads_a_fixed_number_of_rows(rows, django_assert_num_queries):
    for number in range(rows):
        applicant = make_user(f"person{number}@example.org")
        ask(make_application(applicant=applicant), at=EARLY)

    with django_assert_num_queries(6):
        run(EARLY + DAY)


def test_resend_by_hand_counts_as_a_reminder(request_):
    application = request_.referee.application
    asking.send_again(
        application.key, request_.referee.key, by=application.applicant, at=FOURTEEN + TICK
    )

    assert run(FOURTEEN + DAY).reminded == 0
