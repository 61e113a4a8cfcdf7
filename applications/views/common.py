"""What every page of an application starts from."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import unquote
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache

from applications.models import Application
from jetportal.requests import SignedInRequest
from positions.deadlines import zone_named

View = Callable[..., HttpResponseBase]


def applicant_page(view: View) -> View:
    """Ask to sign in, never cache, and answer a stranger's key like one that does not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Application.DoesNotExist as problem:
            raise Http404 from problem

    page: View = login_required(never_cache(guarded))
    return page


def own(request: SignedInRequest, key: UUID) -> Application:
    """Return the signed-in person's own application, or answer 404."""
    mine: Application = get_object_or_404(
        Application.objects.of(request.user).with_round().with_late_end(request.received_at),
        key=key,
    )
    return mine


def reader_zone(request: HttpRequest) -> ZoneInfo | None:
    """Return the zone the reader's browser or choice has put into the cookie `zone`."""
    return zone_named(unquote(request.COOKIES.get("zone", "")))
