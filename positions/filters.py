"""The filters above the list of rounds, as links: each keeps what the others have chosen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from positions.forms import POSITIONS, STATES, RoundFilter


@dataclass(frozen=True, slots=True)
class Choice:
    words: str
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    label: str
    choices: list[Choice]


def filters(
    choice: RoundFilter,
    *,
    sports: Mapping[str, str],
    prefectures: Mapping[str, str],
    archived: bool,
) -> list[Filter]:
    """List the filters with something to choose; `archived` tells whether any round is."""
    states = {name: words for name, words in STATES.items() if name != "archived" or archived}
    offered = (
        ("state", "By state", "Every state", states),
        ("position", "By position", "Every position", POSITIONS),
        ("sport", "By sport", "Every sport", sports),
        ("prefecture", "By prefecture", "Every prefecture", prefectures),
    )
    return [
        Filter(label, list(_choices(choice, name, {"": every, **values})))
        for name, label, every, values in offered
        if values
    ]


def chosen_values(choice: RoundFilter) -> dict[str, str]:
    names = ("state", "position", "sport", "prefecture")
    return {name: choice.chosen(name) for name in names if choice.chosen(name)}


def _choices(choice: RoundFilter, name: str, values: Mapping[str, str]) -> Iterator[Choice]:
    kept = {**chosen_values(choice), "zone": choice.chosen("zone")}
    for value, words in values.items():
        query = urlencode({key: part for key, part in {**kept, name: value}.items() if part})
        yield Choice(words, f"?{query}", chosen=choice.chosen(name) == value)
