"""Between which instants a page is right."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

BEGINNING = datetime.min.replace(tzinfo=UTC)
END = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """From `since` (in) to `until` (out), like every window of this portal."""

    since: datetime = BEGINNING
    until: datetime = END

    @classmethod
    def around(cls, changes: Iterable[datetime | None], at: datetime) -> Self:
        """Return the window around `at` between the instants `changes` (None: no change)."""
        instants = [instant for instant in changes if instant is not None]
        return cls(
            since=max((instant for instant in instants if instant <= at), default=BEGINNING),
            until=min((instant for instant in instants if instant > at), default=END),
        )

    def holds(self, at: datetime) -> bool:
        return self.since <= at < self.until


ALWAYS = Window()
