"""The columns of a spreadsheet of applications: no sensitive answers, no letters, no formulas."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from applications.domain import access
from applications.domain.names import names_of
from applications.domain.outcomes.standings import standing_since
from applications.models import Application
from jetportal.accounts.models import User
from jetportal.turning import unturned
from positions.deadlines import HST

# A cell that begins with one of these is run as a formula by spreadsheets.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class Column:
    """One column, and who may read it."""

    key: str
    title: str
    words: Callable[[Application], str]
    may_read: Callable[[User], bool] = access.may_review


def _received(application: Application) -> datetime:
    if application.submitted_at is None:
        raise ValueError("only what was sent is exported")
    return application.submitted_at


def _hst(instant: datetime) -> str:
    """Write to the second, in a form that sorts."""
    return f"{instant.astimezone(HST):%Y-%m-%d %H:%M:%S}"


COLUMNS = (
    Column("reference", "Reference", lambda row: row.reference_shown),
    Column("round", "Round", lambda row: row.round.title),
    Column("position", "Position", lambda row: row.position_id or ""),
    Column("vacancy", "Vacancy", lambda row: row.vacancy_id or ""),
    Column("consulate", "Interview location", lambda row: str(row.consulate)),
    Column("family_name", "Family name", lambda row: names_of(row)[0]),
    Column("first_name", "First name", lambda row: names_of(row)[1]),
    Column("email", "E-mail", lambda row: row.email),
    Column("status", "Status", lambda row: str(row.standing.label)),
    Column("status_at", "Status since (HST)", lambda row: _hst(standing_since(row))),
    Column("received", "Received (HST)", lambda row: _hst(_received(row))),
    Column(
        "received_utc",
        "Received (UTC)",
        lambda row: f"{_received(row).astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
    ),
)
BY_KEY: Mapping[str, Column] = MappingProxyType({column.key: column for column in COLUMNS})


def columns_for(user: User, wanted: Iterable[str] | None = None) -> tuple[Column, ...]:
    """Return the columns that the person may read, of those that are wanted, in our order."""
    chosen = set(BY_KEY if wanted is None else wanted)
    return tuple(c for c in COLUMNS if c.key in chosen and c.may_read(user))


def cells(application: Application, columns: Iterable[Column]) -> list[str]:
    return [neutralized(column.words(application)) for column in columns]


def neutralized(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula; drop turning marks."""
    text = unturned(text)
    return f"'{text}" if text.startswith(FORMULA) else text
