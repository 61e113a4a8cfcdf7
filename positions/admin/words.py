"""A round's window as the desk reads it back to whoever typed it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from positions.clocks import state_shown
from positions.clockwords import LOOKS, Chip
from positions.deadlines import HST, ZONES, deadline_in_words
from positions.example import PLACES
from positions.models import RecruitmentRound, RoundState

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class DeadlineWords:
    """The last minute that counts on the deciding clock, and the same minute elsewhere."""

    deciding: str
    elsewhere: tuple[tuple[str, str], ...]


def deadline_words(closes_at: datetime, deciding: ZoneInfo) -> DeadlineWords:
    """Write the deadline in its own zone, then in HST, UTC and the places of the public pages."""
    names = dict.fromkeys([HST.key, UTC.key, *PLACES])
    names.pop(deciding.key, None)
    return DeadlineWords(
        deciding=deadline_in_words(closes_at, deciding),
        elsewhere=tuple(
            (ZONES[name], deadline_in_words(closes_at, ZoneInfo(name))) for name in names
        ),
    )


def state_chip(round_: RecruitmentRound, at: datetime) -> Chip:
    if round_.state(at) == RoundState.DRAFT:
        return Chip("notstarted", "Draft")
    return LOOKS[state_shown(round_, at)].chip
