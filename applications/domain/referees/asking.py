"""The applicant asks: the request for a letter is sent, sent again, sent to a mended address."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from applications.domain.errors import Refused
from applications.domain.referees import reference_clock, reference_messages, request_log
from applications.domain.referees.references import locked, other_address, request_of
from applications.models import (
    Application,
    Failure,
    ReferenceRequest,
    RequestMail,
    RequestMailKind,
    RequestState,
)
from applications.models.reference import OPEN
from applications.models.reference_settings import settings_of
from jetportal.accounts.models import User
from positions.deadlines import in_words

DAY = timedelta(days=1)
BREATH = timedelta(minutes=1)  # a second click on "send again" is not a second wish
BY_HAND = (RequestMailKind.REQUEST, RequestMailKind.AGAIN)


class AlreadyThere(Refused):
    """What was asked for has happened already; the page shows it."""


@transaction.atomic
def send(key: UUID, referee_key: UUID, *, by: User, at: datetime) -> ReferenceRequest:
    """Send the request for the first time. Raises Refused; AlreadyThere for a second click."""
    application = locked(key, by, at)
    request = request_of(application, referee_key)
    if request.state != RequestState.DRAFT:
        raise AlreadyThere("The request was sent already.")
    _require_time(request, at)
    _require_name(application)
    other_address(application, request.referee.email, besides=request.referee)
    _require_turn(request, at)
    request_log.give_link(request)
    request.sent_at = request.mailed_at = at
    request_log.move(request, RequestState.SENT, at=at, by=by)
    mail(request, RequestMailKind.REQUEST, at=at)
    return request


@transaction.atomic
def send_again(key: UUID, referee_key: UUID, *, by: User, at: datetime) -> ReferenceRequest:
    """Send the same link once more. Raises Refused, over the limit of a day too."""
    application = locked(key, by, at)
    request = request_of(application, referee_key)
    if request.state not in OPEN:
        raise Refused("This request is not waiting for a letter.")
    if request.failure == Failure.STRANGER:
        raise Refused("The person at this address is not your referee. Correct the address.")
    _require_time(request, at)
    _require_turn(request, at)
    _again(request, by=by, at=at, reason="Sent again")
    return request


@transaction.atomic
def correct_address(
    key: UUID, referee_key: UUID, email: str, *, by: User, at: datetime
) -> ReferenceRequest:
    """Send the request to another address of the same person.

    The link stays where nobody has received it; what may have reached somebody else is closed, and
    the new mail carries a new link. Raises Refused; AlreadyThere where it is the address we have.
    """
    application = locked(key, by, at)
    request = request_of(application, referee_key)
    referee = request.referee
    if request.state not in (RequestState.SENT, RequestState.FAILED):
        raise Refused("The request was opened already. Replace the referee instead.")
    if email.strip().lower() == referee.email:
        raise AlreadyThere("This is the address we have.")
    referee.email = other_address(application, email, besides=referee)
    _require_time(request, at)
    _require_turn(request, at, breath=False)
    referee.save(update_fields=["email"])
    if request.failure != Failure.ADDRESS:
        request_log.give_link(request)
    _again(request, by=by, at=at, reason="Sent to a corrected address")
    return request


def _require_time(request: ReferenceRequest, at: datetime) -> None:
    if not reference_clock.accepts(request, at):
        words = f"Letters counted until {reference_clock.deadline(request)}. Nobody is asked now."
        raise Refused(words)


def _require_name(application: Application) -> None:
    if not reference_messages.asker(application):
        raise Refused(
            "Write your name first, in the part Identity: the referee must know who asks."
        )


def _require_turn(request: ReferenceRequest, at: datetime, *, breath: bool = True) -> None:
    """Raise Refused over the limit of a day, which counts whoever was asked in this place."""
    referee = request.referee
    limit = settings_of(referee.application.round).resends_per_day + 1  # and the first one
    sent = RequestMail.objects.filter(
        request__referee__application=referee.application_id,
        request__referee__place=referee.place,
        kind__in=BY_HAND,
        at__gt=at - DAY,
    ).order_by("at")
    times = [row.at for row in sent]
    if breath and any(row.request_id == request.pk and at - row.at < BREATH for row in sent):
        raise AlreadyThere("The request was sent a moment ago.")
    if len(times) >= limit:
        again = in_words(times[-limit] + DAY, referee.application.round.zoneinfo)
        raise Refused(f"It was sent {limit} times in a day. You can send it again at {again}.")


def _again(request: ReferenceRequest, *, by: User, at: datetime, reason: str) -> None:
    if request.state == RequestState.FAILED:
        request.failure = Failure.NONE
        request_log.move(request, RequestState.SENT, at=at, by=by, reason=reason)
    else:
        request.save()
        request_log.note(request, at=at, by=by, reason=reason)
    mail(request, RequestMailKind.AGAIN, at=at)


def mail(request: ReferenceRequest, kind: RequestMailKind, *, at: datetime) -> None:
    message = reference_messages.request(request, again=kind == RequestMailKind.AGAIN)
    request_log.queue(request, kind, message, at=at)
