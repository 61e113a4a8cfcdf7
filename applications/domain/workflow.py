"""The only writer of `status`: lock, read, decide, write, remember.

See docs/decisions/0003 and 0004.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from applications.domain import completeness, freezing, late, messages, request_ends
from applications.domain.errors import Incomplete, MoveNotAllowed, ReasonNeeded, RoundClosed
from applications.domain.moves import ALLOWED, MOVES, Actor, Move
from applications.domain.reference_numbers import new_reference
from applications.domain.summary import summary
from applications.models import Application, FrozenAnswers, LateGrant, Status, StatusChange
from applications.models.application import ApplicationQuerySet
from jetportal.accounts.models import User
from jetportal.mail import outbox
from jetportal.mail.models import Lane
from jetportal.setaside import set_aside
from positions.deadlines import LAPSE_AFTER
from positions.models import RecruitmentRound

LAPSE_AT_ONCE = 2000
DESK = frozenset({Actor.COORDINATOR, Actor.PROGRAM_OFFICE})
OWNERS = {
    Actor.APPLICANT: "the applicant",
    Actor.COORDINATOR: "the coordinators",
    Actor.PROGRAM_OFFICE: "the program office",
    Actor.SYSTEM: "the portal itself",
}


def _locked(*, at: datetime, **lookup: object) -> Application:
    """Lock one row, then read it with its round and its own end; nobody else's turn until the end.

    Two queries: what a statement joins to a row it has waited for is as old as its beginning, and
    an extension may have been written meanwhile.
    """
    mine = Application.objects.select_for_update().values_list("pk", flat=True).get(**lookup)
    application: Application = Application.objects.with_round().with_late_end(at).get(pk=mine)
    return application


def _allowed(
    application: Application,
    target: Status,
    *,
    actors: Collection[Actor],
    at: datetime,
    by: User | None,
) -> Move:
    """Return the move of the table, or raise MoveNotAllowed with words for the person."""
    source = Status(application.status)
    move = ALLOWED[source].get(target)
    refusal = _refusal(application, target, move, actors=actors, by=by)
    if move is None or refusal:
        raise MoveNotAllowed(refusal, source=source, target=target)
    if why_not := move.condition(application, at):
        raise MoveNotAllowed(why_not, source=source, target=target)
    return move


def _refusal(
    application: Application,
    target: Status,
    move: Move | None,
    *,
    actors: Collection[Actor],
    by: User | None,
) -> str:
    """Say why somebody acting as `actors` may never make the move from here; empty: they may."""
    if move and not move.actors.isdisjoint(actors):
        at_desk = not (move.actors & DESK).isdisjoint(actors)
        own = by is not None and by.pk == application.applicant_id and at_desk
        return "This is your own application. Somebody else at the desk moves it." if own else ""
    owners = {row.actor for row in MOVES if row.target == target and row.source != Status.WITHDRAWN}
    if owners and owners.isdisjoint(actors):
        return f"This move belongs to {' or '.join(sorted(OWNERS[owner] for owner in owners))}."
    label = Status(application.status).label.lower()
    return f"It is {label} already; this move is not possible from there."


def _move(
    application: Application, target: Status, *, by: User | None, at: datetime, reason: str = ""
) -> None:
    """Write the status and its history together."""
    source = application.status
    application.status, application.status_at = target, at
    application.save()
    StatusChange.objects.create(
        application=application, from_status=source, to_status=target, at=at, by=by, reason=reason
    )
    if target in request_ends.ENDED:
        request_ends.cancel_all(application, at=at, withdrawn=target == Status.WITHDRAWN)


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
    _allowed(application, Status.SUBMITTED, actors={Actor.APPLICANT}, at=received_at, by=by)
    refusal = _closed(application.round, received_at, until=application.late_until)
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
    application_id: int, *, until: datetime, reason: str, by: User, at: datetime
) -> Application | None:
    """Send, for the program office, what was kept of a late submit that the end `until` lets in.

    It counts from its own arrival, with the answers of that instant. Returns None, and writes
    nothing, where no kept submit is in time for `until`. Raises MoveNotAllowed and Refused.
    """
    application = _locked(at=at, pk=application_id)
    arrived = application.late_submits.admissible(application.round, until=until)
    if arrived is None:
        return None
    _allowed(application, Status.SUBMITTED, actors={Actor.PROGRAM_OFFICE}, at=at, by=by)
    application.submitted_at = arrived.received_at
    application.ends_at_sent = until
    application.recorded_at = max(at, arrived.recorded_at)
    application.reference = new_reference()
    frozen = late.put_back(application, arrived, at=at)
    _move(application, Status.SUBMITTED, by=by, at=at, reason=reason)
    _confirm(application, frozen)
    return application


def require_open(round_: RecruitmentRound, received_at: datetime) -> None:
    """Raise RoundClosed unless what arrives at `received_at` is in time for the round."""
    if refusal := _closed(round_, received_at):
        raise refusal


def _closed(
    round_: RecruitmentRound, received_at: datetime, *, until: datetime | None = None
) -> RoundClosed | None:
    """Return why a round does not take what arrives at `received_at`, or None where it does.

    `until` is the end granted to its applicant alone, if there is one.
    """
    if round_.accepts(received_at, until=until):
        return None
    return RoundClosed(
        received_at=received_at,
        closes_at=round_.end(until),
        cancelled=round_.cancelled_at is not None,
    )


@transaction.atomic(durable=True)
def withdraw(key: UUID, *, by: User, at: datetime, reason: str = "") -> Application:
    """Withdraw a sent application for its applicant. Raises MoveNotAllowed."""
    application = _locked(at=at, key=key, applicant=by)
    _allowed(application, Status.WITHDRAWN, actors={Actor.APPLICANT}, at=at, by=by)
    _move(application, Status.WITHDRAWN, by=by, at=at, reason=reason)
    outbox.enqueue(
        messages.withdrawn(application),
        key=f"withdrawn:{application.pk}:{at.isoformat()}",
        lane=Lane.FIRST,
        at=at,
    )
    return application


@transaction.atomic(durable=True)
def take_back_withdrawal(key: UUID, *, by: User, at: datetime) -> Application:
    """Undo a withdrawal within 24 hours: back to the status before. Raises MoveNotAllowed."""
    application = _locked(at=at, key=key, applicant=by)
    last = application.history.filter(to_status=Status.WITHDRAWN).last()
    before = Status(last.from_status) if last else Status.SUBMITTED
    _allowed(application, before, actors={Actor.APPLICANT}, at=at, by=by)
    _move(application, before, by=by, at=at, reason="Withdrawal taken back")
    request_ends.restore_all(application, at=at)
    outbox.enqueue(
        messages.taken_back(application),
        key=f"taken back:{application.pk}:{at.isoformat()}",
        lane=Lane.FIRST,
        at=at,
    )
    return application


@transaction.atomic(durable=True)
def move(
    application_id: int,
    target: Status,
    *,
    by: User,
    actors: Collection[Actor],
    at: datetime,
    reason: str = "",
    expected: Status | None = None,
) -> Application:
    """Make one move of the table for somebody acting as `actors`.

    At the desk nobody moves their own application. `expected` is the status the person saw; a file
    that somebody else has moved since is refused.
    Raises MoveNotAllowed, ReasonNeeded.

    Sending and withdrawing have functions of their own, which do more than move.
    """
    application = _locked(at=at, pk=application_id)
    if expected is not None and application.status != expected:
        words = f"It is {Status(application.status).label.lower()} already; look at it again."
        raise MoveNotAllowed(words, source=application.status, target=target)
    chosen = _allowed(application, target, actors=actors, at=at, by=by)
    if target in (Status.SUBMITTED, Status.WITHDRAWN) or chosen.source == Status.WITHDRAWN:
        words = "This move has its own page."
        raise MoveNotAllowed(words, source=chosen.source, target=target)
    if chosen.needs_reason and not reason.strip():
        raise ReasonNeeded
    _move(application, target, by=by, at=at, reason=reason.strip())
    return application


def move_own(key: UUID, target: Status, *, by: User, at: datetime) -> Application:
    """Make one of the applicant's own moves: confirm an interview, answer an offer."""
    mine = Application.objects.of(by).only("pk").get(key=key)
    return move(mine.pk, target, by=by, actors={Actor.APPLICANT}, at=at)


def possible_moves(
    application: Application, *, actors: Collection[Actor], at: datetime, by: User | None = None
) -> tuple[Move, ...]:
    """List the moves `by`, acting as `actors`, may make now, in the order of the table.

    Applicants make their own moves only, so theirs need no `by`.
    """
    return tuple(
        move
        for move in ALLOWED[Status(application.status)].values()
        if not why_not(application, move.target, actors=actors, at=at, by=by)
    )


def why_not(
    application: Application,
    target: Status,
    *,
    actors: Collection[Actor],
    at: datetime,
    by: User | None,
) -> str:
    """Say why a move is not possible now, for a preview; empty where it is."""
    try:
        _allowed(application, target, actors=actors, at=at, by=by)
    except MoveNotAllowed as refusal:
        return str(refusal)
    return ""


def lapse_due(*, at: datetime) -> int:
    """Lapse drafts whose end passed at least 15 minutes before `at`; return how many.

    The end is that of the round, or a later one granted to the applicant. Also revives lapsed
    drafts that may be sent again. Each row is its own transaction. What is left over is taken up
    by the next run, so that one run stays below the time limit of a task.
    """
    due = lapsing(at).order_by("pk").values_list("pk", flat=True)[:LAPSE_AT_ONCE]
    lapsed = 0
    for pk in due:
        with set_aside("draft", pk):
            lapsed += _system_move(pk, Status.LAPSED, at=at)
    alive = _revivable(at).order_by("pk").values_list("pk", flat=True)[:LAPSE_AT_ONCE]
    for pk in alive:
        with set_aside("lapsed draft", pk):
            _system_move(pk, Status.DRAFT, at=at)
    return lapsed


def lapsing(at: datetime) -> ApplicationQuerySet:
    """Drafts whose end, their own or that of the round, passed at least 15 minutes before `at`."""
    over = Q(late_until=None) | Q(late_until__lte=at - LAPSE_AFTER)
    rows: ApplicationQuerySet = Application.objects.with_late_end(at).filter(
        over, status=Status.DRAFT, round__closes_at__lte=at - LAPSE_AFTER
    )
    return rows


def _revivable(at: datetime) -> ApplicationQuerySet:
    """Lapsed drafts of rounds that accept, and those whose applicants have a running grant."""
    granted = LateGrant.objects.running(at).filter(
        applicant=OuterRef("applicant"), round=OuterRef("round")
    )
    accepting = Q(round__in=RecruitmentRound.objects.accepting(at))
    rows: ApplicationQuerySet = Application.objects.filter(
        accepting | Exists(granted), status=Status.LAPSED
    )
    return rows


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
            messages.draft_lapsed(application),
            key=f"lapsed:{application.pk}:{application.ends_at.isoformat()}",
            lane=Lane.BULK,
            at=at,
        )
    return True


def shown_status(application: Application, *, at: datetime) -> Status:
    """Return the status its applicant may see at `at`: pages ask here, never the column."""
    return Status(application.status)
