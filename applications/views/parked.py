"""Typing that arrived without a sign-in, or with a form token gone stale: kept, then offered."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse

from applications.models import Application
from applications.views.common import View, by_button, own
from applications.views.pressed import note_press
from jetportal.parking import lot
from jetportal.requests import PortalRequest, SignedInRequest
from positions.deadlines import in_words

NAMES = (
    "section",
    "entry",
    "correct",
    "change_contact",
    "add_referee",
    "referee",
    "replace_referee",
    "correct_address",
)
PAGES = frozenset(f"applications:{name}" for name in NAMES)
DIGITS = 18  # of a key of a row
# What a script sends waits on the page on which it was typed.
AUTOSAVES = {
    "applications:autosave": "applications:section",
    "applications:autosave_entry": "applications:entry",
}


@dataclass(frozen=True, slots=True)
class WaitingForm:
    """A form that was sent while its owner was signed out, and when."""

    pk: int
    words: str


@dataclass(frozen=True, slots=True)
class Offered:
    """What waits for a page, newest first, and the form that its owner has chosen of it."""

    waiting: tuple[WaitingForm, ...]
    chosen: lot.Parked | None

    @property
    def any(self) -> bool:
        return bool(self.waiting or self.chosen)


def offered(request: SignedInRequest, application: Application) -> Offered:
    """Look for what waits for this page: one query."""
    forms = lot.waiting(request.path, at=request.received_at)
    wanted = request.GET.get("parked") or request.POST.get("parked")
    chosen = next((form for form in forms if str(form.pk) == wanted), None)
    zone = application.round.zoneinfo
    rest = (form for form in forms if form != chosen)
    return Offered(
        tuple(WaitingForm(form.pk, in_words(form.parked_at, zone)) for form in rest), chosen
    )


def clear_chosen(request: PortalRequest) -> None:
    """Delete the form that was chosen and is saved now; the hidden input "parked" names it."""
    pk = request.POST.get("parked", "")
    if pk.isascii() and pk.isdecimal() and len(pk) <= DIGITS:
        lot.drop(request.path, int(pk))


def parks_typing(view: Callable[..., HttpResponseBase]) -> View:
    """Keep what a signed-out person sent before the view asks them to sign in."""

    @wraps(view)
    def parking(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated:
            park(request)
        return view(request, *args, **kwargs)

    return parking


def sent_by(request: HttpRequest) -> dict[str, list[str]]:
    return {name: [str(value) for value in values] for name, values in request.POST.lists()}


def park(request: PortalRequest) -> bool:
    """Keep what was sent for the page on which it was typed; tell whether it is kept."""
    page = page_of(request.path)
    return page is not None and lot.park(page, sent_by(request), at=request.received_at)


def page_of(path: str) -> str | None:
    """Return the page on which a form sent to `path` was typed; None where much is not typed."""
    try:
        address = resolve(path)
    except Resolver404:
        return None
    if page := AUTOSAVES.get(address.view_name):
        return reverse(page, kwargs=address.kwargs)
    return path if address.view_name in PAGES else None


def signed_out(request: PortalRequest, *, status: int) -> JsonResponse:
    """Answer a page that saves by itself and has no right to; what was typed waits."""
    return JsonResponse({"signed_out": True, "kept": park(request)}, status=status)


def csrf_failure(request: PortalRequest, reason: str = "") -> HttpResponse:
    """Answer a form without its token; what was typed into a section waits on that page."""
    if page_of(request.path) not in {None, request.path}:  # sent by a script
        return signed_out(request, status=403)
    page = note_press(request)
    context = {"kept": park(request), "page": page or request.path, "pressed": bool(page)}
    return render(request, "403_csrf.html", context, status=403)


@by_button("applications:section", "section_key")
def drop(request: SignedInRequest, key: UUID, section_key: str, pk: int) -> HttpResponse:
    """Delete what waits, at its owner's word."""
    own(request, key)
    page = reverse("applications:section", args=[key, section_key])
    lot.drop(page, pk)
    return redirect(page)
