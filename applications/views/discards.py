"""Which draft was just discarded, in the session of its owner, so that a second click finds it."""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.sessions.backends.base import UpdateError

from jetportal.requests import SignedInRequest

NOTED = "discarded"
KEPT = timedelta(minutes=10)


def note(request: SignedInRequest, key: UUID) -> None:
    """Write it down before the draft goes: the second of two clicks may read right after."""
    request.session[NOTED] = [str(key), request.received_at.isoformat()]
    with suppress(UpdateError):  # signed out meanwhile
        request.session.save()


def noted(request: SignedInRequest, key: UUID) -> bool:
    """Tell whether this person discarded that draft just now; read anew, past what is loaded."""
    stored = type(request.session)(request.session.session_key)
    named, at = stored.get(NOTED, ["", ""])
    return named == str(key) and request.received_at - datetime.fromisoformat(at) < KEPT
