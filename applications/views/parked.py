"""Typing that arrived without a sign-in, or with a form token gone stale: kept, then offered."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse

from applications.views.common import View, by_button, own
from jetportal.parking import lot
from jetportal.requests import PortalRequest, SignedInRequest

PAGES = frozenset({"applications:section", "applications:entry"})


def parks_typing(view: Callable[..., HttpResponseBase]) -> View:
    """Keep what a signed-out person sent before the view asks them to sign in."""

    @wraps(view)
    def parking(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated:
            lot.park(request.path, sent_by(request), at=request.received_at)
        return view(request, *args, **kwargs)

    return parking


def sent_by(request: HttpRequest) -> dict[str, list[str]]:
    return {name: [str(value) for value in values] for name, values in request.POST.lists()}


def csrf_failure(request: PortalRequest, reason: str = "") -> HttpResponse:
    """Answer a form without its token; what was typed into a section waits on that page."""
    kept = is_section(request.path) and lot.park(
        request.path, sent_by(request), at=request.received_at
    )
    context = {"kept": kept, "page": request.path}
    return render(request, "403_csrf.html", context, status=403)


def is_section(path: str) -> bool:
    try:
        return resolve(path).view_name in PAGES
    except Resolver404:
        return False


@by_button("applications:section", "section_key")
def drop(request: SignedInRequest, key: UUID, section_key: str, pk: int) -> HttpResponse:
    """Delete what waits, at its owner's word."""
    own(request, key)
    page = reverse("applications:section", args=[key, section_key])
    lot.drop(page, pk)
    return redirect(page)
