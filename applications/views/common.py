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
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.models import Application
from applications.views import discards
from jetportal.accounts.middleware import second_step
from jetportal.requests import SignedInRequest
from positions.deadlines import ZONES, zone_named

View = Callable[..., HttpResponseBase]
YEAR = 365 * 24 * 3600  # seconds


def applicant_page(view: View) -> View:
    """Ask to sign in, never cache, and answer a stranger's key like one that does not exist.

    Whoever has discarded the draft of this key is told so.
    """

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return remember_zone(request, view(request, *args, **kwargs))
        except (Application.DoesNotExist, Http404) as problem:
            gone = discards.page_of(request, kwargs["key"]) if "key" in kwargs else None
            if gone is None:
                raise Http404 from problem
            return gone

    page: View = never_cache(login_required(guarded))
    return page


def by_button(page: str, *places: str) -> Callable[[View], View]:
    """Let a view act on POST alone; asked for by GET, its address leads to the button's page.

    People come by GET when they have signed in again, or reload a refusal. `places` are the parts
    of the address that `page` shares, besides the key.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: SignedInRequest, key: UUID, **parts: Any) -> HttpResponseBase:
            if request.method == "POST":
                return view(request, key, **parts)
            shared = {name: parts[name] for name in places}
            return redirect(reverse(page, kwargs={"key": own(request, key).key, **shared}))

        either: View = require_http_methods(["GET", "HEAD", "POST"])(applicant_page(guarded))
        return either

    return decorate


def own(request: SignedInRequest, key: UUID, *, filling: bool = False) -> Application:
    """Return the signed-in person's own application, or answer 404; `filling`: one of its forms."""
    rows = Application.objects.of(request.user)
    rows = rows.for_filling() if filling else rows.with_round()
    rows = rows.with_late_end(request.received_at).with_due_result(request.received_at)
    mine: Application = get_object_or_404(rows, key=key)
    return mine


def door_of_staff(request: SignedInRequest, application: Application) -> HttpResponseBase | None:
    """Return what asks staff for their second factor, as the desk does; None for the owner."""
    if application.applicant_id == request.user.pk:
        return None
    return second_step(request, request.user)


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
