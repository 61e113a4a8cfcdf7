"""What is refused before any page sees it, answered kindly."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from jetportal.bodies import NO_ROOM, TOO_LARGE, longest
from jetportal.requests import PortalRequest

MEGABYTE = 1024 * 1024


def unfit(request: PortalRequest) -> HttpResponse:
    """Answer a body that is too large, cut short, too slow, of no told length or finds no room."""
    if request.unfit == TOO_LARGE:
        return too_large(request, longest(request))
    page = "503.html" if request.unfit == NO_ROOM else "408.html"
    return render(request, page, status=request.unfit)


def too_large(request: HttpRequest, limit: int) -> HttpResponse:
    """Answer a body of more than `limit` bytes; the rest of it is not read."""
    return render(request, "413.html", {"megabytes": limit // MEGABYTE}, status=TOO_LARGE)


def not_this_way(request: HttpRequest) -> str:
    """Return the page for a method that an address does not take; its status is set already."""
    return render_to_string("405.html", request=request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what the framework cannot read; too much text in one form is told as that."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request, settings.MAX_FORM_BYTES)
    return render(request, "400.html", status=400)
