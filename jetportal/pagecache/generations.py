"""The generation number: a change by staff begins a new one, and every older page ends."""

import logging
import threading
import time

from django.db import DatabaseError
from django.db.models import F

from jetportal.pagecache.models import PageGeneration

LOOK_AGAIN_SECONDS = 0.75
LONGEST_LAG_SECONDS = 1.0
PATIENCE_SECONDS = 0.25

log = logging.getLogger(__name__)


def bump() -> None:
    """Begin a new generation in the caller's transaction, so that it takes effect on commit."""
    rows = PageGeneration.objects.filter(pk=1)
    if rows.update(number=F("number") + 1) == 0:
        PageGeneration.objects.bulk_create([PageGeneration(pk=1)], ignore_conflicts=True)
        rows.update(number=F("number") + 1)


class GenerationReader:
    """Knows the current generation, from a look at the database now and then."""

    def __init__(self) -> None:
        self._looking = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self._number = 0
        self._looked_at = float("-inf")

    def current(self, *, younger_than: float | None = None) -> int:
        """Return the number, never older than LONGEST_LAG_SECONDS while the database answers.

        `younger_than` (seconds) asks for a new look earlier than that would be due. One thread
        looks. The others go on with the last number while it is young enough, and else wait a
        moment for the new one. While the database does not answer, the last number stays: pages go
        on being served.
        """
        limit = min(LOOK_AGAIN_SECONDS, younger_than or LOOK_AGAIN_SECONDS)
        age = self.age()
        if age < limit:
            return self._number
        patience = PATIENCE_SECONDS if age >= LONGEST_LAG_SECONDS else 0
        if self._looking.acquire(timeout=patience):
            try:
                if self.age() >= limit:  # else somebody looked while we waited
                    self._look()
            finally:
                self._looking.release()
        return self._number

    def age(self) -> float:
        """Tell how many seconds ago the number was read."""
        return time.monotonic() - self._looked_at

    def _look(self) -> None:
        begun = time.monotonic()
        try:
            self._number = _stored_number()
        except DatabaseError:
            log.warning("The page generation could not be read; pages stay as they are.")
            begun = time.monotonic()  # it may have taken long: the next look comes later
        self._looked_at = begun


def _stored_number() -> int:
    return PageGeneration.objects.values_list("number", flat=True).filter(pk=1).first() or 0
