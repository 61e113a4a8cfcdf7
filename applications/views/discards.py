"""Which drafts were discarded, in the session of their owner: nothing else is left of them.

A second click finds what the first has done, and an old page or bookmark is told what became of it.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpResponse
from django.shortcuts import render

from applications.domain.form import drafts
from applications.models import Application
from jetportal.requests import SignedInRequest
from positions.deadlines import HST, in_words
from positions.models import RecruitmentRound

NOTED = "discarded"
MOST = 10  # the newest ones
KEPT = timedelta(minutes=10)  # for a second click
GONE = 410


def note(request: SignedInRequest, key: UUID, *, round_slug: str) -> None:
    """Write it down before the draft goes: the second of two clicks may read right after."""
    kept = {name: told for name, told in _noted(request.session).items() if name != str(key)}
    newest = [*kept.items()][-MOST + 1 :]
    told = [request.received_at.isoformat(), round_slug]
    request.session[NOTED] = dict([*newest, (str(key), told)])
    with suppress(UpdateError):  # signed out meanwhile
        request.session.save()


def noted(request: SignedInRequest, key: UUID) -> bool:
    """Tell whether this person discarded that draft just now; read anew, past what is loaded."""
    stored = type(request.session)(request.session.session_key)
    told = _noted(stored).get(str(key))
    return told is not None and request.received_at - datetime.fromisoformat(told[0]) < KEPT


def _noted(session: Any) -> Mapping[str, list[str]]:
    """Read what is written down; a session from before this form of it holds none."""
    kept = session.get(NOTED)
    return kept if isinstance(kept, dict) else {}


def page_of(request: SignedInRequest, key: UUID) -> HttpResponse | None:
    """Return the page that says when the draft of this address was discarded; None: it was not.

    It is written down before the draft goes, and what had been sent by then does not go.
    """
    told = _noted(request.session).get(str(key))
    if told is None or Application.objects.filter(key=key).exists():
        return None
    at, slug = datetime.fromisoformat(told[0]), told[1]
    round_ = RecruitmentRound.objects.filter(slug=slug).first()
    if round_ is None:
        return None
    context = {
        "round": round_,
        "when": in_words(at, HST),
        "may_start": drafts.may_start(round_, by=request.user, at=request.received_at),
    }
    return render(request, "applications/discarded.html", context, status=GONE)
