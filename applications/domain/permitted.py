"""Which move of the table somebody may make now, and why not."""

from collections.abc import Collection
from datetime import datetime

from applications.domain.errors import MoveNotAllowed
from applications.domain.moves import ALLOWED, MOVES, Actor, Move
from applications.models import Application, Status
from jetportal.accounts.models import User

DESK = frozenset({Actor.COORDINATOR, Actor.PROGRAM_OFFICE})
OWNERS = {
    Actor.APPLICANT: "the applicant",
    Actor.COORDINATOR: "the coordinators",
    Actor.PROGRAM_OFFICE: "the program office",
    Actor.SYSTEM: "the portal itself",
}


def allowed(
    application: Application,
    target: Status,
    *,
    actors: Collection[Actor],
    at: datetime,
    by: User | None,
) -> Move:
    """Return the move of the table, or raise MoveNotAllowed with words for the person."""
    source = application.standing
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
    label = application.standing.label.lower()
    return f"It is {label} already; this move is not possible from there."


def possible_moves(
    application: Application, *, actors: Collection[Actor], at: datetime, by: User | None = None
) -> tuple[Move, ...]:
    """List the moves `by`, acting as `actors`, may make now, in the order of the table.

    Applicants make their own moves only, so theirs need no `by`.
    """
    return tuple(
        move
        for move in ALLOWED[application.standing].values()
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
        allowed(application, target, actors=actors, at=at, by=by)
    except MoveNotAllowed as refusal:
        return str(refusal)
    return ""
