"""Every place that tells a deadline, by name, for whoever must find out whether they agree.

A surface is a function that takes a round and an instant, hands both to one place that people or
programs read (a page, the calendar, a mail), and reads back what it says there. It writes nothing
and asks for nothing that the round does not bring: the round is as it will be once published, from
`with_vacancies()`, and may exist as a draft only. Apps above register theirs at start-up, so that
nothing here imports upwards.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from positions.models import RecruitmentRound


@dataclass(frozen=True, slots=True)
class Shown:
    """What a surface says about a round at an instant.

    `closes_at` is the exclusive end as read back (None: it tells none), `accepts` whether it
    offers to apply (None: it does not say), `words` the deadline as written there ("": not there).
    """

    closes_at: datetime | None
    accepts: bool | None
    words: str = ""


Surface = Callable[[RecruitmentRound, datetime], Shown]
END, ACCEPTS, WORDS = "end", "accepts", "words"
EVERYTHING = frozenset({END, ACCEPTS, WORDS})

_surfaces: dict[str, Surface] = {}
_told: dict[str, frozenset[str]] = {}
_concerned: dict[str, Callable[[RecruitmentRound], bool] | None] = {}


def register(
    name: str,
    surface: Surface,
    *,
    tells: frozenset[str] = EVERYTHING,
    concerns: Callable[[RecruitmentRound], bool] | None = None,
) -> None:
    """Add a surface under the name that people read; called from `AppConfig.ready`.

    `tells` is what it must say of a round that it `concerns` (None: of every round).
    Raises ValueError where another one has that name.
    """
    if _surfaces.setdefault(name, surface) is not surface:
        raise ValueError(f"There is a surface named {name!r} already.")
    _told[name], _concerned[name] = tells, concerns


def owed(name: str, round_: RecruitmentRound) -> frozenset[str]:
    """Return what the surface of that name must say of `round_` while the round is open.

    At other times it owes an answer to whether it accepts, if it ever gives one, and no more.
    """
    concerns = _concerned.get(name)
    return _told.get(name, EVERYTHING) if concerns is None or concerns(round_) else frozenset()


def registered() -> Mapping[str, Surface]:
    """Return every surface by its name, in the order in which they registered."""
    return MappingProxyType(_surfaces)
