"""Two callers on two connections, let go at the same instant."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection


def together(*calls: Callable[[], object]) -> list[object]:
    """Run each call in a thread with its own connection; return results, or what was raised."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            return call()
        except Exception as problem:  # noqa: BLE001  the outcome is what the test asserts
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
