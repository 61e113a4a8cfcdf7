"""When people come, and whether each of them was judged rightly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from applications.models import UNSENT, Application
from benchmarks.clients import Exchange

IN_TIME_SHARE = 0.9
LATE_SECONDS = 10.0
PILE = 1.5  # 1 is a steady stream; the higher, the more people come at the end
SENT, LATE = 302, 409
CLOCK_STEP = 0.05  # seconds; the front server's clock moves in steps while it is busy


def arrivals(count: int, *, before: float) -> list[float]:
    """Return when each person sends, in seconds from the closing instant, earliest first.

    Nine of ten come within `before` seconds ahead of it, more and more of them the nearer it is: of
    those a fifth in the last tenth, a twentieth in the last hundredth. The others come in the ten
    seconds after, most of them at once.
    """
    early = round(count * IN_TIME_SHARE)
    late = count - early
    ahead = [-before * (1 - k / early) ** PILE for k in range(early)]
    behind = [LATE_SECONDS * (k / late) ** 2 for k in range(late)]
    return ahead + behind


@dataclass(frozen=True, slots=True)
class Judged:
    """One try to send: what the person saw, when it had arrived, and what the row says."""

    exchange: Exchange
    arrived: float | None
    row: Application

    def fault(self, closes_at: datetime) -> str:
        """Say what is wrong with the verdict; empty where it is right."""
        seen, arrived = self.exchange, self.arrived
        if seen.status not in (SENT, LATE):
            return f"answered {seen.status}"
        if arrived is None:
            return "no arrival was written down"
        if not seen.sent - CLOCK_STEP <= arrived <= seen.answered + CLOCK_STEP:
            return "arrived outside its sending and its answer"
        in_time = arrived < closes_at.timestamp()
        if in_time is not (seen.status == SENT):
            return f"in time: {in_time}, answered {seen.status}"
        return self._row_fault(in_time=in_time, closes_at=closes_at)

    def _row_fault(self, *, in_time: bool, closes_at: datetime) -> str:
        row = self.row
        if row.status in UNSENT:
            return "in time, and still a draft" if in_time else ""
        if row.submitted_at is None or row.recorded_at is None:
            return "sent without its times"
        if not in_time or row.submitted_at >= closes_at:
            return "late, and taken"
        same = abs(row.submitted_at.timestamp() - (self.arrived or 0)) < 0.001
        return "" if same else "its row names another arrival"


def confirmations(
    letters: Sequence[Mapping[str, str | list[str]]], owed: set[str]
) -> tuple[int, int]:
    """Return how many confirmations are missing, and how many came more than once."""
    counts: dict[str, int] = {}
    for letter in letters:
        for person in letter["to"]:
            counts[person] = counts.get(person, 0) + 1
    lost = sum(person not in counts for person in owed)
    double = sum(count > 1 for count in counts.values())
    return lost, double + len(set(counts) - owed)
