"""How requests end without a letter: the referee was replaced, the application has ended."""

from datetime import datetime
from functools import partial

from django.db import transaction

from applications.domain.referees import reference_clock, reference_messages, request_log
from applications.models import (
    ENDS,
    Application,
    Failure,
    Reference,
    ReferenceDraft,
    ReferenceEvent,
    ReferenceRequest,
    RequestMailKind,
    RequestState,
    Status,
)
from applications.models.reference import OPEN
from jetportal.accounts.models import User

CANCELLED = RequestState.CANCELLED
STRANGER = "Not the person we meant"
TAKEN_BACK = "The withdrawal was taken back"
WITHDRAWN, OVER = "The application was withdrawn", "The application has ended"
ENDED = frozenset(ENDS) - {Status.LAPSED}  # nobody asks any more; what lapsed may come back


def cancel_all(application: Application, *, at: datetime, withdrawn: bool = False) -> None:
    """End every open request of an application that has ended, and tell the referees."""
    reason = WITHDRAWN if withdrawn else OVER
    for request in _all_of(application):
        if request.state in OPEN and request.referee.replaced_at is None:
            cancel(request, at=at, by=None, reason=reason)


def restore_all(application: Application, *, at: datetime) -> None:
    """Bring back what ended with a withdrawal that was taken back, as it was, and ask again.

    It stands where it stood, since when it did. What had failed is tried anew from now on, but
    whoever said that they are not the referee is left alone.
    """
    for request in _all_of(application):
        last: ReferenceEvent | None = request.events.last()
        withdrawn = last is not None and last.reason == WITHDRAWN
        if last is None or not withdrawn or request.state != RequestState.CANCELLED:
            continue
        request.state, request.state_at = _before(request, last, at=at)
        left_alone = request.state == RequestState.FAILED
        request.failure = Failure.STRANGER if left_alone else Failure.NONE
        request.save()
        request_log.note(request, at=at, reason=TAKEN_BACK, source=CANCELLED)
        if not left_alone and reference_clock.accepts(request, at):
            message = reference_messages.request(request, again=True)
            request_log.queue(request, RequestMailKind.AGAIN, message, at=at)


def _before(
    request: ReferenceRequest, cancelled: ReferenceEvent, *, at: datetime
) -> tuple[RequestState, datetime]:
    """Return where a request stood before it was cancelled, and since when."""
    state = RequestState(cancelled.from_state)
    came = request.events.filter(to_state=state).exclude(from_state__in=(state, CANCELLED))
    last: ReferenceEvent | None = came.last()
    if state == RequestState.FAILED and not (last and last.reason == STRANGER):
        return RequestState.SENT, at
    return state, last.at if last else request.sent_at or at


def discard(application: Application, *, at: datetime) -> None:
    """End the requests of a draft that is deleted, and delete the files of its letters with it."""
    cancel_all(application, at=at)
    mine = {"request__referee__application": application}
    letters = (
        *Reference.objects.filter(**mine).exclude(file=""),
        *ReferenceDraft.objects.filter(**mine).exclude(file=""),
    )
    for letter in letters:
        transaction.on_commit(partial(letter.file.delete, save=False), robust=True)


def _all_of(application: Application) -> list[ReferenceRequest]:
    rows = ReferenceRequest.objects.filter(referee__application=application)
    keys = list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    return list(ReferenceRequest.objects.with_clock().filter(pk__in=keys).order_by("pk"))


def cancel(request: ReferenceRequest, *, at: datetime, by: User | None, reason: str) -> None:
    reached = request.state in OPEN and request.failure == Failure.NONE
    request.failure = Failure.NONE
    request_log.move(request, RequestState.CANCELLED, at=at, by=by, reason=reason)
    if reached:
        message = reference_messages.cancelled(request)
        request_log.tell(request, "reference cancelled", message, at=at)
