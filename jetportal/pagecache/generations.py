"""The generation number: a change by staff begins a new one, and every older page ends."""

import logging
import threading
import time

from django.db import DatabaseError
from django.db.models import F

from jetportal.pagecache.models import PageGeneration

LOOK_AGAIN_SECONDS = 1.0

log = logging.getLogger(__name__)


def bump() -> None:
    """Begin a new generation in the caller's transaction, so that it takes effect on commit."""
    rows = PageGeneration.objects.filter(pk=1)
    if rows.update(number=F("number") + 1) == 0:
        PageGeneration.objects.bulk_create([PageGeneration(pk=1)], ignore_conflicts=True)
        rows.update(number=F("number") + 1)


class GenerationReader:
    """Knows the current generation from a look at the database at most once a second."""

    def __init__(self) -> None:
        self._looking = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self._number = 0
        self._looked_at = float("-inf")

    def current(self) -> int:
        """Return the number; one thread looks while the others go on with the last one.

        While the database does not answer, the last number stays: pages go on being served.
        """
        due = time.monotonic() - self._looked_at >= LOOK_AGAIN_SECONDS
        if due and self._looking.acquire(blocking=False):
            try:
                self._looked_at = time.monotonic()
                self._number = _stored_number()
            except DatabaseError:
                log.warning("The page generation could not be read; pages stay as they are.")
            finally:
                self._looking.release()
        return self._number


def _stored_number() -> int:
    return PageGeneration.objects.values_list("number", flat=True).filter(pk=1).first() or 0
