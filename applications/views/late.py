"""Words about being late, and about a deadline of one's own."""

from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from applications.domain.errors import RoundClosed
from positions.clocks import Clocks, clocks_for, duration_in_words
from positions.deadlines import deadline_in_words, in_words_to_the_second
from positions.models import RecruitmentRound

SECOND = timedelta(seconds=1)


def late_context(refusal: RoundClosed, zone: ZoneInfo) -> dict[str, object]:
    """Say how late a request was, by which clock; or that the round is not open, or cancelled."""
    late = refusal.late_by
    return {
        "late_by": "" if late is None else how_late(late),
        "deadline": deadline_in_words(refusal.closes_at, zone),
        "arrived": in_words_to_the_second(refusal.received_at),
        "cancelled": refusal.cancelled,
    }


def how_late(late: timedelta) -> str:
    return duration_in_words(late) if late >= SECOND else "less than a second"


def own_clocks(
    round_: RecruitmentRound, until: datetime | None, *, at: datetime, zone: ZoneInfo | None
) -> Clocks:
    """Show where a round stands for one person, to whom the end `until` may have been granted."""
    if round_.end(until) == round_.closes_at:
        return clocks_for(round_, at=at, zone=zone, with_left=True)
    own = copy(round_)
    own.closes_at, own.archived_at = round_.end(until), None
    clocks = clocks_for(own, at=at, zone=zone, with_left=True)
    label = clocks.deciding.label.replace("The deadline", "Your own deadline")
    return replace(
        clocks,
        deciding=replace(clocks.deciding, label=label),
        note=f"The deadline of the round is {round_.deadline}. "
        f"The program office has given you, and you alone, until {own.deadline}.",
    )
