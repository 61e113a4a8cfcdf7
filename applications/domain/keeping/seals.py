"""Everything that is stored sealed, and sealing it anew after the key was changed.

A text column is a token where its name is "sealed" or ends in "_sealed"; others, and files, are
listed below.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

from django.apps import apps
from django.core.files.base import ContentFile
from django.db import models
from django.db.models import Q
from django.db.models.fields.files import FieldFile

from applications.models import SENSITIVE_SLOTS, Document, LateSubmit, Reference, ReferenceDraft
from jetportal.sealing import resealed

OTHER_COLUMNS: tuple[tuple[type[models.Model], str], ...] = ((LateSubmit, "unsent"),)
# Model, its file, and which rows have it sealed.
SEALED_FILES: tuple[tuple[type[models.Model], str, Q], ...] = (
    (Document, "file", Q(slot__in=SENSITIVE_SLOTS)),
    (Reference, "file", Q()),
    (ReferenceDraft, "file", Q()),
)
BATCH = 100
NAME = "sealed"  # the storage chooses the real one


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run found in one place: tokens read, those sealed anew, those that no key opens."""

    place: str
    read: int = 0
    anew: int = 0
    lost: int = 0


def sealed_columns() -> Iterator[tuple[type[models.Model], str]]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            is_token = field.name == NAME or field.name.endswith(f"_{NAME}")
            if is_token and isinstance(field, models.TextField):
                yield model, field.name
    yield from OTHER_COLUMNS


def rotate(*, dry_run: bool = False) -> Iterator[Counts]:
    """Seal everything with the first key, place after place; what is so already stays.

    Each token is written by itself and only if it is still the one that was read, so that a run can
    be stopped, repeated, and go on while people type.
    """
    for model, name in sealed_columns():
        counts = Counts(f"{model._meta.label}.{name}")
        for pk in _pks(model, ~Q(**{name: ""})):
            counts = _column(counts, model, name, pk, dry_run=dry_run)
        yield counts
    for model, name, rows in SEALED_FILES:
        counts = Counts(f"files of {model._meta.label}.{name}")
        for pk in _pks(model, rows & ~Q(**{name: ""})):
            counts = _file(counts, model, name, pk, dry_run=dry_run)
        yield counts


def _pks(model: type[models.Model], rows: Q) -> Iterator[Any]:
    """Walk through the rows in the order of their keys, so that none is left out or read twice."""
    found = model._default_manager.filter(rows).order_by("pk").values_list("pk", flat=True)
    batch = list(found[:BATCH])
    while batch:
        yield from batch
        batch = list(found.filter(pk__gt=batch[-1])[:BATCH])


def _column(
    counts: Counts, model: type[models.Model], name: str, pk: Any, *, dry_run: bool
) -> Counts:
    found = model._default_manager.filter(pk=pk).values_list(name, flat=True)
    token: str | None = found.first()
    if not token:  # gone meanwhile
        return counts
    counts, anew = _judged(counts, token.encode())
    if anew is not None and not dry_run:
        put(model, name, pk, was=token, now=anew.decode("ascii"))
    return counts


def put(model: type[models.Model], name: str, pk: Any, *, was: str, now: str) -> bool:
    """Write a value where there is still the one that was read; tell whether it was."""
    rows = model._default_manager.filter(pk=pk, **{name: was})
    return bool(rows.update(**{name: now}))


def _file(
    counts: Counts, model: type[models.Model], name: str, pk: Any, *, dry_run: bool
) -> Counts:
    """Write a new file beside the old one, then point the row at it: no half is ever read."""
    row = model._default_manager.filter(pk=pk).first()
    file = cast("FieldFile | None", getattr(row, name, None))
    if row is None or not file:
        return counts
    try:
        with file.open("rb") as stream:
            token = stream.read()
    except FileNotFoundError:
        return replace(counts, read=counts.read + 1, lost=counts.lost + 1)
    counts, anew = _judged(counts, token)
    if anew is not None and not dry_run:
        old, storage = file.name, file.storage
        new = storage.save(file.field.generate_filename(row, NAME), ContentFile(anew))
        storage.delete(str(old) if put(model, name, pk, was=str(old), now=new) else new)
    return counts


def _judged(counts: Counts, token: bytes) -> tuple[Counts, bytes | None]:
    """Count a token, and return the one to put in its place, if any."""
    anew = resealed(token)
    counts = replace(counts, read=counts.read + 1)
    if anew is None:
        return replace(counts, lost=counts.lost + 1), None
    if anew == token:
        return counts, None
    return replace(counts, anew=counts.anew + 1), anew
