"""What no constraint of the database can hold, because it joins rows: looked for by hand.

Nothing here is ever found unless rows were written past the domain.
"""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q, Subquery

from applications.models import UNSENT, Application, FrozenAnswers, Status, StatusChange
from positions.models import ChangeKind, RecruitmentRound, RoundChange


def faults() -> Iterator[str]:
    """Name every row that contradicts another, in a sentence without personal data."""
    yield from _sent_without_answers()
    yield from _told_otherwise()
    yield from _moved_without_a_change()


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


def _moved_without_a_change() -> Iterator[str]:
    extended = RoundChange.objects.filter(round=OuterRef("pk"), kind=ChangeKind.EXTENDED)
    rounds = RecruitmentRound.objects.filter(is_demonstration=False).annotate(
        told=Subquery(extended.order_by("-pk").values("new_closes_at")[:1])
    )
    wrong = rounds.filter(told__isnull=False).exclude(told=F("closes_at"))
    for slug in wrong.order_by("slug").values_list("slug", flat=True):
        yield f"Round {slug} closes at another instant than its last extension says."
