"""Asking to be told of rounds: the pages behind `/watch/`, none of them kept, none with an account.

A link in a mail opens a page with a button. Only the button changes something, because mail
programs and scanners open links by themselves.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from jetportal.accounts.networks import network_of
from jetportal.requests import TimedRequest
from positions.domain import watches
from positions.domain.watch_links import Purpose, UnknownLink
from positions.models import Watch
from positions.watch_forms import WatchForm

TRAIL = (("positions:home", "Home"), ("positions:rounds", "Rounds"))
EVERYTHING = "everything"
ONE_CLICK = "List-Unsubscribe"

form_page = require_http_methods(["GET", "HEAD", "POST"])
LinkView = Callable[[TimedRequest, str], HttpResponse]


def behind_a_link(view: LinkView) -> LinkView:
    """Answer 404 for a link that was never made here, and keep the pages out of search engines."""

    @never_cache
    @form_page
    @wraps(view)
    def guarded(request: TimedRequest, token: str) -> HttpResponse:
        try:
            response = view(request, token)
        except UnknownLink as problem:
            raise Http404("There is no such link.") from problem
        response["X-Robots-Tag"] = "noindex"
        return response

    return guarded


@never_cache
@form_page
def watch(request: TimedRequest) -> HttpResponse:
    """Ask for an address and a subject. The answer is the same for every address."""
    about = request.GET.get("about", "")
    posted = request.POST if request.method == "POST" else None
    form = WatchForm(posted, about=about, at=request.received_at)
    status = 200
    if form.is_valid():
        try:
            watches.ask(
                form.cleaned_data["email"],
                subject=form.subject,
                sport=form.sport,
                network=network_of(request),
                at=request.received_at,
            )
        except watches.TooMany as refusal:
            form.add_error(refusal.field, str(refusal))
            status = 429
        else:
            return redirect("positions:watch_sent")
    return _page(request, "form", {"form": form}, status=status)


@never_cache
@require_safe
def sent(request: TimedRequest) -> HttpResponse:
    return _page(request, "sent", {})


@behind_a_link
def confirm(request: TimedRequest, token: str) -> HttpResponse:
    """Show a button that starts the watch; pressed, or pressed again, say that it runs."""
    if request.method == "POST":
        found = watches.confirm(token, at=request.received_at)
        return _page(request, "running", {"watch": found}) if found else _gone(request)
    found = watches.find(token, Purpose.CONFIRM)
    if found is None:
        return _gone(request)
    return _page(request, "running" if found.confirmed_at else "confirm", {"watch": found})


@behind_a_link
def renew(request: TimedRequest, token: str) -> HttpResponse:
    """Show a button that lets the watch go on for its full time."""
    if request.method == "POST":
        found = watches.renew(token, at=request.received_at)
        return _page(request, "running", {"watch": found}) if found else _gone(request)
    found = watches.find(token, Purpose.RENEW)
    if found is None or found.confirmed_at is None:
        return _gone(request)
    return _page(request, "renew", {"watch": found})


@csrf_exempt
@behind_a_link
def stop(request: TimedRequest, token: str) -> HttpResponse:
    """Show a button that stops the watch.

    The link alone allows it, without cookie or token: mail programs send the same POST for their
    own "unsubscribe" (RFC 8058). Theirs ends every watch of the address.
    """
    if request.method == "POST":
        everything = EVERYTHING in request.POST or ONE_CLICK in request.POST
        watches.stop(token, everything=everything)
        return _page(request, "stopped", {"everything": everything})
    found = watches.find(token, Purpose.STOP)
    if found is None:
        return _page(request, "stopped", {"everything": False})
    return _page(request, "stop", {"watch": found, "others": watches.others_of(found)})


def _gone(request: TimedRequest) -> HttpResponse:
    """Say that a good link has outlived its watch."""
    return _page(request, "gone", {}, status=410)


def _page(
    request: TimedRequest, page: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    found: Watch | None = context.get("watch")
    shown = {
        "nav": "rounds",
        "trail": [(reverse(name), words) for name, words in TRAIL],
        "about": found.about if found else "",
        **context,
    }
    return render(request, f"positions/watch/{page}.html", shown, status=status)
