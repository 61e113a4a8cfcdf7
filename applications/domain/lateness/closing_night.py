"""What came around a closing, minute by minute: in time, late and kept, refused."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMinute

from applications.domain.errors import Incomplete, RoundClosed
from applications.models import Application, LateSubmit, RefusalCause, RefusedSubmit
from positions.models import RecruitmentRound

AROUND = timedelta(minutes=30)  # shown on either side of a closing
MINUTE = timedelta(minutes=1)
AHEAD, AFTERWARDS = timedelta(days=1), timedelta(days=7)
MOST_ROUNDS = 3
FORGET_AFTER = timedelta(days=90)

Key = tuple[str, datetime]


@dataclass(frozen=True, slots=True)
class Minute:
    """How many requests to send arrived in the minute that begins at `at`, by their verdict."""

    at: datetime
    in_time: int
    late: int
    refused: int

    @property
    def total(self) -> int:
        return self.in_time + self.late + self.refused


@dataclass(frozen=True, slots=True)
class Night:
    """An hour around the closing of one round; `minutes` has every one of them, in order."""

    round: RecruitmentRound
    minutes: tuple[Minute, ...]

    def sum_of(self, verdict: str) -> int:
        return sum(getattr(minute, verdict) for minute in self.minutes)


def note_refusal(round_slug: str, refusal: RoundClosed | Incomplete, *, at: datetime) -> None:
    """Count a refused request to send that arrived at `at`; one that was kept counts as late."""
    if isinstance(refusal, RoundClosed):
        if refusal.kept:
            return
        cause = RefusalCause.CANCELLED if refusal.cancelled else RefusalCause.LATE
    else:
        cause = RefusalCause.INCOMPLETE
    RefusedSubmit.objects.create(round_id=round_slug, received_at=at, cause=cause)


def forget(*, at: datetime) -> None:
    """Delete what was counted long ago."""
    RefusedSubmit.objects.filter(received_at__lt=at - FORGET_AFTER).delete()


def nights(*, at: datetime) -> list[Night]:
    """Show the closings of the next day and of the last week, else the newest; four queries."""
    shown = rounds_shown(at=at)
    if not shown:
        return []
    in_time = by_minute(Application.objects.exclude(submitted_at=None), "", "submitted_at", shown)
    kept = LateSubmit.objects.exclude(application__submitted_at=F("received_at"))
    late = by_minute(kept, "application__", "received_at", shown)
    refused = by_minute(RefusedSubmit.objects.all(), "", "received_at", shown)
    return [night(round_, in_time, late, refused) for round_ in shown]


def rounds_shown(*, at: datetime) -> Sequence[RecruitmentRound]:
    rows = RecruitmentRound.objects.published(at).filter(closes_at__lte=at + AHEAD)
    newest = list(rows.order_by("-closes_at", "slug")[:MOST_ROUNDS])
    return [row for row in newest if row.closes_at >= at - AFTERWARDS] or newest[:1]


def by_minute(
    rows: "QuerySet[Any]", path: str, column: str, rounds: Iterable[RecruitmentRound]
) -> Mapping[Key, int]:
    """Count rows by round and minute, within the hour around each closing."""
    hours = (
        Q(
            **{
                f"{path}round": round_.slug,
                f"{column}__gte": round_.closes_at - AROUND,
                f"{column}__lt": round_.closes_at + AROUND,
            }
        )
        for round_ in rounds
    )
    counted = (
        rows.filter(reduce(or_, hours))
        .order_by()
        .annotate(minute=TruncMinute(column, tzinfo=UTC))
        .values_list(f"{path}round", "minute")
        .annotate(number=Count("pk"))
    )
    return Counter({(slug, minute): number for slug, minute, number in counted})


def night(round_: RecruitmentRound, *verdicts: Mapping[Key, int]) -> Night:
    first = round_.closes_at - AROUND
    instants = (first + place * MINUTE for place in range(2 * AROUND // MINUTE))
    return Night(
        round_,
        tuple(
            Minute(at, *(verdict.get((round_.slug, at), 0) for verdict in verdicts))
            for at in instants
        ),
    )
