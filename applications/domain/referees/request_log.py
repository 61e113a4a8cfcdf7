"""Writing down what happens to a request: its state with its history, its link, its mails."""

import hashlib
import secrets
from datetime import datetime

from django.conf import settings

from applications.models import (
    ReferenceEvent,
    ReferenceRequest,
    RequestMail,
    RequestMailKind,
    RequestState,
)
from jetportal import sealing
from jetportal.accounts.models import User
from jetportal.mail import outbox
from jetportal.mail.message import Message
from jetportal.mail.models import Lane
from positions.models import RoundChange

TOKEN_BYTES = 32


def locked(**lookup: object) -> ReferenceRequest:
    """Lock one request, then read it with its clock. Two queries: a joined row may be older."""
    rows = ReferenceRequest.objects.select_for_update(of=("self",)).order_by("pk")
    mine = rows.values_list("pk", flat=True).get(**lookup)
    request: ReferenceRequest = ReferenceRequest.objects.with_clock().get(pk=mine)
    return request


def digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def give_link(request: ReferenceRequest) -> None:
    """Make a new link; an earlier one leads nowhere from now on. The caller saves."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    request.token_sealed, request.token_digest = sealing.seal(token), digest(token)


def address(request: ReferenceRequest) -> str:
    """Return the link of a request that has one. Raises ValueError where no key of ours opens it.

    A mail without its link would be worse than none.
    """
    token = sealing.unseal(request.token_sealed)
    if token is None:
        raise ValueError("the link of a request does not open")
    return f"{settings.SITE_URL}/references/{token}/"


def move(
    request: ReferenceRequest,
    target: RequestState,
    *,
    at: datetime,
    by: User | None = None,
    reason: str = "",
) -> None:
    """Write the state and its history together."""
    source = request.state
    request.state, request.state_at = target, at
    request.save()
    note(request, at=at, by=by, reason=reason, source=source)


def note(
    request: ReferenceRequest,
    *,
    at: datetime,
    reason: str,
    by: User | None = None,
    source: str | None = None,
) -> None:
    ReferenceEvent.objects.create(
        request=request,
        from_state=source or request.state,
        to_state=request.state,
        at=at,
        by=by,
        reason=reason,
    )


def queue(
    request: ReferenceRequest,
    kind: RequestMailKind,
    message: Message,
    *,
    at: datetime,
    change: RoundChange | None = None,
) -> RequestMail:
    """Queue a mail that carries the link; the request is saved with the instant of it."""
    lane = Lane.BULK if kind in (RequestMailKind.REMINDER, RequestMailKind.CHANGE) else Lane.FIRST
    sent: RequestMail = RequestMail.objects.create(request=request, kind=kind, at=at, change=change)
    sent.mail = outbox.enqueue(message, key=f"reference:{request.pk}:{sent.pk}", lane=lane, at=at)
    sent.save(update_fields=["mail"])
    request.mailed_at = at
    request.save(update_fields=["mailed_at"])
    return sent


def tell(request: ReferenceRequest, what: str, message: Message, *, at: datetime) -> None:
    """Queue a mail without the link, once per event."""
    events = request.events.count()
    outbox.enqueue(message, key=f"{what}:{request.pk}:{events}", lane=Lane.FIRST, at=at)
