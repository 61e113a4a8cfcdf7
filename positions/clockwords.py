"""The words on the two clocks: a look per state, and the full names of zones."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# "Eastern Standard Time" and its like. The standard library knows only the short names.
ZONE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "HST": "Hawaii Standard Time",
        "AKST": "Alaska Standard Time",
        "AKDT": "Alaska Daylight Time",
        "PST": "Pacific Standard Time",
        "PDT": "Pacific Daylight Time",
        "MST": "Mountain Standard Time",
        "MDT": "Mountain Daylight Time",
        "CST": "Central Standard Time",
        "CDT": "Central Daylight Time",
        "EST": "Eastern Standard Time",
        "EDT": "Eastern Daylight Time",
        "AST": "Atlantic Standard Time",
        "ChST": "Chamorro Standard Time",
        "JST": "Japan Standard Time",
        "GMT": "Greenwich Mean Time",
        "BST": "British Summer Time",
        "AEST": "Australian Eastern Standard Time",
        "AEDT": "Australian Eastern Daylight Time",
        "NZST": "New Zealand Standard Time",
        "NZDT": "New Zealand Daylight Time",
        "UTC": "Coordinated Universal Time",
    }
)

IN_TIME = (
    "The whole minute counts: 11:59:59 PM is in time, midnight is late. "
    "Our server’s clock decides, not this page."
)


@dataclass(frozen=True, slots=True)
class Chip:
    """A state in a pill; `kind` is one of those `includes/_chip.html` draws."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Look:
    """What a state of the clocks says, apart from its instants."""

    title: str
    chip: Chip
    kanji: str
    label: str
    label_left: str
    foot: str


LOOKS: Mapping[str, Look] = MappingProxyType(
    {
        "upcoming": Look(
            "Applications open later", Chip("upcoming", "Upcoming"), "開始", "Opens", "Opens in", ""
        ),
        "open": Look(
            "Applications are open",
            Chip("open", "Open"),
            "締切",
            "The deadline",
            "Time left",
            IN_TIME,
        ),
        "soon": Look(
            "Applications are open",
            Chip("soon", "Closing soon"),
            "締切",
            "The deadline",
            "Time left",
            IN_TIME,
        ),
        "closed": Look(
            "Applications are closed",
            Chip("closed", "Closed"),
            "締切",
            "The deadline was",
            "Closed",
            "What was sent in time is safe. Nothing can be sent for this round now.",
        ),
        "cancelled": Look(
            "This round was cancelled",
            Chip("closed", "Cancelled"),
            "締切",
            "The deadline was",
            "Cancelled",
            "This round was cancelled. What you wrote is kept; nothing can be sent for it.",
        ),
        "received": Look(
            "When it reached us",
            Chip("complete", "In time"),
            "受付",
            "Received",
            "Before the deadline",
            "This time is fixed. It is the moment your complete request reached our server.",
        ),
    }
)
