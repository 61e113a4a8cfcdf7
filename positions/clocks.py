"""Instants as people see them: two faces, what is left, and the words around them.

Values for templates only. The rules of the deadline live in `positions.deadlines` (last minute,
zones, wording) and in `RecruitmentRound.state`; nothing here decides.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from positions.clockwords import LOOKS, ZONE_NAMES, Chip
from positions.deadlines import (
    HST,
    US_ZONES,
    ZONES,
    abbreviation,
    deadline_in_words,
    in_words,
    last_minute,
)
from positions.models.rounds import HIDDEN, RecruitmentRound, RoundChange, RoundState

DAY, HOUR, MINUTE = 86_400, 3_600, 60


@dataclass(frozen=True, slots=True)
class Face:
    """One instant on one clock. `other_day`: its weekday is not that of the deciding clock."""

    label: str
    instant: str
    weekday: str
    date: str
    time: str
    meridiem: str
    zone: str
    zone_name: str
    abbreviation: str
    city: str
    hour_angle: float
    minute_angle: int
    other_day: bool = False
    seconds: int | None = None

    @property
    def short(self) -> str:
        """One line for rows: "Friday, April 5, 2024, 11:59 PM HST"."""
        clock = f"{self.time}\u00a0{self.meridiem}\u00a0{self.abbreviation}"
        return f"{self.weekday}, {self.date}, {clock}"


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """A distance in two parts, the larger one to be set large."""

    label: str
    large: str
    small: str = ""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Everything `includes/_clocks.html` shows. Empty strings and None leave their part out.

    `target` is the instant (ISO, UTC) the page counts to or from, `label_left` the words above
    the distance; a script fills `left` where a cached page leaves it out.
    """

    state: str
    title: str
    chip: Chip
    kanji: str
    deciding: Face
    reader: Face | None
    elsewhere: tuple[Face, ...]
    left: TimeLeft | None
    label_left: str
    foot: str
    note: str = ""
    target: str = ""
    opens: str = ""
    closes: str = ""
    soon_hours: int = 72


@dataclass(frozen=True, slots=True)
class Stamp:
    """The round stamp of an arrival; `label` is what it says to those who cannot see it."""

    date: str
    time: str
    label: str


def face(
    instant: datetime, zone: ZoneInfo, *, label: str = "", beside: ZoneInfo | None = None
) -> Face:
    """Show `instant` on the clock of `zone`; `beside` is the deciding zone it is compared with."""
    local = instant.astimezone(zone)
    short = abbreviation(local)
    city = ZONES.get(zone.key) or zone.key.rsplit("/", 1)[-1].replace("_", " ")
    return Face(
        label=label,
        instant=instant.isoformat(),
        weekday=f"{local:%A}",
        date=f"{local:%B} {local.day}, {local.year}",
        time=f"{local.hour % 12 or 12}:{local:%M}",
        meridiem=f"{local:%p}",
        zone=zone.key,
        zone_name=ZONE_NAMES.get(short, f"Time in {city}"),
        abbreviation=short,
        city=city,
        hour_angle=local.hour % 12 * 30 + local.minute / 2,
        minute_angle=local.minute * 6,
        other_day=beside is not None and instant.astimezone(beside).weekday() != local.weekday(),
    )


def clocks_for(
    round_: RecruitmentRound,
    *,
    at: datetime,
    zone: ZoneInfo | None,
    with_left: bool = False,
    extension: RoundChange | None = None,
) -> Clocks:
    """Show where a round stands at `at`, beside the reader's clock if its `zone` is known.

    `with_left` is for pages made for one request; cached ones must not carry a distance in time.
    `extension` is the change that moved the deadline last, if one did.
    """
    state = state_shown(round_, at)
    if state == "cancelled":
        extension = None  # that deadline holds no more
    look = LOOKS[state]
    upcoming = state == "upcoming" and round_.opens_at is not None
    shown = round_.opens_at if upcoming and round_.opens_at else last_minute(round_.closes_at)
    target = (round_.opens_at if upcoming else round_.closes_at) or round_.closes_at
    if state == "cancelled" and round_.cancelled_at:
        target = round_.cancelled_at
    label = look.label + (", extended" if extension and state in {"open", "soon"} else "")
    return Clocks(
        state=state,
        title=look.title,
        chip=look.chip,
        kanji=look.kanji,
        deciding=face(shown, round_.zoneinfo, label=label),
        reader=_reader(shown, zone, round_.zoneinfo),
        elsewhere=() if zone else _elsewhere(shown, round_.zoneinfo),
        left=_left(state, target, at) if with_left else None,
        label_left=look.label_left,
        foot=look.foot or f"Closes {round_.deadline}.",
        note=_note(extension, round_.zoneinfo),
        target=target.isoformat(),
        opens=round_.opens_at.isoformat() if round_.opens_at else "",
        closes=round_.closes_at.isoformat(),
        soon_hours=round_.closing_soon_hours,
    )


def received_clocks(
    received_at: datetime, *, closes_at: datetime, zone: ZoneInfo | None, deciding: ZoneInfo = HST
) -> Clocks:
    """Stop both clocks at the arrival of an application; nothing on them changes any more."""
    look = LOOKS["received"]
    stopped = replace(
        face(received_at, deciding, label=look.label),
        seconds=received_at.astimezone(deciding).second,
    )
    in_time = received_at < closes_at
    return Clocks(
        state="received",
        title=look.title,
        chip=look.chip if in_time else Chip("complete", "Received"),
        kanji=look.kanji,
        deciding=stopped,
        reader=_reader(received_at, zone, deciding),
        elsewhere=() if zone else _elsewhere(received_at, deciding),
        left=time_left(closes_at, received_at, label=look.label_left) if in_time else None,
        label_left=look.label_left,
        foot=look.foot,
    )


def stamp(received_at: datetime, zone: ZoneInfo = HST) -> Stamp:
    local = received_at.astimezone(zone)
    words = in_words(received_at, zone)
    hour = local.hour % 12 or 12
    return Stamp(
        date=f"{local.year}.{local.month}.{local.day}",
        time=f"{hour}:{local:%M %p} {abbreviation(local)}",
        label=f"Date stamp: received {words}",
    )


def time_left(until: datetime, at: datetime, *, label: str = "Time left") -> TimeLeft:
    """Split the time from `at` to `until` in two parts, rounded down to the minute."""
    seconds = max(0, int((until - at).total_seconds()))
    days, hours, minutes = seconds // DAY, seconds % DAY // HOUR, seconds % HOUR // MINUTE
    if days:
        return TimeLeft(label, _count(days, "day"), _joined((hours, "hour"), (minutes, "minute")))
    if hours:
        return TimeLeft(label, _count(hours, "hour"), _joined((minutes, "minute")))
    return TimeLeft(label, _count(minutes, "minute") if minutes else "under a minute")


def duration_in_words(delta: timedelta, *, units: int = 4) -> str:
    """Write a length of time to the second ("4 minutes 12 seconds"), its `units` largest parts."""
    seconds = abs(int(delta.total_seconds()))
    parts = (
        (seconds // DAY, "day"),
        (seconds % DAY // HOUR, "hour"),
        (seconds % HOUR // MINUTE, "minute"),
        (seconds % MINUTE, "second"),
    )
    told = [part for part in parts if part[0]][:units]
    return _joined(*told) or "less than a second"


def state_shown(round_: RecruitmentRound, at: datetime) -> str:
    """Return the state as its look is called: that of the round, and "soon" near the deadline.

    Archived looks as it did before: closed or cancelled. Hidden ones look as if they were shown.
    """
    state = round_.state(at)
    if state == RoundState.ARCHIVED:
        return "cancelled" if round_.cancelled_at and round_.cancelled_at <= at else "closed"
    if state == RoundState.OPEN:
        soon = timedelta(hours=round_.closing_soon_hours)
        return "soon" if round_.closes_at - at <= soon else "open"
    return "upcoming" if state in HIDDEN else state.value


def _reader(instant: datetime, zone: ZoneInfo | None, deciding: ZoneInfo) -> Face | None:
    if zone is None:
        return None
    return face(instant, zone, label="The same moment for you", beside=deciding)


def _elsewhere(instant: datetime, deciding: ZoneInfo) -> tuple[Face, ...]:
    return tuple(face(instant, ZoneInfo(name), beside=deciding) for name in US_ZONES)


def _left(state: str, target: datetime, at: datetime) -> TimeLeft:
    label = LOOKS[state].label_left
    if state in {"closed", "cancelled"}:
        past = time_left(at, target, label=label)
        return TimeLeft(label, f"{past.large} ago")
    return time_left(target, at, label=label)


def _note(extension: RoundChange | None, zone: ZoneInfo) -> str:
    if extension is None or extension.new_closes_at is None:
        return ""
    old = deadline_in_words(extension.old_closes_at, zone)
    new = deadline_in_words(extension.new_closes_at, zone)
    return f"The deadline was {old}. It is now {new}. Reason: {extension.reason}"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _joined(*parts: tuple[int, str]) -> str:
    return " ".join(_count(number, unit) for number, unit in parts if number)
