"""Two callers on two connections, let go at the same instant."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from tests.services import wait_until

PATIENCE = 20


def together(*calls: Callable[[], object]) -> list[object]:
    """Run each call in a thread with its own connection; return results, or what was raised."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        connection.ensure_connection()
        barrier.wait(timeout=10)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(lambda call: _outcome(run, call), calls))


def behind(
    rows: QuerySet[Any], *calls: Callable[[], object], also: QuerySet[Any] | None = None
) -> list[object]:
    """Start the calls one by one while `rows` are held, each when the one before waits or is done.

    Then let them go on, and return as above. So each has read whatever it reads before it needs a
    row, and one without a lock decides by what is old. `also` are held with them. On SQLite whole
    transactions take turns: there the calls start together.
    """
    if connection.vendor == "sqlite":
        return together(*calls)
    with ThreadPoolExecutor(len(calls)) as pool:
        with transaction.atomic():
            assert all(list(held.select_for_update()) for held in (rows, also) if held is not None)
            running: list[Future[object]] = []
            for call in calls:
                running.append(pool.submit(_outcome, lambda call: call(), call))
                wait_until(lambda: _stand_still(running), "a call to wait", seconds=PATIENCE)
        return [future.result(PATIENCE) for future in running]


def _outcome(run: Callable[[Callable[[], object]], object], call: Callable[[], object]) -> object:
    try:
        return run(call)
    except Exception as problem:  # noqa: BLE001  the outcome is what the test asserts
        return problem
    finally:
        connection.close()


def _stand_still(running: list[Future[object]]) -> bool:
    return waiting() + sum(future.done() for future in running) >= len(running)


def waiting() -> int:
    """Count the connections to this database that wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # one transaction sees one picture, else
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return int(cursor.fetchone()[0])
