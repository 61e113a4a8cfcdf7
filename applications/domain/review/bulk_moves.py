"""One move of many applications: proposed with its rows fixed, reckoned, started once, stopped.

What carries it out is `applications.domain.review.bulk_work`; see docs/decisions/0032.
"""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet

from applications.domain import access, permitted
from applications.domain.errors import ReasonNeeded, Refused
from applications.domain.moves import ALLOWED
from applications.models import (
    Application,
    BulkMove,
    BulkMoveRow,
    BulkRowState,
    BulkState,
    Status,
)
from applications.models.bulk_move import OPEN
from jetportal.accounts.models import User

logger = logging.getLogger(__name__)

MOST = 10_000
PROPOSED_FOR, KEPT = timedelta(days=1), timedelta(days=30)
GONE = "You cannot see it any more."

Chosen = Sequence[tuple[int, str]]  # the number of an application, and the status it was seen in
# In which status a row was seen, and is; its released result; round; own consulate? own file?
Kind = tuple[str, str, str | None, str, bool, bool]
Reasons = tuple[tuple[str, int], ...]  # why not, and how often; the most frequent first


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What a bulk move would do now. `recorded` of the `possible` rows are results.

    `needs_reason` where one of them must be explained; `may_need_reason` where that shows only
    when its turn comes, because seats are counted then.
    """

    possible: int
    recorded: int
    refused: int
    reasons: Reasons
    needs_reason: bool
    may_need_reason: bool


@transaction.atomic
def propose(
    chosen: Chosen, target: Status, *, by: User, at: datetime, filters: str = ""
) -> BulkMove:
    """Fix which rows are to be moved, and move none. The same wish while it is open is one row.

    Raises Refused where there is nothing to move, or too much.
    """
    if not access.may_review(by):
        raise Refused("You may not see applications.")
    if not chosen:
        raise Refused("Choose at least one application first.")
    if len(chosen) > MOST:
        raise Refused(
            f"Choose at most {MOST:,} applications at once; these are {len(chosen):,}. "
            "Nothing was moved. Narrow the list first."
        )
    User.objects.select_for_update().get(pk=by.pk)  # two clicks take turns
    wish = {"asked_by": by, "target": target, "digest": _digest(chosen)}
    same: BulkMove | None = BulkMove.objects.filter(**wish, state__in=OPEN).first()
    if same is not None:
        return same
    bulk = BulkMove.objects.create(**wish, total=len(chosen), asked_at=at, filters=filters[:400])
    rows = (BulkMoveRow(bulk_move=bulk, application_id=pk, seen=seen) for pk, seen in chosen)
    BulkMoveRow.objects.bulk_create(rows, batch_size=2000)
    return bulk


def _digest(chosen: Chosen) -> str:
    return hashlib.sha256(",".join(f"{pk}.{seen}" for pk, seen in chosen).encode()).hexdigest()


def visible_to(user: User) -> "QuerySet[BulkMove]":
    """Return the bulk moves somebody may look at: their own, and to the program office all."""
    rows: QuerySet[BulkMove] = BulkMove.objects.select_related("asked_by")
    if not access.may_review(user):
        return rows.none()
    return rows if access.sees_every_consulate(user) else rows.filter(asked_by=user)


def reckon(bulk: BulkMove, *, at: datetime) -> Reckoned:
    """Tell what would happen to each row now, in five queries at any number of rows.

    Rows of one round in one status fare alike, so one of each kind is asked for all.
    """
    by, target = bulk.asked_by, Status(bulk.target)
    found = access.reviewable_by(by).with_due_result(at)
    kinds = _kinds(bulk, found)
    shown = found.select_related("round__result_settings")
    samples = shown.filter(pk__in=[pks[0] for pks in kinds.values()]).in_bulk()
    reasons: dict[str, int] = defaultdict(int)
    possible = recorded = 0
    needed = False
    for kind, pks in kinds.items():
        sample = samples.get(pks[0])
        why = why_not(sample, Status(kind[0]), target, by=by, at=at) if sample else GONE
        if why or sample is None:
            reasons[why] += len(pks)
            continue
        move = ALLOWED[sample.standing][target]
        possible += len(pks)
        recorded += len(pks) if move.is_result else 0
        needed = needed or move.needs_reason
    if gone := bulk.total - possible - sum(reasons.values()):
        reasons[GONE] += gone
    upgrades = target == Status.SHORT_LISTED and possible > recorded
    told = tuple(sorted(reasons.items(), key=lambda each: (-each[1], each[0])))
    return Reckoned(possible, recorded, bulk.total - possible, told, needed, upgrades)


def _kinds(bulk: BulkMove, found: Any) -> dict[Kind, list[int]]:
    """Group the rows by all that decides whether they can be moved."""
    seen = dict(bulk.rows.values_list("application_id", "seen"))
    own = access.own_consulate(bulk.asked_by)
    facts = found.filter(pk__in=bulk.rows.values("application")).values_list(
        "pk", "status", "due_result", "round_id", "consulate_id", "applicant_id"
    )
    kinds: dict[Kind, list[int]] = defaultdict(list)
    for pk, status, due, round_, consulate, applicant in facts.order_by():
        mine = applicant == bulk.asked_by_id
        kinds[seen[pk], status, due, round_, consulate == own, mine].append(pk)
    return kinds


def why_not(
    application: Application, seen: Status, target: Status, *, by: User, at: datetime
) -> str:
    """Say why a row that was seen in one status stays where it is; empty where it goes."""
    if application.standing != seen:
        return f"It is {application.standing.label.lower()} already; look at it again."
    actors = access.actors_in(by, application)
    return permitted.why_not(application, target, actors=actors, at=at, by=by)


@transaction.atomic
def start(key: UUID, *, reason: str, by: User, at: datetime) -> BulkMove:
    """Let it be carried out, once; a second press, or a second tab, finds it started.

    Raises Refused, and ReasonNeeded.
    """
    bulk: BulkMove = BulkMove.objects.select_for_update(of=("self",)).get(key=key)
    if bulk.asked_by_id != by.pk:
        raise Refused("Whoever proposed this starts it.")
    if bulk.state != BulkState.PROPOSED:
        return bulk
    bulk.asked_by = by
    reckoned = reckon(bulk, at=at)
    if not reckoned.possible:
        raise Refused("None of these can be moved now.")
    if reckoned.needs_reason and not reason.strip():
        raise ReasonNeeded
    bulk.state, bulk.reason = BulkState.RUNNING, reason.strip()
    bulk.started_at = bulk.due_at = at
    bulk.save()
    logger.info("bulk move started id=%s account=%s rows=%s", bulk.pk, by.pk, bulk.total)
    return bulk


def stop(key: UUID, *, by: User, at: datetime) -> bool:
    """Leave the rows that still wait where they are; tell whether it was running."""
    rows = visible_to(by).filter(key=key, state=BulkState.RUNNING)
    pks = list(rows.values_list("pk", flat=True))
    return bool(end(pks, BulkState.STOPPED, at=at))


def end(pks: Sequence[int], state: BulkState, *, at: datetime) -> int:
    """End what runs; the reason stands in the history of each file and is not kept here."""
    rows = BulkMove.objects.filter(pk__in=pks, state=BulkState.RUNNING)
    return int(rows.update(state=state, ended_at=at, due_at=None, reason=""))


def counts(bulk: BulkMove) -> dict[BulkRowState, int]:
    """Count the rows by what became of them: one query."""
    rows = bulk.rows.order_by().values_list("state").annotate(Count("pk"))
    return {BulkRowState(state): number for state, number in rows}


def reasons(bulk: BulkMove) -> Reasons:
    """List why rows were refused, with how often: one query."""
    refused = bulk.rows.filter(state=BulkRowState.REFUSED).order_by()
    rows = refused.values_list("why").annotate(number=Count("pk"))
    return tuple(rows.order_by("-number", "why"))


def refusals(bulk: BulkMove, *, user: User, most: int) -> list[BulkMoveRow]:
    """List the first refused rows that the user may see, reason by reason: one query."""
    rows = bulk.rows.filter(state=BulkRowState.REFUSED, application__in=_visible(user))
    return list(rows.select_related("application").order_by("why", "pk")[:most])


def _visible(user: User) -> "QuerySet[Application]":
    return access.reviewable_by(user).select_related(None).order_by().only("pk")


def forget(*, at: datetime) -> int:
    """Delete what was never started, a day later, and what has ended, a month later."""
    idle = BulkMove.objects.filter(state=BulkState.PROPOSED, asked_at__lte=at - PROPOSED_FOR)
    over = BulkMove.objects.exclude(state__in=OPEN).filter(ended_at__lte=at - KEPT)
    pks = [*idle.values_list("pk", flat=True)[:100], *over.values_list("pk", flat=True)[:100]]
    BulkMoveRow.objects.filter(bulk_move__in=pks).delete()
    return BulkMove.objects.filter(pk__in=pks).delete()[0]
