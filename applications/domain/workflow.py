"""The only writer of `status`: lock, read, decide, write, remember.

See docs/decisions/0003 and 0004.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from applications.domain import confirming
from applications.domain.errors import Incomplete, MoveNotAllowed, ReasonNeeded, RoundClosed
from applications.domain.form import completeness, freezing
from applications.domain.lateness import late
from applications.domain.moves import ALLOWED, Actor, Move
from applications.domain.outcomes import following, seats
from applications.domain.permitted import allowed
from applications.domain.referees import request_ends
from applications.domain.reference_numbers import new_reference
from applications.domain.windows import closed
from applications.models import (
    Application,
    Decision,
    LateSubmit,
    Status,
    StatusChange,
    stage_from,
)
from jetportal.accounts.models import User

__all__ = [
    "admit",
    "carry_out",
    "locked",
    "locked_for",
    "move",
    "move_for_system",
    "move_own",
    "move_within",
    "reply",
    "settle",
    "shown_status",
    "submit",
]


def locked(*, at: datetime, **lookup: object) -> Application:
    """Lock one row, then read it with its round and its own end; nobody else's turn until the end.

    Two queries: what a statement joins to a row it has waited for is as old as its beginning, and
    an extension may have been written meanwhile. A result that was released by `at` is carried
    out before anything else is.
    """
    mine = Application.objects.select_for_update().values_list("pk", flat=True).get(**lookup)
    rows = Application.objects.with_round().with_late_end(at).with_due_result(at)
    application: Application = rows.with_confirmation_words().get(pk=mine)
    if application.due_result:
        _make_due_move(application, at=at)
    return application


def _make_due_move(application: Application, *, at: datetime) -> None:
    """Carry out the released result of a locked application, as of the moment of its release."""
    due = Decision.objects.due(at).select_related("batch__asked_by")
    decision = due.get(application=application, stage=stage_from(application.status))
    batch = decision.batch
    carry_out(
        application,
        Status(decision.outcome),
        by=batch.asked_by,
        at=max(batch.release_at or at, application.status_at),
        told_at=at,
        replies_until=batch.replies_until,
    )
    Decision.objects.filter(pk=decision.pk).update(settled_at=at, moved=True)
    application.due_result = None


@transaction.atomic(durable=True)
def settle(application_id: int, *, at: datetime) -> bool:
    """Carry out what was released for an application by `at`; tell whether it moved.

    Where the application has gone another way meanwhile, the decision is put away unmoved.
    """
    before = Application.objects.values_list("status", flat=True).get(pk=application_id)
    application = locked(at=at, pk=application_id)
    put_away = Decision.objects.due(at).filter(application=application).values("pk")
    Decision.objects.filter(pk__in=list(put_away.values_list("pk", flat=True))).update(
        settled_at=at, moved=False
    )
    return bool(application.status != before)


def carry_out(
    application: Application,
    target: Status,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
    told_at: datetime | None = None,
    replies_until: datetime | None = None,
) -> None:
    """Write the status, its history, and what follows from it, together, on a row from `locked`.

    Whether the move may be made is asked before: `permitted.allowed`.
    `told_at` is when its mail is queued, if not at `at`.
    """
    source = application.status
    application.status, application.status_at = target, at
    application.save()
    change = StatusChange.objects.create(
        application=application, from_status=source, to_status=target, at=at, by=by, reason=reason
    )
    if target in request_ends.ENDED:
        request_ends.cancel_all(application, at=at, withdrawn=target == Status.WITHDRAWN)
    following.follow(application, change, told_at=told_at or at, replies_until=replies_until)


def submit(
    key: UUID,
    *,
    by: User,
    received_at: datetime,
    recorded_at: datetime,
    reader_zone: ZoneInfo | None = None,
) -> Application:
    """Submit the person's draft and queue its confirmation, or raise.

    The deadline is judged by `received_at`, the instant of arrival; an end granted to this person
    counts if it was approved by then. A lapsed draft whose request arrived in time still submits.
    `reader_zone` is the zone the confirmation shows beside the round's own. Raises MoveNotAllowed
    (a second click hears this first), Incomplete, RoundClosed, which says what was kept of a late
    one, and Application.DoesNotExist for the key of somebody else. Nothing else changes then.
    """
    application, refusal = _submitted(
        key, by=by, received_at=received_at, recorded_at=recorded_at, reader_zone=reader_zone
    )
    if refusal:
        raise refusal
    return application


@transaction.atomic(durable=True)
def _submitted(
    key: UUID,
    *,
    by: User,
    received_at: datetime,
    recorded_at: datetime,
    reader_zone: ZoneInfo | None,
) -> tuple[Application, RoundClosed | None]:
    """Send, or keep what is late; that refusal is returned, so that what it keeps is written."""
    application = locked(at=received_at, key=key, applicant=by)
    allowed(application, Status.SUBMITTED, actors={Actor.APPLICANT}, at=received_at, by=by)
    refusal = closed(application.round, received_at, until=application.late_until)
    if refusal:
        late.take_in(application, refusal, recorded_at=recorded_at)
        return application, refusal
    loaded = completeness.load(application)
    if missing := tuple(part for part in completeness.judge(loaded) if not part.complete):
        raise Incomplete(missing)
    application.submitted_at = received_at
    application.ends_at_sent = application.ends_at
    application.recorded_at = max(recorded_at, received_at)
    application.reference = new_reference()
    carry_out(application, Status.SUBMITTED, by=by, at=received_at)
    frozen = freezing.freeze(loaded, at=received_at)
    confirming.confirm(application, frozen, reader_zone)
    return application, None


@transaction.atomic
def admit(
    application_id: int,
    *,
    reason: str,
    by: User | None,
    at: datetime,
    until: datetime | None = None,
    wanted: Callable[[Application, LateSubmit], bool] = lambda _application, _arrived: True,
) -> Application | None:
    """Send what was kept of a late submit that is in time by now, or that the end `until` lets in.

    It counts from its own arrival, with the answers of then; without `by` the system sends it.
    Nothing is sent where `wanted`, asked under the lock, says no. Raises MoveNotAllowed, Refused.
    """
    application = locked(at=at, pk=application_id)
    until = until or application.ends_at
    arrived = application.late_submits.admissible(application.round, until=until)
    if arrived is None or not wanted(application, arrived):
        return None
    actor = Actor.PROGRAM_OFFICE if by else Actor.SYSTEM
    allowed(application, Status.SUBMITTED, actors={actor}, at=at, by=by)
    application.submitted_at, application.ends_at_sent = arrived.received_at, until
    application.recorded_at = max(at, arrived.recorded_at)
    application.reference = new_reference()
    frozen = late.put_back(application, arrived, at=at)
    carry_out(application, Status.SUBMITTED, by=by, at=at, reason=reason)
    confirming.confirm(application, frozen)
    return application


def move_within(
    application_id: int,
    target: Status,
    *,
    by: User,
    actors: Collection[Actor],
    at: datetime,
    reason: str = "",
    expected: Status | None = None,
) -> Application:
    """Make one move of the table for somebody acting as `actors`, in the caller's transaction.

    At the desk nobody moves their own application. `expected` is the status the person saw; a file
    that somebody else has moved since is refused.
    Raises MoveNotAllowed, ReasonNeeded.

    Sending and withdrawing have functions of their own, which do more than move.
    """
    application, chosen = locked_for(
        application_id, target, by=by, actors=actors, at=at, expected=expected
    )
    if target in (Status.SUBMITTED, Status.WITHDRAWN) or chosen.source == Status.WITHDRAWN:
        words = "This move has its own page."
        raise MoveNotAllowed(words, source=chosen.source, target=target)
    if chosen.is_result:
        words = "This is a result: it is recorded, and released together with the others."
        raise MoveNotAllowed(words, source=chosen.source, target=target)
    if chosen.is_reply:
        words = "This is an answer to a result. It has its own page."
        raise MoveNotAllowed(words, source=chosen.source, target=target)
    if chosen.needs_reason and not reason.strip():
        raise ReasonNeeded
    seats.require_seat(application, chosen, reason=reason)
    carry_out(application, target, by=by, at=at, reason=reason.strip())
    return application


move = transaction.atomic(durable=True)(move_within)


def locked_for(
    application_id: int,
    target: Status,
    *,
    by: User,
    actors: Collection[Actor],
    at: datetime,
    expected: Status | None = None,
) -> tuple[Application, Move]:
    """Lock an application in the caller's transaction, with the move of the table to `target`.

    Raises MoveNotAllowed, also where it is not `expected` any more.
    """
    application = locked(at=at, pk=application_id)
    if expected is not None and application.status != expected:
        words = f"It is {Status(application.status).label.lower()} already; look at it again."
        raise MoveNotAllowed(words, source=application.status, target=target)
    return application, allowed(application, target, actors=actors, at=at, by=by)


def reply(
    application: Application, target: Status, *, by: User, at: datetime, reason: str = ""
) -> None:
    """Make the move that answers a result, on a row from `locked_for` in the same transaction."""
    if not ALLOWED[Status(application.status)][target].is_reply:
        raise ValueError("not an answer to a result")
    carry_out(application, target, by=by, at=at, reason=reason)


def move_own(key: UUID, target: Status, *, by: User, at: datetime) -> Application:
    """Make one of the applicant's own moves: confirm an interview, answer an offer."""
    mine = Application.objects.of(by).only("pk").get(key=key)
    return move(mine.pk, target, by=by, actors={Actor.APPLICANT}, at=at)


def move_for_system(
    application_id: int, target: Status, *, at: datetime, wanted: Callable[[Application], bool]
) -> Application | None:
    """Make a move that time alone asks for, in the caller's transaction, where the table has it.

    Returns None, and nothing moves, where it has not or `wanted`, asked under the lock, says no.
    """
    application = locked(at=at, pk=application_id)
    if target not in ALLOWED[Status(application.status)] or not wanted(application):
        return None
    carry_out(application, target, by=None, at=at)
    return application


def shown_status(application: Application, *, at: datetime) -> Status:
    """Return the status its applicant may see at `at`: pages ask here, never the column."""
    return application.standing
