"""One line of the status page: a part, how it is, the fact, and what to do."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from positions.clocks import DAY, HOUR, MINUTE
from positions.clockwords import Chip

KILOBYTE = 1024
UNITS = ("bytes", "KB", "MB", "GB", "TB")


class Health(Enum):
    WELL = "well"
    LOOK = "look"  # not yet trouble, or none that grows
    RED = "red"


CHIPS = {
    Health.WELL: Chip("complete", "Well"),
    Health.LOOK: Chip("missing", "Look at it"),
    Health.RED: Chip("failed", "Act now"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """`advice` is said only where the part is not well; `url` leads to the rows it speaks of."""

    part: str
    health: Health
    says: str
    advice: str = ""
    url: str = ""

    @property
    def chip(self) -> Chip:
        return CHIPS[self.health]

    @property
    def well(self) -> bool:
        return self.health == Health.WELL


def since(length: timedelta) -> str:
    """Write how long something is past: "8 seconds", "3 minutes", "2 hours", "4 days"."""
    seconds = max(int(length.total_seconds()), 0)
    for size, unit in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds >= 2 * size or seconds == size:
            return counted(seconds // size, unit)
    return counted(seconds, "second")


def counted(number: int, unit: str) -> str:
    return f"{number:,}\u00a0{unit}" + ("" if number == 1 else "s")


def size(count: float) -> str:
    """Write a number of bytes: "12.4 GB"."""
    for unit in UNITS:
        if count < KILOBYTE or unit == UNITS[-1]:
            break
        count /= KILOBYTE
    return f"{count:.0f}\u00a0{unit}" if unit == UNITS[0] else f"{count:.1f}\u00a0{unit}"
