"""What no constraint of the database can hold, because it joins rows: looked for by hand.

Nothing here is ever found unless rows were written past the domain.
"""

from collections.abc import Iterator

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from applications.models import (
    HOLDING,
    UNSENT,
    Application,
    FrozenAnswers,
    SeatEvent,
    Status,
    StatusChange,
)
from positions.models import ChangeKind, RecruitmentRound, RoundChange


def faults() -> Iterator[str]:
    """Name every row that contradicts another, in a sentence without personal data."""
    yield from _sent_without_answers()
    yield from _told_otherwise()
    yield from _moved_without_a_change()
    yield from _held_otherwise()


def _sent_without_answers() -> Iterator[str]:
    counting = FrozenAnswers.objects.filter(application=OuterRef("pk"), superseded_at=None)
    sent = Application.objects.exclude(status__in=UNSENT).exclude(Exists(counting))
    for pk in sent.order_by("pk").values_list("pk", flat=True):
        yield f"Application {pk} was sent and has no frozen answers."


def _told_otherwise() -> Iterator[str]:
    last = StatusChange.objects.filter(application=OuterRef("pk")).order_by("-pk")
    rows = Application.objects.annotate(told=Subquery(last.values("to_status")[:1]))
    untold = Q(told=None) & ~Q(status=Status.DRAFT)
    wrong = rows.filter(untold | ~Q(told=F("status")) & Q(told__isnull=False))
    for pk, status, told in wrong.order_by("pk").values_list("pk", "status", "told"):
        yield f"Application {pk} is {status}; its history ends with {told or 'nothing'}."


def _held_otherwise() -> Iterator[str]:
    """Compare the ledger of seats with the statuses, application by application."""
    last = SeatEvent.objects.filter(application=OuterRef("pk")).order_by("-pk")
    held = Case(*(When(status=status, then=Value(str(row))) for status, row in HOLDING.items()))
    rows = Application.objects.annotate(
        held=Coalesce(held, Value("")), told=Coalesce(Subquery(last.values("took")[:1]), Value(""))
    )
    wrong = rows.exclude(told=F("held")).order_by("pk")
    for pk, status, told in wrong.values_list("pk", "status", "told"):
        yield f"Application {pk} is {status}; the ledger of seats says {told or 'nothing'}."


def _moved_without_a_change() -> Iterator[str]:
    extended = RoundChange.objects.filter(round=OuterRef("pk"), kind=ChangeKind.EXTENDED)
    rounds = RecruitmentRound.objects.filter(is_demonstration=False).annotate(
        told=Subquery(extended.order_by("-pk").values("new_closes_at")[:1])
    )
    wrong = rounds.filter(told__isnull=False).exclude(told=F("closes_at"))
    for slug in wrong.order_by("slug").values_list("slug", flat=True):
        yield f"Round {slug} closes at another instant than its last extension says."
