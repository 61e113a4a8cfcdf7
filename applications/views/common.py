"""What every page of an application starts from."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote, unquote
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache

from applications.models import Application
from jetportal.requests import SignedInRequest
from positions.deadlines import ZONES, zone_named

View = Callable[..., HttpResponseBase]
YEAR = 365 * 24 * 3600  # seconds


def applicant_page(view: View) -> View:
    """Ask to sign in, never cache, and answer a stranger's key like one that does not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return remember_zone(request, view(request, *args, **kwargs))
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
    """Return the zone the reader has chosen: just now in the address, or before, in the cookie."""
    return zone_named(request.GET.get("zone")) or zone_named(
        unquote(request.COOKIES.get("zone", ""))
    )


def remember_zone(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Keep a zone chosen in the address, so that the choice works without a script too."""
    if zone := zone_named(request.GET.get("zone")):
        response.set_cookie(
            "zone", quote(zone.key, safe=""), max_age=YEAR, samesite="Lax", secure=settings.HTTPS
        )
    return response


def zone_choice(request: HttpRequest) -> dict[str, object]:
    """Return what `includes/_zone_picker.html` takes."""
    zone = reader_zone(request)
    return {"zones": ZONES.items(), "zone": zone.key if zone else ""}
