from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from applications.domain import permitted, withdrawing, workflow
from applications.domain.errors import Incomplete, MoveNotAllowed, ReasonNeeded, RoundClosed
from applications.domain.form import freezing
from applications.domain.lateness import lapse
from applications.domain.moves import ALLOWED, LIVE_AND_SENT, MOVES, Actor
from applications.models import Application, FrozenAnswers, Status, StatusChange
from applications.models.status import EXPLAINED
from applications.sections.registry import sections_for
from jetportal.mail.models import OutgoingMail
from positions.deadlines import LAPSE_AFTER
from positions.models import RecruitmentRound
from tests.applicants import SENT_AT, make_application, make_user
from tests.factories import CLOSES_AT, OPENS_AT, TICK, make_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def submit(application: Application, *, at: datetime) -> Application:
    return workflow.submit(
        application.key, by=application.applicant, received_at=at, recorded_at=at
    )


def test_every_status_has_a_row_in_the_table_of_moves():
    assert set(ALLOWED) == set(Status)


@pytest.mark.parametrize(
    "status", [status for status in Status if status not in (*LIVE_AND_SENT, Status.WITHDRAWN)]
)
def test_only_drafts_and_live_states_go_anywhere(status):
    ends = {
        Status.DRAFT: {Status.SUBMITTED, Status.LAPSED},
        Status.LAPSED: {Status.SUBMITTED, Status.DRAFT},
    }

    assert set(ALLOWED[status]) == ends.get(status, set())


@pytest.mark.parametrize("status", LIVE_AND_SENT)
def test_every_live_state_can_be_withdrawn_and_disqualified(status):
    assert ALLOWED[status][Status.WITHDRAWN].actor is Actor.APPLICANT
    assert ALLOWED[status][Status.DISQUALIFIED].actor is Actor.PROGRAM_OFFICE
    assert ALLOWED[status][Status.DISQUALIFIED].needs_reason


def test_submit_writes_status_history_answers_and_mail_together():
    application = make_application()

    sent = submit(application, at=SENT_AT)

    sent.refresh_from_db()
    assert (sent.status, sent.submitted_at, sent.status_at) == ("submitted", SENT_AT, SENT_AT)
    change = StatusChange.objects.get()
    assert (change.from_status, change.to_status, change.by) == (
        "draft",
        "submitted",
        application.applicant,
    )
    assert freezing.is_intact(sent.frozen)
    assert '"family_name":["Lindqvist-Moreno"]' in sent.frozen.canonical
    mail = OutgoingMail.objects.get()
    assert (mail.key, mail.recipient) == (f"confirmation:{sent.pk}", "ana.lm@example.org")
    assert sent.reference_shown in mail.subject


@pytest.mark.parametrize(
    ("at", "accepted"),
    [(OPENS_AT - TICK, False), (OPENS_AT, True), (CLOSES_AT - TICK, True), (CLOSES_AT, False)],
)
def test_submit_is_judged_by_its_arrival_to_the_microsecond(at, accepted):
    application = make_application()

    if accepted:
        submit(application, at=at)
    else:
        with pytest.raises(RoundClosed):
            submit(application, at=at)

    assert Application.objects.get().status == ("submitted" if accepted else "draft")


def test_late_submit_says_by_how_much_and_changes_nothing():
    application = make_application()
    answers = list(application.sections.order_by("section").values_list("section", "answers"))

    with pytest.raises(RoundClosed) as refusal:
        submit(application, at=CLOSES_AT + timedelta(minutes=4, seconds=12))

    assert refusal.value.late_by == timedelta(minutes=4, seconds=12)
    kept = Application.objects.get()
    assert (kept.status, kept.submitted_at, kept.reference) == ("draft", None, None)
    assert list(kept.sections.order_by("section").values_list("section", "answers")) == answers
    assert not OutgoingMail.objects.exists()
    assert not FrozenAnswers.objects.exists()


def test_request_that_waited_in_the_queue_is_recorded_with_both_times():
    application = make_application()
    recorded = CLOSES_AT + timedelta(seconds=40)

    workflow.submit(
        application.key,
        by=application.applicant,
        received_at=CLOSES_AT - TICK,
        recorded_at=recorded,
    )

    sent = Application.objects.get()
    assert (sent.submitted_at, sent.recorded_at) == (CLOSES_AT - TICK, recorded)


def test_second_submit_hears_that_it_is_submitted_even_after_closing():
    application = make_application(status=Status.SUBMITTED)

    with pytest.raises(MoveNotAllowed, match="submitted already"):
        submit(application, at=CLOSES_AT + TICK)

    assert OutgoingMail.objects.count() == 1
    assert StatusChange.objects.count() == 1


def test_incomplete_draft_is_refused_with_what_is_missing():
    application = make_application(filled=False)

    with pytest.raises(Incomplete) as refusal:
        submit(application, at=SENT_AT)

    asked = [part.key for part in sections_for(application.round) if not part.optional]
    assert [part.key for part in refusal.value.missing] == [
        *asked[:-1],
        "references",
        "documents",
        asked[-1],
    ]


def test_somebody_elses_key_does_not_exist():
    application = make_application()
    stranger = make_user("stranger@example.org")

    with pytest.raises(Application.DoesNotExist):
        workflow.submit(application.key, by=stranger, received_at=SENT_AT, recorded_at=SENT_AT)


def test_lapse_waits_fifteen_minutes_after_closing():
    make_application()

    assert lapse.lapse_due(at=CLOSES_AT + LAPSE_AFTER - TICK) == 0
    assert lapse.lapse_due(at=CLOSES_AT + LAPSE_AFTER) == 1
    assert Application.objects.get().status == Status.LAPSED


def test_lapsed_draft_whose_submit_arrived_in_time_still_submits():
    application = make_application()
    lapse.lapse_due(at=CLOSES_AT + LAPSE_AFTER)

    submit(application, at=CLOSES_AT - TICK)

    assert Application.objects.get().status == Status.SUBMITTED


def test_lapsed_draft_lives_again_when_its_round_is_extended():
    make_application()
    late = CLOSES_AT + LAPSE_AFTER
    lapse.lapse_due(at=late)
    RecruitmentRound.objects.update(closes_at=CLOSES_AT + timedelta(days=7))

    lapse.lapse_due(at=late + timedelta(minutes=1))

    assert Application.objects.get().status == Status.DRAFT


def test_withdrawal_can_be_taken_back_for_a_day():
    application = make_application(status=Status.IN_SCREENING)
    who = application.applicant
    withdrawing.withdraw(application.key, by=who, at=SENT_AT)

    withdrawing.take_back_withdrawal(
        application.key, by=who, at=SENT_AT + timedelta(hours=24) - TICK
    )

    assert Application.objects.get().status == Status.IN_SCREENING


def test_withdrawal_stands_after_a_day():
    application = make_application(status=Status.WITHDRAWN)

    with pytest.raises(MoveNotAllowed, match="24 hours"):
        withdrawing.take_back_withdrawal(
            application.key, by=application.applicant, at=SENT_AT + timedelta(hours=24)
        )


def test_draft_cannot_be_withdrawn():
    application = make_application()

    with pytest.raises(MoveNotAllowed):
        withdrawing.withdraw(application.key, by=application.applicant, at=SENT_AT)


@pytest.mark.parametrize("actor", [Actor.COORDINATOR, Actor.APPLICANT, Actor.SYSTEM])
def test_screening_is_the_program_offices_move(actor):
    application = make_application(status=Status.SUBMITTED)

    with pytest.raises(MoveNotAllowed, match=r"^This move belongs to the program office\.$"):
        workflow.move(
            application.pk, Status.IN_SCREENING, by=make_user(), actors={actor}, at=SENT_AT
        )


@pytest.mark.parametrize("actor", [Actor.COORDINATOR, Actor.PROGRAM_OFFICE])
def test_nobody_at_the_desk_moves_their_own_application(actor):
    application = make_application(status=Status.INTERVIEW_CONFIRMED)
    target = Status.INTERVIEWED if actor == Actor.COORDINATOR else Status.DISQUALIFIED
    mine, other = application.applicant, make_user("other@example.org")
    ask = {"actors": {actor}, "at": SENT_AT}

    with pytest.raises(MoveNotAllowed, match="your own application"):
        workflow.move(application.pk, target, by=mine, reason="Mine", **ask)
    assert "your own application" in permitted.why_not(application, target, by=mine, **ask)
    assert permitted.possible_moves(application, by=mine, **ask) == ()
    assert permitted.possible_moves(application, by=other, **ask) != ()
    workflow.move(application.pk, target, by=other, reason="Theirs", **ask)


def test_end_at_sending_stays_when_the_round_is_extended_later():
    application = make_application(status=Status.SUBMITTED)
    extended = CLOSES_AT + timedelta(days=7)
    RecruitmentRound.objects.update(closes_at=extended)

    sent = Application.objects.with_round().with_late_end(extended).get(pk=application.pk)

    assert (sent.ends_at_sent, sent.ends_at, sent.round.closes_at) == (CLOSES_AT,) * 2 + (extended,)


def test_incomplete_waits_for_the_close_and_for_a_reason():
    application = make_application(status=Status.SUBMITTED)
    office = {"by": make_user("office@example.org"), "actors": {Actor.PROGRAM_OFFICE}}

    with pytest.raises(MoveNotAllowed, match="after the deadline"):
        workflow.move(application.pk, Status.INCOMPLETE, at=CLOSES_AT - TICK, **office)
    with pytest.raises(ReasonNeeded):
        workflow.move(application.pk, Status.INCOMPLETE, at=CLOSES_AT, reason=" ", **office)
    workflow.move(application.pk, Status.INCOMPLETE, at=CLOSES_AT, reason="No letter", **office)

    assert StatusChange.objects.last().reason == "No letter"


def test_database_refuses_a_second_application_of_the_same_person():
    application = make_application()

    with pytest.raises(IntegrityError, match=r"(?i)unique"), transaction.atomic():
        Application.objects.create(
            applicant=application.applicant,
            round=application.round,
            created_at=SENT_AT,
            status_at=SENT_AT,
        )


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"status": "sent"}, "application_status_known"),
        ({"status": "submitted"}, "sent_applications_carry_time_and_reference"),
        ({"reference": "7K4M92TPH"}, "sent_applications_carry_time_and_reference"),
        ({"ends_at_sent": SENT_AT}, "sent_applications_keep_the_end_they_met"),
        ({"position": "ALT", "vacancy": None}, "sea_applications_only_in_sea_rounds"),
        ({"vacancy": "sea-2030-winter/sea/1"}, "vacancy_belongs_to_the_round_and_position"),
    ],
)
def test_database_refuses_rows_that_contradict_themselves(changes, constraint):
    make_application()
    make_round(slug="sea-2030-winter")
    make_round(slug="annual-2030")

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Application.objects.update(**changes)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"reference": "7K4M92TP"}, "reference_is_nine_symbols"),
        ({"reference": "7K4M-92TP"}, "reference_is_nine_symbols"),
        ({"reference": "OILU01OIL"}, "reference_is_nine_symbols"),
        ({"vacancy": None}, "sent_applications_name_vacancy_and_email"),
        ({"email": ""}, "sent_applications_name_vacancy_and_email"),
        ({"ends_at_sent": None}, "sent_applications_keep_the_end_they_met"),
        ({"ends_at_sent": SENT_AT}, "sent_applications_keep_the_end_they_met"),
    ],
)
def test_database_refuses_to_sent_applications_what_drafts_may_be(changes, constraint):
    make_application(status=Status.SUBMITTED)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Application.objects.update(**changes)


@pytest.mark.parametrize("target", EXPLAINED)
@pytest.mark.parametrize("reason", ["", " \n"])
def test_database_refuses_an_end_without_its_reason(target, reason):
    application = make_application(status=Status.SUBMITTED)
    constraint = "status_change_that_ends_it_has_a_reason"

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        StatusChange.objects.create(
            application=application,
            from_status="submitted",
            to_status=target,
            at=CLOSES_AT,
            reason=reason,
        )


def test_moves_that_need_a_reason_are_those_the_database_asks_it_of():
    assert {move.target for move in MOVES if move.needs_reason} == set(EXPLAINED)
    assert all(move.needs_reason for move in MOVES if move.target in EXPLAINED)


def test_confirmation_shows_both_clocks_with_their_own_weekdays():
    application = make_application()
    at = datetime(2025, 3, 15, 9, 59, 12, tzinfo=UTC)

    workflow.submit(
        application.key,
        by=application.applicant,
        received_at=at,
        recorded_at=at,
        reader_zone=ZoneInfo("Asia/Tokyo"),
    )

    text = OutgoingMail.objects.get().text.replace("\u00a0", " ")
    assert "Friday, March 14, 2025, 11:59 PM HST" in text
    assert "Saturday, March 15, 2025, 6:59 PM JST" in text
