"""What no constraint of the database can hold, because it joins rows: looked for by hand.

Nothing here is ever found unless rows were written past the domain.
"""

from collections.abc import Iterator

from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
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
    yield from _entered_otherwise()
    yield from _summed_otherwise()


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
    last = SeatEvent.objects.filter(application=OuterRef("pk")).order_by("-change_id")
    rows = Application.objects.annotate(
        held=_holding("status"), told=Coalesce(Subquery(last.values("took")[:1]), Value(""))
    )
    wrong = rows.exclude(told=F("held")).order_by("pk")
    for pk, status, told in wrong.values_list("pk", "status", "told"):
        yield f"Application {pk} is {status}; the ledger of seats says {told or 'nothing'}."


def _entered_otherwise() -> Iterator[str]:
    """Compare each line of the ledger with its move, and look for moves without their line."""
    moved = StatusChange.objects.annotate(gave=_holding("from_status"), takes=_holding("to_status"))
    kept = moved.exclude(gave=F("takes")).filter(seat_event=None)
    for pk, application in kept.order_by("pk").values_list("pk", "application"):
        yield f"Move {pk} of application {application} is not in the ledger of seats."
    lines = SeatEvent.objects.annotate(
        gave=_holding("change__from_status"), takes=_holding("change__to_status")
    )
    right = Q(gave_back=F("gave"), took=F("takes"), application=F("change__application"))
    for pk, application in lines.exclude(right).order_by("pk").values_list("pk", "application"):
        yield f"Line {pk} of the ledger of seats, of application {application}, is not its move."


def _holding(status: str) -> Coalesce:
    """What an application of this status holds, for the database."""
    held = (When(**{status: key}, then=Value(str(row))) for key, row in HOLDING.items())
    return Coalesce(Case(*held), Value(""))


def _moved_without_a_change() -> Iterator[str]:
    extended = RoundChange.objects.filter(round=OuterRef("pk"), kind=ChangeKind.EXTENDED)
    rounds = RecruitmentRound.objects.filter(is_demonstration=False).annotate(
        told=Subquery(extended.order_by("-pk").values("new_closes_at")[:1])
    )
    wrong = rounds.filter(told__isnull=False).exclude(told=F("closes_at"))
    for slug in wrong.order_by("slug").values_list("slug", flat=True):
        yield f"Round {slug} closes at another instant than its last extension says."


def _summed_otherwise() -> Iterator[str]:
    """Compare what lists tell of scores with the scores, by their number."""
    counted = Count("score_sheets", filter=Q(score_sheets__set_aside_at=None))
    rows = Application.objects.annotate(
        scores=counted, told=Coalesce(F("score_sum__sheets"), Value(0))
    )
    wrong = rows.exclude(scores=F("told")).order_by("pk")
    for pk, scores, told in wrong.values_list("pk", "scores", "told"):
        yield f"Application {pk} has {scores} scores that count; lists tell of {told}."
