"""A round's window as the desk reads it back to whoever typed it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from positions.clocks import state_shown
from positions.clockwords import LOOKS, Chip
from positions.deadlines import HST, ZONES, deadline_in_words, in_words
from positions.example import PLACES
from positions.models import HIDDEN, RecruitmentRound, RoundChange, RoundState

UTC = ZoneInfo("UTC")
OWN_CHIPS = {
    RoundState.DRAFT: Chip("notstarted", "Draft"),
    RoundState.SCHEDULED: Chip("upcoming", "Scheduled"),
    RoundState.UPCOMING: Chip("upcoming", "Scheduled"),
    RoundState.ARCHIVED: Chip("closed", "Archived"),
}


@dataclass(frozen=True, slots=True)
class DeadlineWords:
    """The last minute that counts on the deciding clock, and the same minute elsewhere."""

    deciding: str
    elsewhere: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ToldChange:
    """One change of a published round, in words of its own zone."""

    what: str
    when: str
    by: str
    reason: str
    old: str
    new: str

    @classmethod
    def of(cls, change: RoundChange, round_: RecruitmentRound) -> Self:
        zone, new = round_.zoneinfo, change.new_closes_at
        return cls(
            what=change.get_kind_display().capitalize(),
            when=in_words(change.at, zone),
            by=change.by.email,
            reason=change.reason,
            old=deadline_in_words(change.old_closes_at, zone),
            new=deadline_in_words(new, zone) if new else "",
        )


@dataclass(frozen=True, slots=True)
class Life:
    """Where a round stands, as its links at the desk need to know.

    `hidden`: the desk alone sees it; `movable`: it may be extended or cancelled; `archivable`: it
    is over and in the lists.
    """

    hidden: bool
    movable: bool
    archivable: bool

    @classmethod
    def of(cls, round_: RecruitmentRound, at: datetime) -> Self:
        state = round_.state(at)
        over = state in {RoundState.CLOSED, RoundState.CANCELLED}
        visible = state not in HIDDEN and state != RoundState.ARCHIVED
        return cls(state in HIDDEN, visible and round_.cancelled_at is None, over)


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
    """Return the state as the desk calls it; what opens later is scheduled, seen or not."""
    state = round_.state(at)
    return OWN_CHIPS.get(state) or LOOKS[state_shown(round_, at)].chip
