"""Two people give one seat at the same instant, by whatever ways a seat is given."""

from datetime import timedelta
from functools import partial

import pytest

from applications.domain import withdrawing, workflow
from applications.domain.errors import MoveNotAllowed, Refused
from applications.domain.moves import Actor
from applications.domain.outcomes import results, seat_numbers, seats
from applications.models import (
    Application,
    Decision,
    SeatEvent,
    SeatNumber,
    Status,
)
from jetportal.accounts.models import User
from positions.models import RecruitmentRound, Vacancy
from tests.applicants import SENT_AT, make_application, make_office, make_user
from tests.factories import make_round
from tests.race.together import behind

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

NOW = SENT_AT + timedelta(days=1)


def person(number: int, status: Status, round_: RecruitmentRound | None = None) -> Application:
    applicant = make_user(f"person{number}@example.org")
    return make_application(applicant=applicant, status=status, round_=round_)


def upgrade(application: Application) -> Application:
    return workflow.move(
        application.pk,
        Status.SHORT_LISTED,
        by=make_office(),
        actors={Actor.PROGRAM_OFFICE},
        at=NOW,
    )


def vacancy(application: Application) -> object:
    """The row behind which whoever gives one of its seats waits."""
    return Vacancy.objects.filter(key=application.vacancy_id)


def free(application: Application) -> int | None:
    return seats.count(vacancy(application))[application.vacancy_id].free


def refusals(outcomes: list[object]) -> list[type]:
    return [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)]


def test_two_upgrades_for_the_last_seat_give_it_once():
    person(1, Status.SHORT_LISTED)
    alternates = [person(number, Status.ALTERNATE_KEPT) for number in (2, 3)]

    outcomes = behind(
        vacancy(alternates[0]), *(partial(upgrade, application) for application in alternates)
    )

    # The second on the list may be looked at first, and is refused because it is not their turn.
    assert set(refusals(outcomes)) == {seats.SeatReasonNeeded}
    assert free(alternates[0]) == len(refusals(outcomes)) - 1
    given = SeatEvent.objects.filter(gave_back="listed").count()
    assert given == 2 - len(refusals(outcomes)) <= 1


def test_two_upgrades_of_two_lists_do_not_wait_for_each_other():
    cycle = make_round(slug="annual-2026")
    alternate = person(1, Status.ALTERNATE, cycle)
    other = person(2, Status.ALTERNATE, make_round())

    outcomes = behind(vacancy(other), partial(upgrade, alternate), partial(upgrade, other))

    assert refusals(outcomes) == []


def test_two_upgrades_in_a_cycle_keep_to_the_number_the_office_has_set():
    cycle = make_round(slug="annual-2026")
    person(1, Status.ACCEPTED, cycle)
    alternates = [person(number, Status.ALTERNATE_KEPT, cycle) for number in (2, 3)]
    SeatNumber.objects.create(vacancy=alternates[0].vacancy, seats=2, by=make_office(), at=NOW)

    outcomes = behind(
        vacancy(alternates[0]), *(partial(upgrade, application) for application in alternates)
    )

    assert set(refusals(outcomes)) == {seats.SeatReasonNeeded}
    assert free(alternates[0]) == len(refusals(outcomes)) - 1


def test_upgrade_against_a_release_give_the_last_seat_once():
    person(1, Status.SHORT_LISTED)
    alternate, waiting = person(2, Status.ALTERNATE), person(3, Status.INTERVIEWED)
    key = results.record(waiting.pk, Status.SHORT_LISTED, by=make_office(), at=NOW).batch_id
    results.ask(key, release=None, reply_by=None, by=make_office(), at=NOW)
    second = make_office(2)

    outcomes = behind(
        vacancy(alternate),
        partial(upgrade, alternate),
        partial(results.approve, key, by=second, at=NOW),
        also=User.objects.filter(pk=second.pk),  # whom the approval names once it has counted
    )

    assert len(refusals(outcomes)) == 1
    assert refusals(outcomes)[0] in {seats.SeatReasonNeeded, Refused}
    assert free(alternate) == 0


def test_upgrade_against_a_withdrawal_taken_back_give_the_last_seat_once():
    person(1, Status.SHORT_LISTED)
    gone, alternate = person(2, Status.SHORT_LISTED), person(3, Status.ALTERNATE)
    withdrawing.withdraw(gone.key, by=gone.applicant, at=NOW)

    outcomes = behind(
        vacancy(alternate),
        partial(upgrade, alternate),
        partial(withdrawing.take_back_withdrawal, gone.key, by=gone.applicant, at=NOW),
    )

    assert len(refusals(outcomes)) == 1
    assert refusals(outcomes)[0] in {seats.SeatReasonNeeded, MoveNotAllowed}
    assert free(alternate) == 0


def test_upgrade_against_fewer_seats_leaves_no_seat_too_many_unexplained():
    alternate = person(1, Status.ALTERNATE, make_round(slug="annual-2026"))
    key = alternate.vacancy_id
    seat_numbers.set_number(key, 1, by=make_office(), at=NOW)

    outcomes = behind(
        vacancy(alternate),
        partial(upgrade, alternate),
        partial(seat_numbers.set_number, key, 0, by=make_office(2), at=NOW),
    )

    assert len(refusals(outcomes)) == 1
    assert free(alternate) == 0


def test_two_alternates_recorded_at_once_take_two_places_in_a_cycle():
    cycle = make_round(slug="annual-2026")
    people = [person(number, Status.INTERVIEWED, cycle) for number in (1, 2)]
    offices = make_office(), make_office(2)

    outcomes = behind(
        vacancy(people[0]),
        *(
            partial(results.record, application.pk, Status.ALTERNATE, by=office, at=NOW)
            for application, office in zip(people, offices, strict=True)
        ),
    )

    assert refusals(outcomes) == []
    ranks = Decision.objects.filter(outcome=Status.ALTERNATE).values_list("rank", flat=True)
    assert sorted(ranks) == [1, 2]
