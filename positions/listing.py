"""Rounds and positions as rows, cards and stations: values for the templates in `includes/`.

Words and order only; what is open is decided by the round.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.text import capfirst

from positions.clocks import Face, face, state_shown
from positions.clockwords import LOOKS, Chip
from positions.deadlines import in_words, last_minute
from positions.domain.drafts import YEAR
from positions.domain.shelf import Shelf
from positions.models import (
    PositionCode,
    PositionType,
    RecruitmentRound,
    RoundKind,
    RoundState,
    Vacancy,
)

WHEN = {
    "upcoming": "Opens",
    "open": "Closes",
    "soon": "Closes",
    "closed": "Closed",
    "cancelled": "Cancelled",
}
NOT_OPEN = {
    PositionCode.ALT: "The yearly round opens in late September.",
    PositionCode.CIR: "The yearly round opens in late September.",
    PositionCode.SEA: "A round opens only after a notice from Japan.",
}


@dataclass(frozen=True, slots=True)
class RoundRow:
    codes: Sequence[str]
    url: str
    title: str
    soft: str
    when: str
    when_soft: str
    chip: Chip
    closes: str
    demonstration: bool


@dataclass(frozen=True, slots=True)
class PositionCard:
    code: str
    japanese: str
    fact: str
    url: str
    title: str
    text: str
    facts: Sequence[tuple[str, str]]
    chip: Chip | None
    when: str


@dataclass(frozen=True, slots=True)
class Station:
    """A stop on the way of a round; `state` is done, next, ahead or unknown."""

    title: str
    when: str
    state: str
    now: str = ""


def codes_of(round_: RecruitmentRound) -> list[str]:
    """List the positions of a round once each, in the official order."""
    return list(dict.fromkeys(vacancy.position_id for vacancy in round_.vacancies.all()))


def rows(
    rounds: Iterable[RecruitmentRound], *, at: datetime, zone: ZoneInfo | None
) -> list[RoundRow]:
    return [_row(round_, at=at, zone=zone) for round_ in rounds]


def _row(round_: RecruitmentRound, *, at: datetime, zone: ZoneInfo | None) -> RoundRow:
    state = state_shown(round_, at)
    instant = _shown_instant(round_, state)
    there = face(instant, round_.zoneinfo)
    return RoundRow(
        codes=codes_of(round_),
        url=reverse("positions:round", args=[round_.slug]),
        title=round_.title,
        soft=posts_in_words(round_),
        when=f"{WHEN[state]} {there.weekday}, {there.date}",
        when_soft=". ".join(_beside(round_, there, state=state, zone=zone)),
        chip=LOOKS[state].chip,
        closes=round_.closes_at.isoformat(),
        demonstration=round_.is_demonstration,
    )


def _beside(
    round_: RecruitmentRound, there: Face, *, state: str, zone: ZoneInfo | None
) -> Iterator[str]:
    """Say the rest about an instant: its time, the same for the reader, and what comes after."""
    yield f"{there.time}\u00a0{there.meridiem}\u00a0{there.abbreviation}"
    if zone:
        yield f"For you: {in_words(datetime.fromisoformat(there.instant), zone)}"
    if state == "upcoming":
        yield f"Closes {round_.deadline}"


def _shown_instant(round_: RecruitmentRound, state: str) -> datetime:
    if state == "upcoming" and round_.opens_at:
        return round_.opens_at
    if state == "cancelled" and round_.cancelled_at:
        return round_.cancelled_at
    return last_minute(round_.closes_at)


def posts_in_words(round_: RecruitmentRound) -> str:
    """Say how many posts there are, in which sport and where, as far as it is known."""
    if round_.kind == RoundKind.ANNUAL:
        season = round_.departure_season
        return f"Departures in {season}. The number of posts is not published."
    vacancies = list(round_.vacancies.all())
    number = _number_of_posts(vacancies)
    places = ". ".join(dict.fromkeys(place_in_words(vacancy) for vacancy in vacancies))
    return f"{number}. {places}" if places else f"{number}."


def _number_of_posts(vacancies: Sequence[Vacancy]) -> str:
    posts = [vacancy.posts for vacancy in vacancies]
    known = [number for number in posts if number is not None]
    if not known or len(known) < len(posts):
        return "Number of posts to be announced"
    return "1 post" if sum(known) == 1 else f"{sum(known)} posts"


def place_in_words(vacancy: Vacancy) -> str:
    if vacancy.sport is None and not vacancy.place:
        return "Sport and place to be announced"
    sport = vacancy.sport.name if vacancy.sport else "Sport to be announced"
    place = str(vacancy.organization or vacancy.prefecture or "place to be announced")
    return f"{sport}, {place}"


def cards(positions: Iterable[PositionType], shelf: Shelf, *, at: datetime) -> list[PositionCard]:
    return [_card(position, shelf, at=at) for position in positions]


def _card(position: PositionType, shelf: Shelf, *, at: datetime) -> PositionCard:
    chip, when = _state_of(position, shelf, at=at)
    coaching, english = ("Coaching", position.coaching), ("English", position.english)
    return PositionCard(
        code=position.code,
        japanese=position.name_ja,
        fact=position.share,
        url=reverse("positions:position", args=[position.slug]),
        title=position.name,
        text=position.summary,
        facts=(
            coaching if position.coaching else english,
            ("Japanese", position.japanese),
            ("Recruited", position.recruited),
        ),
        chip=chip,
        when=when,
    )


def _state_of(position: PositionType, shelf: Shelf, *, at: datetime) -> tuple[Chip, str]:
    """Return the chip of a position and its date: of the round that closes, or opens, first."""
    for round_ in (*shelf.accepting, *shelf.upcoming):
        if position.code in codes_of(round_):
            state = state_shown(round_, at)
            words = in_words(_shown_instant(round_, state), round_.zoneinfo)
            return LOOKS[state].chip, f"{WHEN[state]} {words}"
    return Chip("closed", "Not open now"), NOT_OPEN[PositionCode(position.code)]


def stations(round_: RecruitmentRound, *, at: datetime) -> list[Station]:
    """List what happens in a round, in order; what is not known says so.

    Of a round that is history everything is done, and what was never made known is left out.
    """
    ahead = _stations(round_, at=at)
    if not is_history(round_, at=at):
        return ahead
    return [replace(station, state="done", now="") for station in ahead if station.when]


def is_history(round_: RecruitmentRound, *, at: datetime) -> bool:
    """Tell whether those who were chosen have left: the year of departure is over, or it is put
    away by staff. Free text names the season, so nothing finer is known."""
    year = YEAR.search(round_.departure_season)
    left = year is not None and int(year.group()) < at.astimezone(round_.zoneinfo).year
    return left or round_.state(at) == RoundState.ARCHIVED


def _stations(round_: RecruitmentRound, *, at: datetime) -> list[Station]:
    state = state_shown(round_, at)
    opened = in_words(round_.opens_at, round_.zoneinfo) if round_.opens_at else ""
    waiting = state == "upcoming"
    accepting = state in {"open", "soon"}
    over = "done" if state == "closed" else "ahead"
    return [
        Station(
            "Opens" if waiting else "Opened",
            opened or "Date not in the published notice",
            "next" if waiting else "done",
        ),
        Station(
            "Deadline",
            round_.deadline,
            "next" if accepting else over,
            "applications are open" if accepting else "",
        ),
        Station("Interviews", _interviews(round_), "ahead" if round_.interviews else "unknown"),
        Station("Results", round_.results, "ahead" if round_.results else "unknown"),
        Station("Departure", capfirst(round_.departure_season), "ahead"),
    ]


def _interviews(round_: RecruitmentRound) -> str:
    mode = round_.get_interview_mode_display() if round_.interview_mode else ""
    return capfirst(", ".join(part for part in (mode, round_.interviews) if part))
