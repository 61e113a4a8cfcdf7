"""The published rounds as one instant finds them, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jetportal.pagecache.windows import Window
from positions.models import RecruitmentRound, RoundState


@dataclass(frozen=True, slots=True)
class Shelf:
    """Rounds by their state, and the window in which none of them moves to another."""

    accepting: Sequence[RecruitmentRound]
    upcoming: Sequence[RecruitmentRound]
    past: Sequence[RecruitmentRound]
    window: Window

    @property
    def last_closed(self) -> RecruitmentRound | None:
        return self.past[0] if self.past else None


def current(at: datetime) -> Shelf:
    """Return what is open or coming up; of the past only the round that closed last."""
    published = RecruitmentRound.objects.exclude(published_at=None)
    running = published.filter(closes_at__gt=at).with_vacancies()
    closed = published.filter(closes_at__lte=at).order_by("-closes_at")[:1]
    return _sorted([*running, *closed], at)


def everything(at: datetime, *, kind: str | None = None) -> Shelf:
    """Return every published round, of one kind or of both."""
    published = RecruitmentRound.objects.exclude(published_at=None)
    if kind is not None:
        published = published.filter(kind=kind)
    return _sorted(list(published.with_vacancies()), at)


def _sorted(rounds: Sequence[RecruitmentRound], at: datetime) -> Shelf:
    """Order by what comes next: open ones by deadline, coming ones by opening, then the latest."""
    by_deadline = sorted(rounds, key=lambda round_: (round_.closes_at, round_.slug))
    upcoming = [round_ for round_ in by_deadline if round_.state(at) == RoundState.UPCOMING]
    over = {RoundState.CLOSED, RoundState.CANCELLED}
    return Shelf(
        accepting=[round_ for round_ in by_deadline if round_.accepts(at)],
        upcoming=sorted(upcoming, key=lambda round_: round_.opens_at or round_.closes_at),
        past=[round_ for round_ in reversed(by_deadline) if round_.state(at) in over],
        window=Window.around((at for round_ in rounds for at in round_.changes_at()), at),
    )
