"""Carrying out bulk moves: row by row, each in a transaction of its own.

A worker that dies costs at most the row it was at, which was not moved. Whoever claims the bulk
move next goes on with the rows that wait; a row is locked before it is looked at, so that two
workers never move one twice.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction

from applications.domain import access, workflow
from applications.domain.errors import Refused
from applications.domain.moves import ALLOWED
from applications.domain.outcomes import results
from applications.domain.review import bulk_moves
from applications.models import BulkMove, BulkMoveRow, BulkRowState, BulkState, Status
from jetportal.accounts.models import User
from jetportal.setaside import END_THE_RUN, set_aside

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]

SWEEP_TIME = timedelta(seconds=15)  # other work waits behind it
LEASE = timedelta(minutes=2)  # above the longest task (CELERY_TASK_SOFT_TIME_LIMIT)
BATCH = 50  # rows between two looks at whether it was stopped
BROKE = "Something went wrong at this one. Nothing was changed. Move it by itself."
WAITING = BulkRowState.WAITING


def carry_out_due(*, now: Clock, time: timedelta = SWEEP_TIME) -> int:
    """Carry on what was started until nothing waits or `time` is used up; count what was moved."""
    end, done = now() + time, 0
    while now() < end:
        bulk = _claim_next(at=now())
        if bulk is None:
            break
        done += _carried_on(bulk, end=end, now=now)
    return done


def _claim_next(*, at: datetime) -> BulkMove | None:
    """Lease the bulk move that waits longest."""
    rows = BulkMove.objects.due(at).select_related("asked_by").order_by("due_at", "pk")
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(of=("self",), skip_locked=True)
        bulk: BulkMove | None = rows.first()
        return bulk if bulk is not None and _leased(bulk, until=at + LEASE) else None


def _leased(bulk: BulkMove, *, until: datetime) -> bool:
    """Write how long it is ours; False where it was stopped, or somebody else has it by now."""
    mine = BulkMove.objects.filter(pk=bulk.pk, state=BulkState.RUNNING, due_at=bulk.due_at)
    if not mine.update(due_at=until):
        return False
    bulk.due_at = until
    return True


def _carried_on(bulk: BulkMove, *, end: datetime, now: Clock) -> int:
    done, waiting = 0, bulk.rows.filter(state=WAITING).values_list("pk", flat=True)
    while batch := list(waiting[:BATCH]):
        if not _leased(bulk, until=now() + LEASE):
            return done
        for pk in batch:
            if now() >= end:
                _leased(bulk, until=now())
                return done
            done += _row_done(pk, bulk, at=now())
    if bulk_moves.end([bulk.pk], BulkState.DONE, at=now()):
        logger.info("bulk move ended id=%s account=%s", bulk.pk, bulk.asked_by_id)
    return done


def _row_done(pk: int, bulk: BulkMove, *, at: datetime) -> bool:
    try:
        return _carry_out(pk, bulk, at=at)
    except END_THE_RUN:
        raise  # the lease brings it back
    except Exception as problem:
        with set_aside("row of a bulk move", pk):
            _keep(BulkMoveRow.objects.get(pk=pk), BulkRowState.REFUSED, at=at, why=BROKE)
            raise problem
    return False


@transaction.atomic(durable=True)
def _carry_out(pk: int, bulk: BulkMove, *, at: datetime) -> bool:
    """Move one row, or write down why not; True where it was moved now, by this call."""
    rows = BulkMoveRow.objects.filter(bulk_move__state=BulkState.RUNNING)
    row = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None or row.state != WAITING:
        return False
    try:
        with transaction.atomic():
            done = _moved(row, bulk, by=bulk.asked_by, at=at)
    except Refused as refusal:
        _keep(row, BulkRowState.REFUSED, at=at, why=str(refusal)[:300])
        return False
    _keep(row, done, at=at)
    return True


def _keep(row: BulkMoveRow, state: BulkRowState, *, at: datetime, why: str = "") -> None:
    rows = BulkMoveRow.objects.filter(pk=row.pk, state=WAITING)
    rows.update(state=state, at=at, why=why)


def _moved(row: BulkMoveRow, bulk: BulkMove, *, by: User, at: datetime) -> BulkRowState:
    """Make the move by the rules of one file, from the status it was seen in. Raises Refused."""
    seen, target = Status(row.seen), Status(bulk.target)
    rows = access.reviewable_by(by).with_due_result(at)
    application = rows.filter(pk=row.application_id).first()
    if application is None:
        raise Refused(bulk_moves.GONE)
    move = ALLOWED[application.standing].get(target)
    if move is not None and move.is_result:
        results.record_within(
            application.pk, target, by=by, at=at, reason=bulk.reason, expected=seen
        )
        return BulkRowState.RECORDED
    workflow.move_within(
        application.pk,
        target,
        by=by,
        actors=access.actors_in(by, application),
        at=at,
        reason=bulk.reason,
        expected=seen,
    )
    return BulkRowState.MOVED
