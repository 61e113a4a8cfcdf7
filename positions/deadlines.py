"""From a wall clock to an instant and back: the only place where zones become UTC.

A deadline is promised as the last minute that counts ("11:59 PM HST") and stored as the first
instant that does not: windows are half-open. See docs/decisions/0002.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

HST = ZoneInfo("Pacific/Honolulu")
MINUTE = timedelta(minutes=1)

# Drafts lapse this long after closing: longer than any request can wait in a queue, so that one
# which arrived in time is never overtaken.
LAPSE_AFTER = timedelta(minutes=15)

# Zones a round may be held in and a reader may choose, by the city people know them by.
ZONES: Mapping[str, str] = MappingProxyType(
    {
        "Pacific/Honolulu": "Honolulu",
        "America/Anchorage": "Anchorage",
        "America/Los_Angeles": "Los Angeles",
        "America/Denver": "Denver",
        "America/Phoenix": "Phoenix",
        "America/Chicago": "Chicago",
        "America/New_York": "New York",
        "America/Detroit": "Detroit",
        "America/Puerto_Rico": "San Juan",
        "Pacific/Guam": "Hagåtña",
        "Asia/Tokyo": "Tokyo",
        "Europe/London": "London",
        "Australia/Sydney": "Sydney",
        "Pacific/Auckland": "Auckland",
        "UTC": "UTC",
    }
)

# The six zones of the United States, shown side by side while the reader's own is not known.
US_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)


class NoSuchMinute(ValueError):
    """The wall time names no one minute of its zone: clocks change then, or never get so far."""


def instant_of(wall: datetime, zone: ZoneInfo = HST) -> datetime:
    """Return the instant (UTC) at which clocks in `zone` show `wall` (naive, as staff typed it).

    Raises NoSuchMinute where daylight saving skips or repeats that minute, and at the ends of time.
    """
    first = wall.replace(tzinfo=zone, fold=0)
    second = wall.replace(tzinfo=zone, fold=1)
    if first.utcoffset() != second.utcoffset():
        raise NoSuchMinute(
            f"Clocks in {ZONES.get(zone.key, zone.key)} change at that time. Choose another minute."
        )
    try:
        return first.astimezone(UTC)
    except OverflowError as problem:
        raise NoSuchMinute("That date is too far away. Check it.") from problem


def end_of_minute(wall: datetime, zone: ZoneInfo = HST) -> datetime:
    """Return the first instant (UTC) after the minute `wall` (naive) in `zone`: the exclusive end.

    Raises NoSuchMinute as `instant_of` does. The minute is added in UTC, where all are equal.
    """
    start = instant_of(wall.replace(second=0, microsecond=0), zone)
    try:
        return start + MINUTE
    except OverflowError as problem:
        raise NoSuchMinute("That date is too far away. Check it.") from problem


def last_minute(closes_at: datetime) -> datetime:
    """Return the start of the last minute that counts before the exclusive end `closes_at`."""
    return closes_at - MINUTE


def days_later(closes_at: datetime, days: int, zone: ZoneInfo = HST) -> datetime:
    """Return the exclusive end (UTC) that many calendar days in `zone` after another one.

    The last minute keeps its wall time; where daylight saving skips it, the clock's own hour later.
    """
    wall = last_minute(closes_at).astimezone(zone) + timedelta(days=days)
    return wall.astimezone(UTC) + MINUTE


def in_words(instant: datetime, zone: ZoneInfo = HST) -> str:
    """Write an instant as on every page: "Friday, April 5, 2024, 11:59 PM HST".

    The spaces inside the time do not break.
    """
    local = instant.astimezone(zone)
    hour = local.hour % 12 or 12
    day = f"{local:%A}, {local:%B} {local.day}, {local.year}"
    return f"{day}, {hour}:{local:%M}\u00a0{local:%p}\u00a0{abbreviation(local)}"


def deadline_in_words(closes_at: datetime, zone: ZoneInfo = HST) -> str:
    """Write the deadline that ends at `closes_at` (exclusive) by its last minute."""
    return in_words(last_minute(closes_at), zone)


WEEKDAYS_JA = "月火水木金土日"


def in_japanese(instant: datetime, zone: ZoneInfo = HST) -> str:
    """Write an instant for a Japanese reader: year, month, day with its weekday, 24-hour clock."""
    local = instant.astimezone(zone)
    day = f"{local.year}年{local.month}月{local.day}日（{WEEKDAYS_JA[local.weekday()]}）"
    return f"{day}{local.hour}時{local:%M}分（{abbreviation(local)}）"


def abbreviation(local: datetime) -> str:
    """Return the short name of the zone of `local`; where there is none, the distance from UTC."""
    name = local.tzname() or "UTC"
    return f"UTC{name}" if name[0] in "+-" else name


def zone_named(name: str | None) -> ZoneInfo | None:
    """Return the zone called `name`, or None for anything that is not the name of a zone."""
    if not name or len(name) > 64 or "\x00" in name:  # noqa: PLR2004  longer than any name there is
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def in_words_to_the_second(instant: datetime, zone: ZoneInfo = HST) -> str:
    """Write an instant with its seconds: "12:04:12 AM HST on Saturday, April 6, 2024"."""
    local = instant.astimezone(zone)
    clock = f"{local.hour % 12 or 12}:{local:%M:%S}\u00a0{local:%p}\u00a0{abbreviation(local)}"
    return f"{clock} on {local:%A}, {local:%B} {local.day}, {local.year}"
