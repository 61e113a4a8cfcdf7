"""The clock says itself that it is running: a worker that is alive tells nothing about it."""

import logging
import time
from typing import Any

from celery.beat import PersistentScheduler
from django.db import Error, close_old_connections

from jetportal.heartbeats.models import Process
from jetportal.heartbeats.tasks import beat

logger = logging.getLogger(__name__)


class Clock(PersistentScheduler):  # type: ignore[misc]
    """beat's own schedule, with a heartbeat now and then between two jobs."""

    pause = 15.0  # seconds between two heartbeats
    _next = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + self.pause
            self.say_alive()
        return float(super().tick(*args, **kwargs))

    def say_alive(self) -> None:
        """Write the row; a database that is away must not stop the clock."""
        try:
            close_old_connections()
            beat(Process.CLOCK)
        except Error as problem:
            logger.warning("the clock wrote no heartbeat error=%s", type(problem).__name__)
