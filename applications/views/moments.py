"""Instants in the language of the reader, on the clock that decides and on others."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from applications.views.bilingual import JAPANESE
from positions.deadlines import ZONES, in_japanese, in_words

CITIES: dict[str, "str | Promise"] = {
    "Pacific/Honolulu": gettext_lazy("Honolulu"),
    "America/Anchorage": gettext_lazy("Anchorage"),
    "America/Los_Angeles": gettext_lazy("Los Angeles"),
    "America/Denver": gettext_lazy("Denver"),
    "America/Phoenix": gettext_lazy("Phoenix"),
    "America/Chicago": gettext_lazy("Chicago"),
    "America/New_York": gettext_lazy("New York"),
    "America/Detroit": gettext_lazy("Detroit"),
    "America/Puerto_Rico": gettext_lazy("San Juan"),
    "Pacific/Guam": gettext_lazy("Hagåtña"),
    "Asia/Tokyo": gettext_lazy("Tokyo"),
    "Europe/London": gettext_lazy("London"),
    "Australia/Sydney": gettext_lazy("Sydney"),
    "Pacific/Auckland": gettext_lazy("Auckland"),
    "UTC": gettext_lazy("Coordinated Universal Time"),
}
# Shown beside the deciding clock while the reader's own zone is not known.
ELSEWHERE = (
    "Asia/Tokyo",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)
SHORTEST = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant on one clock; `kind` is "deciding", "reader" or "other"."""

    place: str
    words: str
    instant: str
    kind: str


def moments(instant: datetime, *, deciding: ZoneInfo, reader: ZoneInfo | None) -> list[Moment]:
    """Show `instant` where it is decided, then for the reader, or where readers may be."""
    others = [(reader, "reader")] if reader else [(ZoneInfo(key), "other") for key in ELSEWHERE]
    first = Moment(_decides(deciding), in_their_words(instant, deciding), _iso(instant), "deciding")
    return [
        first,
        *(
            Moment(_city(zone), in_their_words(instant, zone), _iso(instant), kind)
            for zone, kind in others
            if zone.key != deciding.key
        ),
    ]


def in_their_words(instant: datetime, zone: ZoneInfo) -> str:
    """Write an instant as the language of the page does, with weekday and zone."""
    write = in_japanese if get_language() == JAPANESE else in_words
    return write(instant, zone)


def length_in_words(length: timedelta) -> str:
    """Write how long something is by its two largest units: "4 minutes 12 seconds"."""
    if length < SHORTEST:
        return _("less than a second")
    seconds = int(length.total_seconds())
    days, hours, minutes = seconds // 86_400, seconds // 3_600 % 24, seconds // 60 % 60
    parts = [
        (days, ngettext("%(number)d day", "%(number)d days", days)),
        (hours, ngettext("%(number)d hour", "%(number)d hours", hours)),
        (minutes, ngettext("%(number)d minute", "%(number)d minutes", minutes)),
        (seconds % 60, ngettext("%(number)d second", "%(number)d seconds", seconds % 60)),
    ]
    told = [words % {"number": number} for number, words in parts if number]
    return ("" if get_language() == JAPANESE else " ").join(told[:2])


def _decides(zone: ZoneInfo) -> str:
    return _("%(city)s, the clock that decides") % {"city": _city(zone)}


def _city(zone: ZoneInfo) -> str:
    return str(CITIES.get(zone.key) or ZONES.get(zone.key) or zone.key.rpartition("/")[2])


def _iso(instant: datetime) -> str:
    return instant.isoformat()
