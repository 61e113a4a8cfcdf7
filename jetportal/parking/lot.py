"""Keep what was typed when the sign-in had ended, and offer it to whoever may open that page.

Nothing is merged by itself: the page shows what waits, and its owner decides. Text is sealed, at
most a megabyte, kept for a day, three forms a page. See docs/decisions/0017.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from jetportal.parking.models import ParkedForm
from jetportal.sealing import seal, unseal

KEPT_FOR = timedelta(hours=24)
LARGEST = 1024 * 1024  # bytes of JSON
MOST = 3
NOT_TYPED = frozenset({"csrfmiddlewaretoken", "parked", "version"})

Typed = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Parked:
    """One form that waits; `typed` maps the name of each input to its values."""

    pk: int
    parked_at: datetime
    typed: Typed


@transaction.atomic
def park(path: str, sent: Typed, *, at: datetime) -> bool:
    """Keep a form for the page at `path`; tell whether it was kept (it may be too large)."""
    typed = {name: values for name, values in sent.items() if name not in NOT_TYPED}
    text = json.dumps(typed)
    if not any(any(values) for values in typed.values()) or len(text) > LARGEST:
        return False
    ParkedForm.objects.create(path=path, sealed=seal(text), parked_at=at)
    newest = ParkedForm.objects.filter(path=path).values_list("pk", flat=True)[:MOST]
    ParkedForm.objects.filter(path=path).exclude(pk__in=list(newest)).delete()
    return True


def waiting(path: str, *, at: datetime) -> tuple[Parked, ...]:
    """Return what waits for the page at `path`, newest first: one query."""
    rows = ParkedForm.objects.filter(path=path, parked_at__gt=at - KEPT_FOR)
    opened = ((row, unseal(row.sealed)) for row in rows)
    return tuple(Parked(row.pk, row.parked_at, json.loads(text)) for row, text in opened if text)


def drop(path: str, pk: int) -> None:
    ParkedForm.objects.filter(path=path, pk=pk).delete()


def forget(*, at: datetime) -> int:
    """Delete what has waited longer than a day; return how many."""
    return ParkedForm.objects.filter(parked_at__lte=at - KEPT_FOR).delete()[0]
