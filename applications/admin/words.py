"""Rows of the desk in words: short times, distances, chips."""

from datetime import datetime

from applications.models import Status
from applications.views.rows import status_chip
from positions.clocks import DAY, HOUR, MINUTE
from positions.clockwords import Chip
from positions.deadlines import HST


def short_time(instant: datetime) -> str:
    """Write an instant for rows, in Hawaii: "Wed, Apr 3, 2024, 9:47 PM"; spaces do not break."""
    local = instant.astimezone(HST)
    clock = f"{local.hour % 12 or 12}:{local:%M}\u00a0{local:%p}"
    return f"{local:%a}, {local:%b}\u00a0{local.day}, {local.year}, {clock}"


def distance(instant: datetime, closes_at: datetime) -> str:
    """Write how long before or after the deadline it was: "2 d 2 h before"."""
    seconds = int((closes_at - instant).total_seconds())
    side = "before" if instant < closes_at else "after"
    seconds = abs(seconds)
    parts = (
        (seconds // DAY, "d"),
        (seconds % DAY // HOUR, "h"),
        (seconds % HOUR // MINUTE, "min"),
        (seconds % MINUTE, "s"),
    )
    told = [f"{number}\u00a0{unit}" for number, unit in parts if number][:2]
    return f"{' '.join(told) or 'under 1 s'} {side}"


def desk_chip(status: Status) -> Chip:
    """Color a status for those who work on it: new is green, under way blue, to mend orange."""
    if status == Status.SUBMITTED:
        return Chip("complete", str(status.label))
    if status in {Status.INCOMPLETE, Status.INELIGIBLE}:
        return Chip("missing", str(status.label))
    chip = status_chip(status)
    return chip if chip.kind == "closed" else Chip("progress", chip.words)
