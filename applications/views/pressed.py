"""The last button, pressed by somebody we could not tell from anybody else: noted, and told.

Nothing can be sent without a sign-in. But who pressed in time must hear what became of it, and when
that was by our clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpResponseBase
from django.urls import Resolver404, resolve, reverse

from applications.models import Application
from applications.views.common import View
from jetportal.parking import lot
from jetportal.requests import PortalRequest, SignedInRequest
from positions.deadlines import in_words_to_the_second

NOTE = {"pressed": ["yes"]}


@dataclass(frozen=True, slots=True)
class Pressed:
    """When the button was pressed, and whether that was in time for this person."""

    at: str
    in_time: bool


def notes_press(view: Callable[..., HttpResponseBase]) -> View:
    """Note that a signed-out person pressed, before the view asks them to sign in."""

    @wraps(view)
    def noting(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated:
            note_press(request)
        return view(request, *args, **kwargs)

    return noting


def note_press(request: PortalRequest) -> str:
    """Note the press for the page of the button, and return its address; empty: another form."""
    try:
        address = resolve(request.path)
    except Resolver404:
        return ""
    if address.view_name != "applications:submit":
        return ""
    page = reverse("applications:check", kwargs=address.kwargs)
    lot.park(page, NOTE, at=request.received_at)
    return page


def pressed(request: SignedInRequest, application: Application) -> Pressed | None:
    """Return the latest press of a day that was not sent; one query."""
    page = reverse("applications:check", args=[application.key])
    newest = next(iter(lot.waiting(page, at=request.received_at)), None)
    if newest is None:
        return None
    words = in_words_to_the_second(newest.parked_at, application.round.zoneinfo)
    return Pressed(words, application.accepts(newest.parked_at))
