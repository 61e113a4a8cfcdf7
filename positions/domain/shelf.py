"""The published rounds as one instant finds them, in a fixed number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from jetportal.pagecache.windows import Window
from positions.addresses import address_part
from positions.models import RecruitmentRound, RoundState, Vacancy


@dataclass(frozen=True, slots=True)
class Shelf:
    """Rounds by their state, and the window in which none of them moves to another."""

    accepting: Sequence[RecruitmentRound]
    upcoming: Sequence[RecruitmentRound]
    past: Sequence[RecruitmentRound]
    archived: Sequence[RecruitmentRound]
    window: Window

    @property
    def listed(self) -> list[RecruitmentRound]:
        """Every round but those that staff have put away."""
        return [*self.accepting, *self.upcoming, *self.past]

    @property
    def last_closed(self) -> RecruitmentRound | None:
        """The round whose deadline came last; one that was cancelled never got so far."""
        return next((round_ for round_ in self.past if round_.cancelled_at is None), None)


def current(at: datetime) -> Shelf:
    """Return what is open or coming up; of the past only the round that closed last."""
    published = RecruitmentRound.objects.exclude(published_at=None)
    running = published.filter(closes_at__gt=at).with_vacancies()
    shelved = Q(archived_at=None) | Q(archived_at__gt=at)
    closed = published.filter(shelved, closes_at__lte=at, cancelled_at=None)
    return arranged([*running, *closed.order_by("-closes_at")[:1]], at)


def everything(at: datetime, *, kind: str | None = None) -> Shelf:
    """Return every published round, of one kind or of both."""
    published = RecruitmentRound.objects.exclude(published_at=None)
    if kind is not None:
        published = published.filter(kind=kind)
    return arranged(list(published.with_vacancies()), at)


def arranged(rounds: Sequence[RecruitmentRound], at: datetime) -> Shelf:
    """Order by what comes next: open ones by deadline, coming ones by opening, then the latest."""
    by_deadline = sorted(rounds, key=lambda round_: (round_.closes_at, round_.slug))
    upcoming = [round_ for round_ in by_deadline if round_.state(at) == RoundState.UPCOMING]
    latest_first = list(reversed(by_deadline))
    over = {RoundState.CLOSED, RoundState.CANCELLED}
    return Shelf(
        accepting=[round_ for round_ in by_deadline if round_.accepts(at)],
        upcoming=sorted(upcoming, key=lambda round_: round_.opens_at or round_.closes_at),
        past=[round_ for round_ in latest_first if round_.state(at) in over],
        archived=[round_ for round_ in latest_first if round_.state(at) == RoundState.ARCHIVED],
        window=Window.around((at for round_ in rounds for at in round_.changes_at()), at),
    )


def sports_of(rounds: Iterable[RecruitmentRound]) -> Mapping[str, str]:
    """Return the sports named in `rounds`, by their part of an address, in order of name."""
    return _by_address(vacancy.sport.name for vacancy in _vacancies(rounds) if vacancy.sport)


def prefectures_of(rounds: Iterable[RecruitmentRound]) -> Mapping[str, str]:
    """Return the prefectures named in `rounds`, by their part of an address, in order of name."""
    return _by_address(vacancy.place for vacancy in _vacancies(rounds) if vacancy.place)


def _vacancies(rounds: Iterable[RecruitmentRound]) -> Iterable[Vacancy]:
    return (vacancy for round_ in rounds for vacancy in round_.vacancies.all())


def _by_address(names: Iterable[str]) -> Mapping[str, str]:
    return {address_part(name): name for name in sorted(set(names))}


def matching(
    rounds: Iterable[RecruitmentRound], *, sport: str = "", prefecture: str = ""
) -> list[RecruitmentRound]:
    """Return the rounds with a post of this sport in this prefecture (address parts, "": any)."""
    return [
        round_
        for round_ in rounds
        if any(_fits(vacancy, sport, prefecture) for vacancy in round_.vacancies.all())
    ]


def _fits(vacancy: Vacancy, sport: str, prefecture: str) -> bool:
    played = address_part(vacancy.sport.name) if vacancy.sport else ""
    return sport in {"", played} and prefecture in {"", address_part(vacancy.place)}
