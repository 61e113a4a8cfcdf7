"""Load the official lists of `positions/data/catalogue.json` into the database."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import F

from jetportal.pagecache import generations
from positions.deadlines import end_of_minute, instant_of
from positions.models import (
    Consulate,
    Duty,
    DutyKind,
    PositionType,
    RecruitmentRound,
    Requirement,
    Vacancy,
)

FILE = Path(__file__).resolve().parent.parent / "data" / "catalogue.json"
OUT_OF_THE_WAY = 10_000  # no list of ours is that long

Entry = Mapping[str, Any]
Row = TypeVar("Row", bound=models.Model)


@cache
def contents() -> Entry:
    """Return the file as it stands beside the code; whoever reads it must not change it."""
    entries: Entry = json.loads(FILE.read_text(encoding="utf-8"))
    return entries


def appointment_terms() -> list[dict[str, str]]:
    """List the terms of appointment, topic and text, for every position alike."""
    terms: list[dict[str, str]] = contents()["appointment"]
    return terms


@transaction.atomic
def load() -> Counter[str]:
    """Bring the official lists to what the file says, and add rounds of history that are absent.

    For lists the file is the truth; a round belongs to staff as soon as it exists, and is left
    alone. Returns how many rows were created, changed and removed. Cached pages end on commit.
    """
    done: Counter[str] = Counter()
    _make_way(PositionType, contents()["positions"])
    for entry in contents()["positions"]:
        _load_position(entry, done)
    _make_way(Consulate, contents()["consulates"])
    for entry in contents()["consulates"]:
        _put(Consulate, {"code": entry["code"]}, _without(entry, "code"), done)
    for entry in contents()["rounds"]:
        _add_round(entry, done)
    if done:
        generations.bump()
    return done


def _load_position(entry: Entry, done: Counter[str]) -> None:
    values = _without(entry, "code", "duties", "requirements")
    position = _put(PositionType, {"code": entry["code"]}, values, done)
    for number, duty in enumerate(entry["duties"], start=1):
        values = {"kind": DutyKind.DUTY, "examples": [], **duty}
        _put(Duty, {"position_type": position, "number": number}, values, done)
    for number, requirement in enumerate(entry["requirements"], start=1):
        _put(Requirement, {"position_type": position, "number": number}, requirement, done)
    _cut(position.duties.filter(number__gt=len(entry["duties"])), done)
    _cut(position.requirements.filter(number__gt=len(entry["requirements"])), done)


def _add_round(entry: Entry, done: Counter[str]) -> None:
    """Create a round of history with its vacancies, unless a round has that address already."""
    if RecruitmentRound.objects.filter(slug=entry["slug"]).exists():
        return
    zone = ZoneInfo(entry["zone"])
    closes = datetime.fromisoformat(entry["closes"])
    opens = datetime.fromisoformat(entry["opens"]) if entry["opens"] else None
    values = _without(entry, "comment", "opens", "closes", "vacancies", "published_at")
    round_ = RecruitmentRound.objects.create(
        **values,
        opens_at=opens and instant_of(opens, zone),
        closes_on=closes.date(),
        closes_time=closes.time(),
        closes_at=end_of_minute(closes, zone),
        published_at=datetime.fromisoformat(entry["published_at"]),
    )
    for vacancy in entry["vacancies"]:
        key = Vacancy.key_for(round_.slug, vacancy["position"], vacancy["number"])
        values = _without(vacancy, "position")
        Vacancy.objects.create(key=key, round=round_, position_id=vacancy["position"], **values)
    done["created"] += 1 + len(entry["vacancies"])


def _put(model: type[Row], key: Entry, values: Entry, done: Counter[str]) -> Row:
    """Create the row of `key`, or write to it what differs from `values`, and count it."""
    rows = model._default_manager
    row, created = rows.get_or_create(**key, defaults=dict(values))
    if created:
        done["created"] += 1
        return row
    differing = [name for name, value in values.items() if getattr(row, name) != value]
    for name in differing:
        setattr(row, name, values[name])
    if differing:
        row.save(update_fields=differing)
        done["changed"] += 1
    return row


def _make_way(model: type[PositionType | Consulate], entries: list[Entry]) -> None:
    """Park every row whose place in the order moves, so that two never claim the same one."""
    places = {entry["code"]: entry["order"] for entry in entries}
    for row in model._default_manager.all():
        if places.get(row.pk) != row.order < OUT_OF_THE_WAY:
            rows = model._default_manager.filter(pk=row.pk)
            rows.update(order=F("order") + OUT_OF_THE_WAY)


def _cut(rows: "models.QuerySet[Any]", done: Counter[str]) -> None:
    if removed := rows.delete()[0]:
        done["removed"] += removed


def _without(entry: Entry, *names: str) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in names}
