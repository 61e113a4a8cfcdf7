"""The only writer of `status`: lock, read, decide, write, remember.

See docs/decisions/0003 and 0004.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from applications.domain import messages, own_messages
from applications.domain.errors import Incomplete, MoveNotAllowed, ReasonNeeded, RoundClosed
from applications.domain.form import completeness, freezing
from applications.domain.form.summary import summary
from applications.domain.lateness import late
from applications.domain.moves import ALLOWED, Actor, Move
from applications.domain.outcomes import following, seats
from applications.domain.permitted import allowed, possible_moves, why_not
from applications.domain.referees import request_ends
from applications.domain.reference_numbers import new_reference
from applications.domain.windows import closed, lapsing, require_open, revivable
from applications.models import (
    Application,
    Decision,
    FrozenAnswers,
    LateSubmit,
    Status,
    StatusChange,
    stage_from,
)
from jetportal.accounts.models import User
from jetportal.mail import outbox
from jetportal.mail.models import Lane
from jetportal.setaside import set_aside
from positions.deadlines import LAPSE_AFTER

LAPSE_AT_ONCE = 2000
__all__ = [
    "admit",
    "lapse_due",
    "lapsing",
    "locked_for",
    "move",
    "move_own",
    "move_within",
    "possible_moves",
    "reply",
    "require_open",
    "settle",
    "shown_status",
    "submit",
    "take_back_withdrawal",
    "why_not",
    "withdraw",
]


def _locked(*, at: datetime, **lookup: object) -> Application:
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
    _move(
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
    application = _locked(at=at, pk=application_id)
    put_away = Decision.objects.due(at).filter(application=application).values("pk")
    Decision.objects.filter(pk__in=list(put_away.values_list("pk", flat=True))).update(
        settled_at=at, moved=False
    )
    return bool(application.status != before)


def _move(
    application: Application,
    target: Status,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
    told_at: datetime | None = None,
    replies_until: datetime | None = None,
) -> None:
    """Write the status, its history, and what follows from it, together.

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
    application = _locked(at=received_at, key=key, applicant=by)
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
    _move(application, Status.SUBMITTED, by=by, at=received_at)
    _confirm(application, freezing.freeze(loaded, at=received_at), reader_zone)
    return application, None


def _confirm(
    application: Application, frozen: FrozenAnswers, reader_zone: ZoneInfo | None = None
) -> None:
    if application.recorded_at is None:
        raise ValueError("only what was sent is confirmed")
    outbox.enqueue(
        messages.confirmation(application, reader_zone, summary(application, frozen)),
        key=f"confirmation:{application.pk}",
        lane=Lane.FIRST,
        at=application.recorded_at,
    )


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
    application = _locked(at=at, pk=application_id)
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
    _move(application, Status.SUBMITTED, by=by, at=at, reason=reason)
    _confirm(application, frozen)
    return application


@transaction.atomic(durable=True)
def withdraw(key: UUID, *, by: User, at: datetime, reason: str = "") -> Application:
    """Withdraw a sent application for its applicant. Raises MoveNotAllowed."""
    application = _locked(at=at, key=key, applicant=by)
    allowed(application, Status.WITHDRAWN, actors={Actor.APPLICANT}, at=at, by=by)
    _withdraw(application, by=by, at=at, reason=reason)
    return application


def _withdraw(application: Application, *, by: User, at: datetime, reason: str = "") -> None:
    _move(application, Status.WITHDRAWN, by=by, at=at, reason=reason)
    outbox.enqueue(
        own_messages.withdrawn(application),
        key=f"withdrawn:{application.pk}:{at.isoformat()}",
        lane=Lane.FIRST,
        at=at,
    )


@transaction.atomic(durable=True)
def take_back_withdrawal(key: UUID, *, by: User, at: datetime) -> Application:
    """Undo a withdrawal within 24 hours: back to the status before. Raises MoveNotAllowed."""
    application = _locked(at=at, key=key, applicant=by)
    last = application.history.filter(to_status=Status.WITHDRAWN).last()
    before = Status(last.from_status) if last else Status.SUBMITTED
    allowed(application, before, actors={Actor.APPLICANT}, at=at, by=by)
    if words := following.decided_meanwhile(application, before, at=at):
        raise MoveNotAllowed(words, source=application.status, target=before)
    _move(application, before, by=by, at=at, reason="Withdrawal taken back")
    request_ends.restore_all(application, at=at)
    outbox.enqueue(
        own_messages.taken_back(application),
        key=f"taken back:{application.pk}:{at.isoformat()}",
        lane=Lane.FIRST,
        at=at,
    )
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
    seats.require_seat(application, chosen, reason=reason, at=at)
    _move(application, target, by=by, at=at, reason=reason.strip())
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
    application = _locked(at=at, pk=application_id)
    if expected is not None and application.status != expected:
        words = f"It is {Status(application.status).label.lower()} already; look at it again."
        raise MoveNotAllowed(words, source=application.status, target=target)
    return application, allowed(application, target, actors=actors, at=at, by=by)


def reply(
    application: Application, target: Status, *, by: User, at: datetime, reason: str = ""
) -> None:
    """Make the move that answers a result, on a row from `locked_for` in the same transaction."""
    if target == Status.WITHDRAWN:  # leaving the alternate list
        _withdraw(application, by=by, at=at)
    elif ALLOWED[Status(application.status)][target].is_reply:
        _move(application, target, by=by, at=at, reason=reason)
    else:
        raise ValueError("not an answer to a result")


def move_own(key: UUID, target: Status, *, by: User, at: datetime) -> Application:
    """Make one of the applicant's own moves: confirm an interview, answer an offer."""
    mine = Application.objects.of(by).only("pk").get(key=key)
    return move(mine.pk, target, by=by, actors={Actor.APPLICANT}, at=at)


@transaction.atomic(durable=True)
def close_list(application_id: int, *, at: datetime) -> bool:
    """End an alternate's waiting for the system if they still wait; tell whether it did."""
    application = _locked(at=at, pk=application_id)
    if Status.LIST_CLOSED not in ALLOWED[Status(application.status)]:
        return False
    _move(application, Status.LIST_CLOSED, by=None, at=at)
    return True


def lapse_due(*, at: datetime) -> int:
    """Lapse drafts whose end passed at least 15 minutes before `at`; return how many.

    The end is that of the round, or a later one granted to the applicant. Also revives lapsed
    drafts that may be sent again. Each row is its own transaction. What is left over is taken up
    by the next run, so that one run stays below the time limit of a task.
    """
    due = lapsing(at).values_list("pk", flat=True)[:LAPSE_AT_ONCE]
    lapsed = 0
    for pk in due:
        with set_aside("draft", pk):
            lapsed += _system_move(pk, Status.LAPSED, at=at)
    alive = revivable(at).values_list("pk", flat=True)[:LAPSE_AT_ONCE]
    for pk in alive:
        with set_aside("lapsed draft", pk):
            _system_move(pk, Status.DRAFT, at=at)
    return lapsed


@transaction.atomic(durable=True)
def _system_move(application_id: int, target: Status, *, at: datetime) -> bool:
    """Move a row for the system if it still must once locked; tell whether it did.

    The holder of a draft that lapses is told in the same transaction, once per deadline; of a
    cancelled round they have heard already.
    """
    application = _locked(at=at, pk=application_id)
    is_over = application.ends_at <= at - LAPSE_AFTER
    wanted = is_over if target == Status.LAPSED else application.accepts(at)
    if not wanted or target not in ALLOWED[Status(application.status)]:
        return False
    _move(application, target, by=None, at=at)
    if target == Status.LAPSED and application.round.cancelled_at is None:
        outbox.enqueue(
            own_messages.draft_lapsed(application),
            key=f"lapsed:{application.pk}:{application.ends_at.isoformat()}",
            lane=Lane.BULK,
            at=at,
        )
    return True


def shown_status(application: Application, *, at: datetime) -> Status:
    """Return the status its applicant may see at `at`: pages ask here, never the column."""
    return application.standing
