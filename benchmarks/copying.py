"""Many applications from a few, by COPY: a row and everything that belongs to it, again and again.

Whatever hangs on an application is found through the models, so that a new table is copied, too.
"""

import hashlib
import io
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection, models

ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
BATCH = 5_000  # originals that are held in memory at a time
Values = dict[str, str | None]
Change = Callable[[type[models.Model], int], Mapping[str, str | None]]


@dataclass(frozen=True)
class Row:
    """A row as the database writes it in text, by column."""

    model: type[models.Model]
    pk: str
    values: Values

    @cached_property
    def links(self) -> dict[str, Any]:
        """Columns that hold the primary key of another table."""
        fields: list[Any] = list(self.model._meta.concrete_fields)
        return {
            field.column: field.related_model
            for field in fields
            if field.is_relation and field.target_field.primary_key
        }

    @cached_property
    def once(self) -> dict[str, bool]:
        """Columns that no two rows share, and whether they hold a UUID."""
        fields: list[Any] = list(self.model._meta.concrete_fields)
        return {
            field.column: isinstance(field, models.UUIDField)
            for field in fields
            if field.unique and not field.primary_key and not field.is_relation
        }


def read(instance: models.Model) -> Row:
    columns = [str(field.column) for field in instance._meta.concrete_fields]
    names = ", ".join(f'"{column}"::text' for column in columns)
    table, key = instance._meta.db_table, instance._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{table}" WHERE "{key}" = %s', [instance.pk])
        values = dict(zip(columns, cursor.fetchone(), strict=True))
    return Row(type(instance), str(instance.pk), values)


def belongings(instance: models.Model) -> Iterator[models.Model]:
    """Yield the rows that hang on an instance, and what hangs on those, parents first."""
    for relation in instance._meta.related_objects:
        if relation.one_to_many or relation.one_to_one:
            model: Any = relation.related_model
            for row in model._default_manager.filter(**{relation.field.name: instance}):
                yield row
                yield from belongings(row)


class Copier:
    """Copies originals (an instance and its belongings) many times, each with fresh keys."""

    def __init__(self, *originals: models.Model, change: Change) -> None:
        self.originals = [
            [read(row) for row in {(type(r), r.pk): r for r in (one, *belongings(one))}.values()]
            for one in originals
        ]
        self.change = change
        self.next_pk: dict[type[models.Model], int] = {}

    def make(self, count: int, *, first: int = 0) -> None:
        """Write copies number `first` to `first + count - 1`, originals in turn."""
        self.next_pk = {}
        with connection.cursor() as cursor:
            for start in range(first, first + count, BATCH):
                self._batch(cursor, range(start, min(start + BATCH, first + count)))
            for model, following in self.next_pk.items():
                name = [model._meta.db_table, model._meta.pk.column, following]
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s, false)", name)

    def _batch(self, cursor: Any, numbers: range) -> None:
        lines: dict[type[models.Model], list[str]] = {}
        for number in numbers:
            for model, values in self._copy(number):
                lines.setdefault(model, []).append("\t".join(map(_written, values.values())))
        for model, written in lines.items():
            columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
            text = io.StringIO("\n".join(written) + "\n")
            cursor.copy_expert(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN', text)

    def _copy(self, number: int) -> Iterator[tuple[type[models.Model], Values]]:
        fresh: dict[tuple[type[models.Model], str], str] = {}
        for row in self.originals[number % len(self.originals)]:
            pk = fresh[row.model, row.pk] = str(self._pk(row.model))
            values: Values = {**row.values, str(row.model._meta.pk.column): pk}
            for column, target in row.links.items():
                values[column] = fresh.get((target, values[column] or ""), values[column])
            for column, is_uuid in row.once.items():
                values[column] = _another(values[column], number, is_uuid=is_uuid)
            yield row.model, {**values, **self.change(row.model, number)}

    def _pk(self, model: type[models.Model]) -> int:
        if model not in self.next_pk:
            newest = model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
            self.next_pk[model] = (newest or 0) + 1
        self.next_pk[model] += 1
        return self.next_pk[model] - 1


def _another(value: str | None, number: int, *, is_uuid: bool) -> str | None:
    if value is None or is_uuid:
        return value and str(uuid.uuid4())
    return hashlib.sha256(f"{value} {number}".encode()).hexdigest()[: len(value)]


def _written(value: str | None) -> str:
    """Write a value in the text format of COPY."""
    if value is None:
        return r"\N"
    return (
        value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    )
