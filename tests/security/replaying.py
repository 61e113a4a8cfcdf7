"""Forms sent again with more than they ask for, and what the database is then told to keep."""

import copy
import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.http import HttpResponse
from django.test import Client

from applications.models import Application, Status
from jetportal.accounts.models import User
from positions.models import Sport
from tests.security.crawling import Form, Sent
from tests.security.world import OURS, undone

ELSEWHERE = "https://evil.example/"
MARK = 777_000  # numbers from here on are planted
WORDS, YEAR, NUMBER = "planted", "2031-05-05", str(MARK)
# Differs from one sending to the next by its nature: keys, digests, what is sealed.
BY_NATURE = re.compile(
    r"gAAAA[\w=-]+|\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[0-9a-f]{32,}\b|[\w+/=-]{43,}|^!\w{40}$"
    r"|\b[0-9A-Z]{4}-?[0-9A-Z]{4}-?[0-9A-Z]\b"
)
# Rows about the asking itself, not about what was asked for.
ASIDE = ("django_session", "portal_cache", "SAVEPOINT", "positions_watchrequest")

Row = tuple[str, tuple[str, ...]]


def plant() -> None:
    """Make rows with numbers that nothing else has, to be named as what a form does not ask for."""
    stranger = User.objects.create(pk=MARK + 1, email="planted@example.org")
    Sport.objects.create(pk=MARK + 2, name=WORDS)
    theirs: Application = Application.objects.filter(status=Status.DRAFT)[0]
    theirs.pk, theirs.key, theirs.applicant = (
        MARK + 3,
        "00000000-0000-4000-8000-000000777003",
        stranger,
    )
    theirs._state.adding = True
    theirs.save(force_insert=True)


def every_field() -> dict[str, str]:
    """Return a value for every field of every model, by the names that a form would give it."""
    return {
        name: _value(field)
        for model in apps.get_models()
        if model._meta.app_label in (*OURS, "auth")
        for field in model._meta.get_fields()
        if isinstance(field, models.Field)
        for name in {field.name, getattr(field, "attname", field.name)}
    }


def _value(field: models.Field) -> str:
    if isinstance(field, models.ForeignKey | models.ManyToManyField):
        planted = {"User": 1, "Sport": 2, "Application": 3}
        return str(MARK + planted.get(field.related_model.__name__, 0))
    if field.choices:
        return str([key for key, _words in field.flatchoices][-1])
    if isinstance(field, models.BooleanField):
        return "on"
    if isinstance(field, models.DateField):
        return YEAR
    if isinstance(field, models.TimeField):
        return "05:05"
    return NUMBER if isinstance(field, models.IntegerField) else WORDS


def kept(client: Client, form: Form, sent: Sent) -> tuple[HttpResponse, list[Row]]:
    """Send a form, undo what it did, and return the answer with what was to be kept."""
    rows: list[Row] = []
    cookies = copy.deepcopy(client.cookies)
    with undone(), recorded(rows):
        answer = client.post(form.action, sent)
    client.cookies = cookies
    return answer, rows


@contextmanager
def recorded(rows: list[Row]) -> Iterator[None]:
    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> object:
        verb = sql.lstrip().partition(" ")[0]
        if verb in {"INSERT", "UPDATE", "DELETE"} and not any(name in sql for name in ASIDE):
            rows.append((sql, tuple(map(plain, params or ()))))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield


def plain(value: object) -> str:
    """Write a value so that two sendings of the same agree, and whatever was planted stays."""
    if isinstance(value, bool | float | datetime.date | datetime.time | None):
        return str(value)
    if isinstance(value, int):
        return str(value) if value >= MARK else "#"
    if isinstance(value, list | tuple):
        return ", ".join(map(plain, value))
    text = BY_NATURE.sub("~", str(getattr(value, "adapted", value)))
    return re.sub(r"\d+", lambda found: found[0] if found[0].startswith("777") else "#", text)
