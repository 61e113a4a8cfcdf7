"""Before a round is published: what must hold, and a drill of its window on every surface.

The drill takes a copy of the round, published in memory only, to the four instants at which
mistakes show, and reads back what each surface tells. Nothing is written. See docs/decisions/0016.
"""

import copy
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from positions import surfaces
from positions.deadlines import NoSuchMinute, deadline_in_words, end_of_minute
from positions.domain.drafts import YEAR
from positions.domain.errors import Refused
from positions.models import RecruitmentRound, RoundKind
from positions.surfaces import Shown

SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)

# The places that must tell every deadline; a program that lacks one of them publishes nothing.
EXPECTED = frozenset(
    {
        *("page of the round", "list of rounds", "JSON", "Atom feed", "iCalendar"),
        *("structured data", "application form", "confirmation mail", "verdict of sending"),
    }
)

MEND = "Save the draft once more; if this stays, tell the developers which place it is."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """One rule a round keeps or breaks; `mend` says what to do where it is red."""

    name: str
    green: bool
    found: str
    mend: str


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant of the drill, and whether an application that arrives then must count."""

    name: str
    at: datetime
    accepts: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What one surface tells at one moment. `fault` is empty where it agrees with the round."""

    surface: str
    shown: Shown | None
    fault: str

    @property
    def green(self) -> bool:
        return not self.fault


@dataclass(frozen=True, slots=True)
class Drill:
    moment: Moment
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Report:
    checks: tuple[Check, ...]
    drills: tuple[Drill, ...]

    @property
    def green(self) -> bool:
        return not self.faults

    @property
    def faults(self) -> tuple[str, ...]:
        """Say of every red line what it is and what mends it."""
        return tuple(
            [
                f"{check.name}: {check.found} {check.mend}"
                for check in self.checks
                if not check.green
            ]
            + [
                f"{drill.moment.name}, {reading.surface}: {reading.fault}"
                for drill in self.drills
                for reading in drill.readings
                if not reading.green
            ]
        )


def report(round_: RecruitmentRound, *, at: datetime, shown_from: datetime | None = None) -> Report:
    """Judge a round at `at` as if it were shown from `shown_from` on (None: from `at`).

    A round that is published already keeps its own instant. The round comes from
    `with_vacancies()`.
    """
    drilled = copy.copy(round_)
    drilled.published_at = round_.published_at or shown_from or at
    checks = tuple(check(drilled, at) for check in CHECKS)
    moments = moments_of(drilled)
    return Report(checks, tuple(_drill(drilled, moment) for moment in moments))


def require_green(round_: RecruitmentRound, *, at: datetime, shown_from: datetime) -> None:
    """Raise Refused with what is red in the pre-flight, read anew: `round_` is locked."""
    rounds = RecruitmentRound.objects.with_vacancies()
    found = report(rounds.get(pk=round_.pk), at=at, shown_from=shown_from)
    if not found.green:
        raise Refused(f"The pre-flight is red. {found.faults[0]}")


def moments_of(round_: RecruitmentRound) -> tuple[Moment, ...]:
    """List the four instants of the drill: a second before the opening to the closing itself.

    An opening that is not known, or before the publishing, is the publishing.
    """
    published, closing = round_.published_at, round_.closes_at
    if published is None:
        raise ValueError("a drill needs the instant of publishing")
    opening = max(published, round_.opens_at or published)
    moments = (
        Moment("Opening - 1 second", opening - SECOND, accepts=False),
        Moment("Opening", opening, accepts=True),
        Moment("Closing - 1 microsecond", closing - TICK, accepts=True),
        Moment("Closing", closing, accepts=False),
    )
    ended = round_.cancelled_at
    return tuple(
        Moment(moment.name, moment.at, moment.accepts and (ended is None or moment.at < ended))
        for moment in moments
    )


def _drill(round_: RecruitmentRound, moment: Moment) -> Drill:
    readings = (
        _reading(name, surface, round_, moment) for name, surface in surfaces.registered().items()
    )
    return Drill(moment, tuple(readings))


def _reading(
    name: str, surface: surfaces.Surface, round_: RecruitmentRound, moment: Moment
) -> Reading:
    try:
        shown = surface(copy.copy(round_), moment.at)
    except Exception:  # a surface that breaks, in whatever way, is a red line and not a 500
        log.exception("The surface %s broke in the drill of %s.", name, round_.slug)
        return Reading(
            name, None, "It broke. The log of the server says where; tell the developers."
        )
    owed = surfaces.owed(name, round_)
    faults = [*_silences(shown, owed, moment), *_faults(shown, round_, moment)]
    return Reading(name, shown, " ".join([*faults, MEND] if faults else []))


def _silences(shown: Shown, owed: frozenset[str], moment: Moment) -> Iterator[str]:
    """Name what a place leaves out: where nothing is told, nothing can be wrong."""
    if surfaces.ACCEPTS in owed and shown.accepts is None:
        yield "It does not say whether it takes applications."
    if surfaces.END in owed and moment.accepts and shown.closes_at is None:
        yield "It tells no deadline."
    if surfaces.WORDS in owed and moment.accepts and not shown.words:
        yield "It does not write the deadline in words."


def _faults(shown: Shown, round_: RecruitmentRound, moment: Moment) -> Iterator[str]:
    if shown.accepts is not None and shown.accepts != moment.accepts:
        told, meant = ("open", "closed") if shown.accepts else ("closed", "open")
        yield f"It says {told}, and the round is {meant}."
    if shown.closes_at is not None and shown.closes_at != round_.closes_at:
        words = deadline_in_words(shown.closes_at, round_.zoneinfo)
        yield f"Its deadline is {words}; that of the round is {round_.deadline}."
    if shown.words and _plain(round_.deadline) not in _plain(shown.words):
        yield f"It writes “{shown.words}”, not {round_.deadline}."


def _plain(words: str) -> str:
    return " ".join(words.split())


# --- checks ---------------------------------------------------------------------------------------


def _deadline_is_ahead(round_: RecruitmentRound, at: datetime) -> Check:
    """Judge by the publishing, so that a round that has had its time is not red for being over."""
    published = round_.published_at or at
    return Check(
        "Deadline",
        published < round_.closes_at,
        f"{round_.deadline}.",
        "It is over. Choose a later one.",
    )


def _wall_time_makes_the_instant(round_: RecruitmentRound, at: datetime) -> Check:
    wall = datetime.combine(round_.closes_on, round_.closes_time)
    try:
        end = end_of_minute(wall, round_.zoneinfo)
    except NoSuchMinute:
        end = None
    return Check(
        "Date, time and zone",
        end == round_.closes_at,
        f"Typed {wall:%Y-%m-%d %H:%M} in {round_.zone}; "
        f"closes at {round_.closes_at:%Y-%m-%d %H:%M:%S} UTC.",
        "The two do not belong together. Save the draft with its date and time again.",
    )


def _opens_before_it_closes(round_: RecruitmentRound, at: datetime) -> Check:
    opening = max(filter(None, [round_.opens_at, round_.published_at]))
    known = "" if round_.opens_at else "The date is not known: open as soon as it is shown. "
    words = deadline_in_words(opening + timedelta(minutes=1), round_.zoneinfo)
    return Check(
        "Opening",
        opening < round_.closes_at,
        f"{known}{words}.",
        "Nobody could apply. Open it before the deadline.",
    )


def _has_posts(round_: RecruitmentRound, at: datetime) -> Check:
    vacancies = list(round_.vacancies.all())
    annual = round_.kind == RoundKind.ANNUAL
    unsaid = [v.key for v in vacancies if not annual and v.posts is None]
    named = ", ".join(sorted({vacancy.position_id for vacancy in vacancies})) or "None"
    number = "not published" if annual else sum(v.posts or 0 for v in vacancies)
    return Check(
        "Posts",
        bool(vacancies) and not unsaid,
        f"{named}; number of posts: {number}.",
        "Say how many posts there are, in every row." if vacancies else "Add at least one post.",
    )


def _season_is_not_over(round_: RecruitmentRound, at: datetime) -> Check:
    year = YEAR.search(round_.departure_season)
    closes = round_.closes_on.year
    return Check(
        "Departure",
        year is None or closes <= int(year.group()),
        f"{round_.departure_season}.",
        f"The deadline is in {closes}. Correct the season or the deadline.",
    )


def _every_surface_is_there(round_: RecruitmentRound, at: datetime) -> Check:
    missing = sorted(EXPECTED - surfaces.registered().keys())
    return Check(
        "Surfaces",
        not missing,
        f"{len(surfaces.registered())} places tell this deadline.",
        f"Not asked: {', '.join(missing)}. Tell the developers.",
    )


CHECKS: tuple[Callable[[RecruitmentRound, datetime], Check], ...] = (
    _deadline_is_ahead,
    _wall_time_makes_the_instant,
    _opens_before_it_closes,
    _has_posts,
    _season_is_not_over,
    _every_surface_is_there,
)
