"""Two workers at one bulk move, two clicks that start one, a colleague who moves a row of it."""

from datetime import timedelta
from functools import partial

import pytest

from applications.domain import access, workflow
from applications.domain.errors import MoveNotAllowed
from applications.domain.review import bulk_moves, bulk_work
from applications.models import BulkMove, BulkRowState, BulkState, Status, StatusChange
from tests.applicants import make_office
from tests.applications.desk import sent
from tests.factories import CLOSES_AT
from tests.race.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

NOW = CLOSES_AT + timedelta(days=3)


def propose(*numbers: int) -> BulkMove:
    chosen = [(sent(number).pk, Status.SUBMITTED) for number in numbers]
    return bulk_moves.propose(chosen, Status.IN_SCREENING, by=make_office(), at=NOW)


def start(*numbers: int) -> BulkMove:
    bulk = propose(*numbers)
    return bulk_moves.start(bulk.key, reason="", by=bulk.asked_by, at=NOW)


def moves() -> int:
    return StatusChange.objects.filter(to_status=Status.IN_SCREENING).count()


def test_two_clicks_propose_one_bulk_move_and_start_it_once():
    chosen = [(sent(1).pk, Status.SUBMITTED)]
    office = make_office()
    wish = partial(bulk_moves.propose, chosen, Status.IN_SCREENING, by=office, at=NOW)

    first, second = together(wish, wish)
    begin = partial(bulk_moves.start, first.key, reason="", by=office, at=NOW)
    outcomes = together(begin, begin)

    assert first == second == BulkMove.objects.get()
    assert [outcome.state for outcome in outcomes] == [BulkState.RUNNING] * 2


def test_two_workers_carry_out_each_row_once():
    bulk = start(1, 2, 3)
    work = partial(bulk_work.carry_out_due, now=lambda: NOW)

    outcomes = together(work, work)

    bulk.refresh_from_db()
    assert sorted(outcomes) == [0, 3]
    assert (bulk.state, moves()) == (BulkState.DONE, 3)


def test_two_workers_at_the_same_row_move_it_once():
    """As after a lease that ended while its worker was only slow."""
    bulk = start(1)
    row = bulk.rows.get()
    work = partial(bulk_work._carry_out, row.pk, bulk, at=NOW)

    outcomes = together(work, work)

    row.refresh_from_db()
    assert sorted(outcomes) == [False, True]
    assert (row.state, moves()) == (BulkRowState.MOVED, 1)


def test_row_that_a_colleague_moves_at_the_same_time_goes_one_way():
    bulk = start(1)
    row, other = bulk.rows.get(), make_office(2)
    one = partial(
        workflow.move,
        row.application_id,
        Status.INELIGIBLE,
        by=other,
        actors=access.actors_of(other),
        at=NOW,
        reason="No degree.",
        expected=Status.SUBMITTED,
    )

    theirs, moved = together(one, partial(bulk_work._carry_out, row.pk, bulk, at=NOW))

    row.refresh_from_db()
    won = isinstance(theirs, MoveNotAllowed)
    assert moved is won
    assert row.state == (BulkRowState.MOVED if won else BulkRowState.REFUSED)
    assert moves() == int(won)
