"""What is refused before any page sees it, answered kindly."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

MEGABYTE = 1024 * 1024


def too_large(request: HttpRequest, limit: int) -> HttpResponse:
    """Answer a body of more than `limit` bytes; the connection ends, the rest is not read."""
    response = render(request, "413.html", {"megabytes": limit // MEGABYTE}, status=413)
    response["Connection"] = "close"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what the framework cannot read; too much text in one form is told as that."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request, settings.MAX_FORM_BYTES)
    return render(request, "400.html", status=400)
