"""Words about being late, and about a deadline of one's own."""

from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from applications.domain.errors import RoundClosed
from applications.domain.lateness import late
from applications.models import Application, LateSubmit
from applications.views.rows import part_url
from positions.clocks import Clocks, clocks_for, duration_in_words
from positions.deadlines import deadline_in_words, in_words_to_the_second
from positions.models import RecruitmentRound

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class KeptWords:
    """A late submit that is kept: when it arrived, by the server's clock, and how late that was.

    `counts_by` is the moved deadline that covers it by now; empty where it is still late.
    """

    arrived: str
    late_by: str
    counts_by: str = ""


def kept_words(row: LateSubmit, zone: ZoneInfo) -> KeptWords:
    return KeptWords(
        in_words_to_the_second(row.received_at, zone), how_late(row.received_at - row.ends_at)
    )


def kept_for(application: Application) -> KeptWords | None:
    """Tell what is kept of a late submit, and whether it is in time by now; one query."""
    row = late.counting(application)
    if row is None:
        return None
    words = kept_words(row, application.round.zoneinfo)
    covered = application.accepts(row.received_at) and application.round.cancelled_at is None
    return replace(words, counts_by=application.deadline) if covered else words


def kept_once_over(application: Application, *, at: datetime) -> KeptWords | None:
    """Tell what is kept where the application's end is over; no query before it."""
    return None if application.accepts(at) else kept_for(application)


def late_context(application: Application, refusal: RoundClosed) -> dict[str, object]:
    """Say how late a request was, by which clock, and what became of it.

    Or that the round is not open, or cancelled.
    """
    late_by, zone = refusal.late_by, application.round.zoneinfo
    return {
        "late_by": "" if late_by is None else how_late(late_by),
        "deadline": deadline_in_words(refusal.closes_at, zone),
        "arrived": in_words_to_the_second(refusal.received_at, zone),
        "cancelled": refusal.cancelled,
        "kept": kept_words(refusal.kept, zone) if refusal.kept else None,
        "missing": [(part_url(application, part.key), part.title) for part in refusal.missing],
    }


def how_late(late_by: timedelta) -> str:
    return duration_in_words(late_by) if late_by >= SECOND else "less than a second"


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
