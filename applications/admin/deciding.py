"""One button, two ways: a result is recorded for its release, every other move is made at once."""

from applications.domain import access, workflow
from applications.domain.moves import ALLOWED, Move
from applications.domain.outcomes import results, seats
from applications.models import Application, Status
from jetportal.requests import SignedInRequest


def move_to(application: Application, target: Status) -> Move | None:
    return ALLOWED[application.standing].get(target)


def is_result(application: Application, target: Status) -> bool:
    move = move_to(application, target)
    return move is not None and move.is_result


def to_explain(application: Application, target: Status) -> str:
    """Say what must be explained about the move beyond the table's own rule; usually nothing."""
    move = move_to(application, target)
    return seats.why_explain(application, move) if move else ""


def needs_reason(application: Application, target: Status) -> bool:
    move = move_to(application, target)
    return move is not None and (move.needs_reason or bool(to_explain(application, target)))


def decide(
    request: SignedInRequest,
    application: Application,
    target: Status,
    *,
    reason: str,
    expected: Status | None,
) -> bool:
    """Record a result, or move; tell whether it was recorded. Raises Refused."""
    by, at = request.user, request.received_at
    recorded = is_result(application, target)
    if recorded:
        results.record(application.pk, target, by=by, at=at, reason=reason, expected=expected)
    else:
        actors = access.actors_in(by, application)
        workflow.move(
            application.pk, target, by=by, actors=actors, at=at, reason=reason, expected=expected
        )
    return recorded
