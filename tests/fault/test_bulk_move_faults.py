"""A worker killed in the middle of a bulk move: the next goes on, and nothing moves twice."""

from datetime import UTC, datetime

import pytest
from django.db import transaction
from kombu import Connection

from applications import tasks
from applications.domain.review import bulk_moves
from applications.models import BulkMove, BulkMoveRow, BulkRowState, BulkState, Status, StatusChange
from tests.applicants import make_office
from tests.applications.desk import sent
from tests.processes import CeleryWorker
from tests.services import Redis, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

MOVED, WAITING = BulkRowState.MOVED, BulkRowState.WAITING


def sweep(url: str) -> None:
    """Ask for bulk moves to be carried out, as beat does every ten seconds."""
    with Connection(url) as queue:
        tasks.carry_out_bulk_moves.apply_async(connection=queue, expires=60)


def start(number: int) -> BulkMove:
    office, now = make_office(), datetime.now(UTC)
    chosen = [(sent(each).pk, Status.SUBMITTED) for each in range(number)]
    bulk = bulk_moves.propose(chosen, Status.IN_SCREENING, by=office, at=now)
    return bulk_moves.start(bulk.key, reason="Read.", by=office, at=now)


def test_bulk_move_of_a_killed_worker_is_gone_on_with_and_moves_each_once(own_redis: Redis):
    ours = {"DJANGO_SETTINGS_MODULE": "jetportal.settings", "REDIS_URL": own_redis.url}
    bulk = start(5)
    third = bulk.rows.all()[2]
    with CeleryWorker(**ours) as dying, transaction.atomic():
        BulkMoveRow.objects.select_for_update().get(pk=third.pk)  # it comes no further than this
        sweep(own_redis.url)
        wait_until(lambda: bulk_moves.counts(bulk).get(MOVED) == 2, "two moves", seconds=60)
        dying.kill()

    assert bulk_moves.counts(bulk) == {MOVED: 2, WAITING: 3}
    BulkMove.objects.update(due_at=datetime.now(UTC))  # the lease of the dead one is over
    with CeleryWorker(**ours):
        sweep(own_redis.url)
        ended = BulkMove.objects.filter(state=BulkState.DONE)
        wait_until(ended.exists, "the end", seconds=60)

    assert bulk_moves.counts(bulk) == {MOVED: 5}
    moves = StatusChange.objects.filter(to_status=Status.IN_SCREENING)
    assert sorted(moves.values_list("application", flat=True)) == sorted(
        bulk.rows.values_list("application", flat=True)
    )
    assert set(moves.values_list("reason", flat=True)) == {"Read."}
