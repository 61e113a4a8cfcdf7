"""The dates and numbers of eligibility, as they stand in one round."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from positions.models import RecruitmentRound, RoundKind

YEAR_IN_TEXT = re.compile(r"\b20[0-9]{2}\b")
DAYS_OF_A_YEAR = 365  # as people count: six years are 2,190 days, leap days are on their side


@dataclass(frozen=True, slots=True)
class Rules:
    """What eligibility is judged by in a round; staff may set each for it.

    `degree_by` and `early_degree_by` are the last days on which a degree counts, the second for
    early departure; None: not announced. Residence counts the calendar years before
    `departure_year`; service and waiting count years before it.
    """

    departure_year: int
    degree_asked: bool = True
    degree_by: date | None = None
    early_degree_by: date | None = None
    residence_years: int = 6
    residence_within_years: int = 10
    service_within_years: int = 3
    service_years_at_most: int = 5
    wait_years: int = 2

    @property
    def too_many_days(self) -> int:
        """Return the first number of days in Japan that is too many."""
        return self.residence_years * DAYS_OF_A_YEAR

    @property
    def window(self) -> tuple[str, str]:
        """Return the first and the last month ("2017-01") in which residence counts."""
        first = self.departure_year - self.residence_within_years
        return f"{first}-01", f"{self.departure_year - 1}-12"


DATES = ("degree_by", "early_degree_by")
NAMES = tuple(field.name for field in fields(Rules))


def defaults(round_: RecruitmentRound) -> Rules:
    """Return what holds in a round where nobody has set anything."""
    return Rules(departure_year=departure_year(round_), degree_asked=asks_degree(round_))


def asks_degree(round_: RecruitmentRound) -> bool:
    return bool(round_.kind == RoundKind.ANNUAL)


def departure_year(round_: RecruitmentRound) -> int:
    """Read the year of departure from the words of the round, or take it from its deadline."""
    found = YEAR_IN_TEXT.findall(round_.departure_season)
    if found:
        return int(found[-1])
    return int(round_.closes_on.year) + (1 if round_.kind == RoundKind.ANNUAL else 0)


def as_rules(round_: RecruitmentRound, stored: Mapping[str, Any]) -> Rules:
    """Put what staff have set, as it is stored, over what is declared."""
    usual = defaults(round_)
    values = {name: stored.get(name, getattr(usual, name)) for name in NAMES}
    for name in DATES:
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    return Rules(**values)


def as_stored(rules: Rules) -> dict[str, Any]:
    """Write every rule as JSON can hold it."""
    values = {name: getattr(rules, name) for name in NAMES}
    return values | {name: values[name] and values[name].isoformat() for name in DATES}


def in_full(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
