"""Results: recorded in silence, released by two people at one moment, carried out once."""

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from applications.domain import withdrawing, workflow
from applications.domain.errors import MoveNotAllowed, Refused
from applications.domain.moves import MOVES, Actor
from applications.domain.outcomes import release, results
from applications.models import (
    OUTCOMES,
    RESULTS,
    Application,
    BatchState,
    Decision,
    DecisionChange,
    ReleaseStep,
    ResultBatch,
    SeatEvent,
    Stage,
    Status,
    StatusChange,
)
from jetportal.mail.models import OutgoingMail
from tests.applicants import make_application, make_office, make_staff, make_user, release_batch
from tests.factories import CLOSES_AT, TICK

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

NOW = CLOSES_AT + timedelta(days=30)
MOMENT = NOW + timedelta(hours=3)
MONDAY = date(2025, 4, 21)
NINE = time(9, 0)


def person(number: int, status: Status) -> Application:
    return make_application(applicant=make_user(f"person{number}@example.org"), status=status)


def recorded(outcome: Status, *, number: int = 1) -> Decision:
    source = Status.IN_SCREENING
    if outcome in (Status.SHORT_LISTED, Status.ALTERNATE):
        source = Status.INTERVIEWED
    return results.record(person(number, source).pk, outcome, by=make_office(), at=NOW)


def asked(decision: Decision, *, release_on: date | None = None) -> ResultBatch:
    wall = (release_on, NINE) if release_on else None
    return results.ask(decision.batch_id, release=wall, reply_by=None, by=make_office(), at=NOW)


def shown(decision: Decision, *, at) -> Status:
    rows = Application.objects.with_due_result(at)
    return workflow.shown_status(rows.get(pk=decision.application_id), at=at)


def mails() -> list[str]:
    rows = OutgoingMail.objects.exclude(kind="confirmation").order_by("pk")
    return list(rows.values_list("kind", flat=True))


def test_results_of_the_table_are_those_a_decision_may_be():
    moves = {(move.source, move.target) for move in MOVES if move.is_result}

    assert {target for _source, target in moves} == set(RESULTS)
    assert len(moves) == sum(len(outcomes) for outcomes in OUTCOMES.values())


def test_recording_leaves_status_history_and_mail_alone():
    application = person(1, Status.IN_SCREENING)
    before = (Application.objects.values().get(), StatusChange.objects.count(), mails())

    decision = results.record(application.pk, Status.NOT_SELECTED, by=make_office(), at=NOW)

    assert (Application.objects.values().get(), StatusChange.objects.count(), mails()) == before
    assert (decision.outcome, decision.stage, decision.batch_id) == (
        "not_selected",
        "interview",
        "sea-2025-summer/interview/1",
    )
    assert decision.batch.state(NOW) is BatchState.OPEN


def test_result_is_no_direct_move():
    application = person(1, Status.IN_SCREENING)
    office = {"by": make_office(), "actors": {Actor.PROGRAM_OFFICE}, "at": NOW}

    with pytest.raises(MoveNotAllowed, match="it is recorded, and released"):
        workflow.move(application.pk, Status.NOT_SELECTED, **office)

    with pytest.raises(Refused, match="no result"):
        results.record(application.pk, Status.DISQUALIFIED, by=make_office(), at=NOW)


@pytest.mark.parametrize("group", ["Coordinators", "Administrators"])
def test_program_office_alone_records(group):
    application = person(1, Status.IN_SCREENING)
    somebody = make_staff("somebody@example.org", group, consulate="new-york")

    with pytest.raises(MoveNotAllowed, match="program office"):
        results.record(application.pk, Status.NOT_SELECTED, by=somebody, at=NOW)


def test_decision_can_be_changed_and_removed_until_its_release_is_asked_for():
    decision = recorded(Status.INTERVIEW_OFFERED)
    office = make_office()
    results.record(
        decision.application_id, Status.NOT_SELECTED, by=office, at=NOW, reason="Mistyped"
    )
    assert Decision.objects.get().outcome == Status.NOT_SELECTED

    results.remove(decision.pk, by=office, at=NOW)
    with pytest.raises(Refused, match="taken away meanwhile"):
        results.remove(decision.pk, by=office, at=NOW)  # the second of two clicks

    assert not Decision.objects.exists()
    told = DecisionChange.objects.values_list("outcome", "reason")
    assert list(told) == [("interview_offered", ""), ("not_selected", "Mistyped"), ("", "")]


def test_nothing_changes_once_the_release_is_asked_for():
    decision = recorded(Status.INTERVIEW_OFFERED)
    asked(decision)

    for change in (
        lambda: results.record(
            decision.application_id, Status.NOT_SELECTED, by=make_office(), at=NOW
        ),
        lambda: results.remove(decision.pk, by=make_office(), at=NOW),
        lambda: asked(decision),
    ):
        with pytest.raises(results.NotOpen):
            change()

    assert Decision.objects.get().outcome == Status.INTERVIEW_OFFERED


def test_release_needs_a_second_person():
    decision = recorded(Status.INTERVIEW_OFFERED)
    asked(decision)

    with pytest.raises(Refused, match="asked for this yourself"):
        results.approve(decision.batch_id, by=make_office(), at=NOW)
    with pytest.raises(Refused, match="program office"):
        results.approve(decision.batch_id, by=make_user("c@example.org"), at=NOW)

    assert shown(decision, at=NOW) == Status.IN_SCREENING
    assert release.settle_due(at=NOW + timedelta(days=9)) == release.Counts()


def test_nobody_approves_the_release_of_their_own_result():
    decision = recorded(Status.INTERVIEW_OFFERED)
    asked(decision)
    applicant = make_staff("person1@example.org", "Program office")
    applicant.is_staff = True
    applicant.save()

    with pytest.raises(Refused, match="own application"):
        results.approve(decision.batch_id, by=applicant, at=NOW)


def test_pages_read_the_decision_from_the_moment_on_to_the_microsecond():
    decision = recorded(Status.INTERVIEW_OFFERED)
    batch = asked(decision, release_on=MONDAY)
    results.approve(batch.key, by=make_office(2), at=NOW)
    moment = ResultBatch.objects.get().release_at

    assert moment == MOMENT.replace(month=4, day=21, hour=19, minute=0)
    assert shown(decision, at=moment - TICK) == Status.IN_SCREENING
    assert shown(decision, at=moment) == Status.INTERVIEW_OFFERED
    assert Application.objects.get().status == Status.IN_SCREENING
    assert release.settle_due(at=moment - TICK) == release.Counts()


def test_release_is_carried_out_once_and_resumed_where_it_was_cut_short():
    first = recorded(Status.INTERVIEW_OFFERED)
    recorded(Status.NOT_SELECTED, number=2)
    batch = asked(first)
    results.approve(batch.key, by=make_office(2), at=NOW)

    runs = [release.settle_due(at=NOW, most=1) for _ in range(3)]

    assert [(run.moved, run.finished) for run in runs] == [(1, 0), (1, 1), (0, 0)]
    assert mails() == ["interview_offered", "not_selected"]
    statuses = Application.objects.order_by("pk").values_list("status", "status_at")
    assert list(statuses) == [("interview_offered", NOW), ("not_selected", NOW)]
    assert StatusChange.objects.latest("pk").by == make_office()


def test_release_can_be_taken_back_before_its_moment_and_not_after():
    decision = recorded(Status.INTERVIEW_OFFERED)
    batch = asked(decision, release_on=MONDAY)
    results.approve(batch.key, by=make_office(2), at=NOW)
    moment = ResultBatch.objects.get().release_at

    with pytest.raises(results.NotOpen, match="are released"):
        results.take_back(batch.key, by=make_office(), at=moment)
    results.take_back(batch.key, by=make_office(), at=moment - TICK, reason="Tokyo called")

    assert shown(decision, at=moment) == Status.IN_SCREENING
    assert release.settle_due(at=moment) == release.Counts()
    results.record(decision.application_id, Status.NOT_SELECTED, by=make_office(), at=NOW)
    steps = ReleaseStep.objects.values_list("what", "reason")
    assert list(steps) == [("asked", ""), ("approved", ""), ("taken_back", "Tokyo called")]


def test_any_other_action_makes_the_due_move_first():
    decision = recorded(Status.INTERVIEW_OFFERED)
    batch = asked(decision)
    results.approve(batch.key, by=make_office(2), at=NOW)
    application = decision.application

    confirmed = workflow.move_own(
        application.key, Status.INTERVIEW_CONFIRMED, by=application.applicant, at=NOW
    )

    assert confirmed.status == Status.INTERVIEW_CONFIRMED
    assert mails() == ["interview_offered", "reply_received"]
    assert release.settle_due(at=NOW) == release.Counts(finished=1)
    assert Decision.objects.get().moved is True


def test_whoever_withdrew_before_the_moment_is_a_conflict_and_stays_withdrawn():
    decision = recorded(Status.INTERVIEW_OFFERED)
    application = decision.application
    batch = asked(decision, release_on=MONDAY)
    withdrawing.withdraw(application.key, by=application.applicant, at=NOW)

    seen = release.overview(batch, at=NOW)
    results.approve(batch.key, by=make_office(2), at=NOW)
    moment = ResultBatch.objects.get().release_at

    assert ([row.pk for row in seen.conflicts], seen.mails) == ([decision.pk], {})
    assert release.settle_due(at=moment) == release.Counts(unmoved=1, finished=1)
    assert Application.objects.get().status == Status.WITHDRAWN
    assert mails() == ["withdrawn"]


def test_withdrawal_is_not_taken_back_into_results_that_were_released_since():
    decision = recorded(Status.INTERVIEW_OFFERED)
    application = decision.application
    withdrawing.withdraw(application.key, by=application.applicant, at=NOW)
    release_batch(decision.batch_id, at=NOW + timedelta(hours=1))

    with pytest.raises(MoveNotAllowed, match="Results were released"):
        withdrawing.take_back_withdrawal(
            application.key, by=application.applicant, at=NOW + timedelta(hours=2)
        )


def test_overview_counts_mails_and_those_without_a_result_and_shows_three_samples():
    decision = recorded(Status.INTERVIEW_OFFERED)
    for number in (2, 3, 4):
        recorded(Status.NOT_SELECTED, number=number)
    waiting = person(5, Status.IN_SCREENING)

    seen = release.overview(decision.batch, at=NOW)

    assert seen.mails == {"interview_offered": 1, "not_selected": 3}
    assert (list(seen.missing), seen.missing_count) == ([waiting], 1)
    assert [mail.kind for mail in seen.samples] == ["interview_offered", *["not_selected"] * 2]
    release_batch(decision.batch_id, at=NOW)
    left = OutgoingMail.objects.filter(kind="interview_offered").get()
    assert left.text == seen.samples[0].text


@pytest.mark.parametrize("people", [1, 3])
def test_overview_asks_the_same_number_of_questions_of_any_batch(people, django_assert_num_queries):
    for number in range(people):
        recorded(Status.INTERVIEW_OFFERED, number=number)
    batch = ResultBatch.objects.select_related("round").get()

    with django_assert_num_queries(11):
        release.overview(batch, at=NOW)


def test_next_batch_begins_when_the_last_one_is_carried_out():
    release_batch(recorded(Status.INTERVIEW_OFFERED).batch_id, at=NOW)

    later = recorded(Status.INTERVIEW_OFFERED, number=2)

    assert later.batch_id == "sea-2025-summer/interview/2"
    with pytest.raises(MoveNotAllowed):
        results.record(
            Application.objects.order_by("pk")[0].pk,
            Status.NOT_SELECTED,
            by=make_office(),
            at=NOW,
        )


@pytest.mark.parametrize(
    ("wall", "words"),
    [((date(2025, 4, 1), NINE), "is over"), ((date(9999, 12, 31), time(23, 59)), "too far away")],
)
def test_moment_must_lie_ahead(wall, words):
    decision = recorded(Status.INTERVIEW_OFFERED)

    with pytest.raises(Refused, match=words):
        results.ask(decision.batch_id, release=wall, reply_by=None, by=make_office(), at=NOW)


def test_answers_are_due_after_the_release():
    decision = recorded(Status.SHORT_LISTED)

    with pytest.raises(Refused, match="after the release"):
        results.ask(
            decision.batch_id,
            release=(MONDAY, NINE),
            reply_by=(MONDAY, time(8, 0)),
            by=make_office(),
            at=NOW,
        )


def test_alternates_are_ordered_without_ties_and_can_be_put_in_another_order():
    ranked = [recorded(Status.ALTERNATE, number=number) for number in (1, 2, 3)]
    assert [decision.rank for decision in ranked] == [1, 2, 3]
    first, second, third = (decision.pk for decision in ranked)

    results.reorder(ranked[0].batch_id, [third, first, second], by=make_office(), at=NOW)

    order = Decision.objects.filter(outcome="alternate").order_by("rank").values_list("pk", "rank")
    assert list(order) == [(third, 1), (first, 2), (second, 3)]
    with pytest.raises(Refused, match="changed meanwhile"):
        results.reorder(ranked[0].batch_id, [third, first], by=make_office(), at=NOW)


def test_more_offers_than_seats_need_a_reason():
    decisions = [recorded(Status.SHORT_LISTED, number=number) for number in (1, 2, 3)]

    with pytest.raises(Refused, match=r"3 offers\. Seats: 2, 0 accepted, 0 offered"):
        asked(decisions[0])
    results.ask(
        decisions[0].batch_id,
        release=None,
        reply_by=None,
        over_seats="One has told us that she will decline.",
        by=make_office(),
        at=NOW,
    )

    assert ResultBatch.objects.get(stage="final").over_seats.startswith("One has told us")


def test_seat_given_since_the_release_was_asked_for_is_told_to_who_approves():
    decisions = [recorded(Status.SHORT_LISTED, number=number) for number in (1, 2)]
    batch = asked(decisions[0])
    SeatEvent.objects.create(
        vacancy=batch.round.vacancies.get(),
        application=decisions[0].application,
        change=StatusChange.objects.latest("pk"),
        took="offered",
    )

    with pytest.raises(Refused, match=r"1 offered.*Take the release back, and ask for it again"):
        results.approve(batch.key, by=make_office(2), at=NOW)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"outcome": "short_listed"}, "decision_is_one_of_its_stage"),
        ({"stage": "final"}, "decision_leaves_with_a_batch_of_its_stage"),
        ({"rank": 1}, "alternates_and_they_alone_have_a_rank"),
        ({"moved": True}, "settled_decision_says_whether_it_moved"),
    ],
)
def test_database_refuses_decisions_that_contradict_themselves(changes, constraint):
    recorded(Status.NOT_SELECTED)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Decision.objects.update(**changes)


def test_database_refuses_a_second_decision_and_a_release_by_one_person():
    decision = recorded(Status.NOT_SELECTED)
    batch = asked(decision)
    twice = Decision.objects.values().get() | {"id": None}

    with pytest.raises(IntegrityError, match=r"(?i)unique"), transaction.atomic():
        Decision.objects.create(**twice)
    with (
        pytest.raises(IntegrityError, match="result_batch_needs_two_people"),
        transaction.atomic(),
    ):
        ResultBatch.objects.update(approved_by=batch.asked_by, approved_at=batch.asked_at)
    with (
        pytest.raises(IntegrityError, match=r"one_result_batch_at_work|UNIQUE"),
        transaction.atomic(),
    ):
        ResultBatch.objects.create(
            key="sea-2025-summer/interview/2",
            round=batch.round,
            stage=Stage.INTERVIEW,
            number=2,
            opened_at=NOW,
        )
