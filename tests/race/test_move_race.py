"""Two people decide about one application at the same instant."""

from functools import partial

import pytest

from applications.domain import withdrawing, workflow
from applications.domain.errors import MoveNotAllowed
from applications.domain.moves import Actor
from applications.models import Application, Status, StatusChange
from tests.applicants import SENT_AT, make_application, make_staff
from tests.race.together import behind

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def moving(application: Application, target: Status, *, by: str):
    return partial(
        workflow.move,
        application.pk,
        target,
        by=make_staff(by, "Program office"),
        actors={Actor.PROGRAM_OFFICE},
        at=SENT_AT,
        reason="Decided",
        expected=Status(application.status),
    )


def decided() -> list[str]:
    rows = StatusChange.objects.exclude(to_status=Status.SUBMITTED)
    return list(rows.values_list("to_status", flat=True))


@pytest.mark.parametrize(
    "targets",
    [
        (Status.IN_SCREENING, Status.IN_SCREENING),
        (Status.IN_SCREENING, Status.INELIGIBLE),
        (Status.IN_SCREENING, Status.DISQUALIFIED),
    ],
)
def test_two_decisions_make_one_move_and_the_other_is_told(targets):
    application = make_application(status=Status.SUBMITTED)
    first, second = targets

    outcomes = behind(
        Application.objects.filter(pk=application.pk),
        moving(application, first, by="one@example.org"),
        moving(application, second, by="two@example.org"),
    )

    refusals = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [type(refusal) for refusal in refusals] == [MoveNotAllowed]
    assert decided() == [Application.objects.get().status]


def test_move_against_withdrawal_ends_in_an_order_that_is_told():
    application = make_application(status=Status.SUBMITTED)
    withdraw = partial(withdrawing.withdraw, application.key, by=application.applicant, at=SENT_AT)

    moved, _withdrawn = behind(
        Application.objects.filter(pk=application.pk),
        moving(application, Status.IN_SCREENING, by="one@example.org"),
        withdraw,
    )

    told = ["withdrawn"] if isinstance(moved, MoveNotAllowed) else ["in_screening", "withdrawn"]
    assert decided() == told
    assert Application.objects.get().status == Status.WITHDRAWN


def test_move_that_both_saw_is_made_once_though_the_table_would_allow_a_second():
    application = make_application(status=Status.IN_SCREENING)

    outcomes = behind(
        Application.objects.filter(pk=application.pk),
        moving(application, Status.DISQUALIFIED, by="one@example.org"),
        partial(withdrawing.withdraw, application.key, by=application.applicant, at=SENT_AT),
        moving(application, Status.DISQUALIFIED, by="two@example.org"),
    )

    refusals = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [type(refusal) for refusal in refusals] == [MoveNotAllowed] * 2
    assert decided()[1:] == [Application.objects.get().status]
