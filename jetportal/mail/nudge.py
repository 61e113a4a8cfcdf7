"""Tell a worker that a mail is waiting: bounded in time, and free to fail.

Redis that refuses costs nothing, one that hangs about half a second per connect or read; then this
process leaves the broker alone for ten seconds, or a hanging broker would eat every thread. The
row is the truth and the sweep finds it, so a lost message is never lost mail.
"""

import logging
import threading
import time

from celery import current_app
from django.conf import settings
from kombu import Connection, Producer

logger = logging.getLogger(__name__)

PATIENCE = 0.5  # seconds per connect and per read
PAUSE = 10.0  # seconds without a further try after a failure
USELESS_AFTER = 120  # seconds; by then the sweep has been there several times
DELIVER_ONE = "jetportal.mail.tasks.deliver_one"


class Publisher:
    """One connection of this process for nudges alone, used by one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._paused_until = 0.0

    def publish(self, *args: int, task: str = DELIVER_ONE) -> bool:
        """Send one message and say whether it left; never raises, never waits long."""
        if time.monotonic() < self._paused_until:
            return False
        if not self._lock.acquire(timeout=PATIENCE):
            return False
        try:
            return time.monotonic() >= self._paused_until and self._try(task, args)
        finally:
            self._lock.release()

    def _try(self, task: str, args: tuple[int, ...]) -> bool:
        try:
            self._send(task, args)
        except Exception as error:  # noqa: BLE001  whatever the broker does, the row is safe
            self._paused_until = time.monotonic() + PAUSE
            self._forget()
            logger.warning("nudge failed error=%s pause=%ss", type(error).__name__, int(PAUSE))
            return False
        return True

    def _send(self, task: str, args: tuple[int, ...]) -> None:
        if self._connection is None:
            self._connection = _connection()
        current_app.send_task(
            task,
            args=list(args),
            producer=Producer(self._connection.default_channel, auto_declare=False),
            expires=USELESS_AFTER,
            retry=False,
            ignore_result=True,
        )

    def _forget(self) -> None:
        broken, self._connection = self._connection, None
        if broken is not None:
            broken.collect(socket_timeout=PATIENCE)


def _connection() -> Connection:
    bounds = {
        "socket_connect_timeout": PATIENCE,
        "socket_timeout": PATIENCE,
        "max_retries": 0,
    }
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **(bounds if settings.REDIS_URL else {})}
    return Connection(
        settings.CELERY_BROKER_URL, connect_timeout=PATIENCE, transport_options=options
    )


_publisher = Publisher()


def nudge(pk: int) -> None:
    """Ask a worker to deliver mail `pk` now."""
    _publisher.publish(pk)


def nudge_task(task: str) -> None:
    """Ask a worker to do now what the task of this name does; its own turn does what is lost."""
    _publisher.publish(task=task)
