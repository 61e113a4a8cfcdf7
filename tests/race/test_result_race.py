"""Results, replies and seats decided by two people at the same instant."""

from datetime import timedelta
from functools import partial

import pytest

from applications.domain import withdrawing, workflow
from applications.domain.errors import MoveNotAllowed
from applications.domain.outcomes import release, replies, results
from applications.domain.outcomes.marks import mark_of
from applications.models import (
    Application,
    Decision,
    ReleaseStep,
    Reply,
    ReplyForm,
    ResultBatch,
    Status,
    StatusChange,
)
from jetportal.mail.models import OutgoingMail
from tests.applicants import SENT_AT, make_application, make_office, make_user
from tests.race.together import behind, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

NOW = SENT_AT + timedelta(days=1)


def person(number: int, status: Status) -> Application:
    return make_application(applicant=make_user(f"person{number}@example.org"), status=status)


def recorded(application: Application, outcome: Status) -> str:
    return results.record(application.pk, outcome, by=make_office(), at=NOW).batch_id


def asked(key: str) -> str:
    """Ask for a release; return the mark of what it was asked for."""
    return mark_of(results.ask(key, release=None, reply_by=None, by=make_office(), at=NOW))


def approved(key: str) -> str:
    """Ask and approve; return the mark of what was approved."""
    asked(key)
    return mark_of(results.approve(key, by=make_office(2), at=NOW))


def mark(key: str) -> str:
    return mark_of(ResultBatch.objects.get(key=key))


def kinds() -> list[str]:
    rows = OutgoingMail.objects.exclude(kind="confirmation").order_by("kind")
    return list(rows.values_list("kind", flat=True))


def test_two_first_recordings_share_one_batch():
    people = [person(number, Status.IN_SCREENING) for number in (1, 2)]
    make_office()

    outcomes = together(
        *(partial(recorded, application, Status.NOT_SELECTED) for application in people)
    )

    assert outcomes == ["sea-2025-summer/interview/1"] * 2
    assert (ResultBatch.objects.count(), Decision.objects.count()) == (1, 2)


def test_two_recordings_of_one_result_leave_one_decision_that_is_told_twice():
    application = person(1, Status.IN_SCREENING)
    make_office()

    behind(
        Application.objects.filter(pk=application.pk),
        partial(recorded, application, Status.NOT_SELECTED),
        partial(recorded, application, Status.INTERVIEW_OFFERED),
    )

    told = application.decision_history.values_list("outcome", flat=True)
    assert Decision.objects.get().outcome == told.last()
    assert len(told) == 2


def test_two_alternates_recorded_at_once_do_not_share_a_rank():
    people = [person(number, Status.INTERVIEWED) for number in (1, 2)]

    together(*(partial(recorded, application, Status.ALTERNATE) for application in people))

    ranks = Decision.objects.filter(outcome="alternate").values_list("rank", flat=True)
    assert sorted(ranks) == [1, 2]


def test_release_against_a_change_leaves_no_change_that_was_not_approved():
    application = person(1, Status.IN_SCREENING)
    key = recorded(application, Status.INTERVIEW_OFFERED)
    make_office(2)

    changed, released = behind(
        Decision.objects.filter(application=application),
        partial(recorded, application, Status.NOT_SELECTED),
        partial(approved, key),
    )
    assert released == mark(key)
    release.settle_due(at=NOW)

    stayed = isinstance(changed, results.NotOpen | MoveNotAllowed)
    expected = Status.INTERVIEW_OFFERED if stayed else Status.NOT_SELECTED
    assert stayed or changed == key
    assert Application.objects.get().status == expected
    assert kinds() == [str(expected)]


def test_release_against_taking_a_result_away_releases_what_is_there():
    first, second = (person(number, Status.IN_SCREENING) for number in (1, 2))
    key = recorded(first, Status.NOT_SELECTED)
    recorded(second, Status.NOT_SELECTED)
    decision = Decision.objects.get(application=first)
    office = make_office()
    make_office(2)

    removed, released = behind(
        Decision.objects.filter(pk=decision.pk),
        partial(results.remove, decision.pk, by=office, at=NOW),
        partial(approved, key),
    )
    assert released == mark(key)
    release.settle_due(at=NOW)

    stayed = isinstance(removed, results.NotOpen)
    assert kinds() == ["not_selected"] * (2 if stayed else 1)


def test_release_against_another_order_of_the_alternates_has_one_of_them_whole():
    people = [person(number, Status.INTERVIEWED) for number in (1, 2)]
    for application in people:
        key = recorded(application, Status.ALTERNATE)
    ranked = Decision.objects.filter(outcome=Status.ALTERNATE).order_by("rank")
    pks = list(ranked.values_list("pk", flat=True))
    office = make_office()

    ordered, released = behind(
        ranked,
        partial(results.reorder, key, pks[::-1], by=office, at=NOW),
        partial(asked, key),
    )

    stayed = isinstance(ordered, results.NotOpen)
    assert released == mark(key)
    assert list(ranked.values_list("pk", flat=True)) == (pks if stayed else pks[::-1])


def test_approval_against_taking_back_ends_as_one_of_them():
    application = person(1, Status.IN_SCREENING)
    key = recorded(application, Status.NOT_SELECTED)
    asked(key)
    offices = make_office(), make_office(2)

    approved, taken_back = behind(
        ResultBatch.objects.filter(key=key),
        partial(results.approve, key, by=offices[1], at=NOW),
        partial(results.take_back, key, by=offices[0], at=NOW),
    )
    release.settle_due(at=NOW)

    refused = [isinstance(outcome, results.NotOpen) for outcome in (approved, taken_back)]
    assert sorted(refused) == [False, True]
    assert kinds() == (["not_selected"] if refused[1] else [])
    assert ReleaseStep.objects.filter(batch=key).count() == 2


def test_two_who_approve_release_it_once():
    application = person(1, Status.IN_SCREENING)
    key = recorded(application, Status.NOT_SELECTED)
    asked(key)
    offices = make_office(2), make_office(3)

    outcomes = behind(
        ResultBatch.objects.filter(key=key),
        *(partial(results.approve, key, by=office, at=NOW) for office in offices),
    )

    refusals = [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)]
    assert refusals == [results.NotOpen]
    assert ReleaseStep.objects.filter(what="approved").count() == 1


def test_release_against_withdrawal_ends_in_an_order_that_is_told():
    application = person(1, Status.IN_SCREENING)
    key = recorded(application, Status.INTERVIEW_OFFERED)
    asked(key)
    withdraw = partial(withdrawing.withdraw, application.key, by=application.applicant, at=NOW)

    behind(
        Application.objects.filter(pk=application.pk),
        partial(results.approve, key, by=make_office(2), at=NOW),
        withdraw,
    )
    release.settle_due(at=NOW)

    told = list(
        StatusChange.objects.filter(application=application, at=NOW).values_list(
            "to_status", flat=True
        )
    )
    first = Decision.objects.get().moved
    assert told == (["interview_offered", "withdrawn"] if first else ["withdrawn"])
    assert kinds() == (["interview_offered", "withdrawn"] if first else ["withdrawn"])
    assert Application.objects.get().status == Status.WITHDRAWN


def test_two_workers_carry_out_a_release_once():
    people = [person(number, Status.IN_SCREENING) for number in (1, 2, 3)]
    for application in people:
        key = recorded(application, Status.NOT_SELECTED)
    asked(key)
    results.approve(key, by=make_office(2), at=NOW)

    together(partial(release.settle_due, at=NOW), partial(release.settle_due, at=NOW))

    assert StatusChange.objects.filter(to_status=Status.NOT_SELECTED).count() == 3
    assert kinds() == ["not_selected"] * 3
    assert list(Decision.objects.values_list("moved", flat=True)) == [True] * 3


def test_worker_against_an_action_of_the_applicant_makes_the_move_once():
    application = person(1, Status.IN_SCREENING)
    key = recorded(application, Status.INTERVIEW_OFFERED)
    asked(key)
    results.approve(key, by=make_office(2), at=NOW)
    confirm = partial(
        workflow.move_own,
        application.key,
        Status.INTERVIEW_CONFIRMED,
        by=application.applicant,
        at=NOW,
    )

    together(partial(release.settle_due, at=NOW), confirm)

    assert Application.objects.get().status == Status.INTERVIEW_CONFIRMED
    assert kinds() == ["interview_offered", "reply_received"]
    assert Decision.objects.get().moved is True


def test_two_replies_make_one_move_and_the_other_is_told():
    application = person(1, Status.SHORT_LISTED)

    outcomes = behind(
        Application.objects.filter(pk=application.pk),
        *(
            partial(
                replies.answer, application.key, reply, by=application.applicant, received_at=NOW
            )
            for reply in (Reply.ACCEPT, Reply.DECLINE)
        ),
    )

    refusals = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [type(refusal) for refusal in refusals] == [MoveNotAllowed]
    form = ReplyForm.objects.get()
    said = {Status.ACCEPTED: Reply.ACCEPT, Status.DECLINED: Reply.DECLINE}
    assert form.answer == said[Status(Application.objects.get().status)]
    assert kinds().count("reply_received") == 2  # the interview, and this


def test_answer_against_marking_as_declined_makes_one_move():
    application = person(1, Status.SHORT_LISTED)
    end = ReplyForm.objects.get().until_at
    replies.answer(application.key, Reply.ACCEPT, by=application.applicant, received_at=end)
    office = make_office()
    overdue = {"by": office, "at": end, "reason": "No answer"}

    outcomes = behind(
        Application.objects.filter(pk=application.pk),
        partial(replies.count_late, application.pk, **overdue),
        partial(replies.mark_declined, application.pk, **overdue),
    )

    refusals = [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)]
    assert len(refusals) == 1
    ends = (Status.ACCEPTED, Status.DECLINED)
    assert StatusChange.objects.filter(to_status__in=ends).count() == 1
