"""Going on past one row that cannot be dealt with, so that it holds up nobody else."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError

logger = logging.getLogger(__name__)

END_THE_RUN = (SoftTimeLimitExceeded, OperationalError, InterfaceError)


@contextmanager
def set_aside(what: str, pk: object) -> Iterator[None]:
    """Write one line about what went wrong within, and go on; the next run tries again.

    The line names the row and the kind of error, never its words: they may hold somebody's data.
    A database that is away, or a task's time that is over, ends the run as ever.
    """
    try:
        yield
    except END_THE_RUN:
        raise
    except Exception as problem:  # noqa: BLE001  (whatever it is, the others shall go on)
        logger.error("%s %s was set aside: %s", what, pk, type(problem).__name__)
