"""Behind a referee's link: who asks, starting, declining, and the receipt at the end.

Opening a link changes nothing, because mail programs and scanners open links by themselves; only
buttons do.
"""

from django.http import HttpResponse
from django.shortcuts import redirect

from applications.domain.errors import LinkDead
from applications.domain.referees import letter_drafts, letter_links, letters
from applications.domain.referees.reference_clock import ends_at
from applications.models import RequestState
from applications.sections.text import storable
from applications.views.common import reader_zone
from applications.views.moments import in_their_words, length_in_words, moments
from applications.views.reference_pages import (
    asked_context,
    behind_a_link,
    full_name,
    is_proven,
    page,
    with_proof,
)
from jetportal.requests import PortalRequest

DECLINED, NOT_ME = "declined", "not me"


@behind_a_link
def landing(request: PortalRequest, token: str) -> HttpResponse:
    link = letters.by_token(token, at=request.received_at)
    saved_at = letter_drafts.typing_of(link).saved_at
    zone = reader_zone(request) or link.referee.application.round.zoneinfo
    context = {
        **asked_context(request, link, token),
        "begun": link.opened_at is not None,
        "saved": in_their_words(saved_at, zone) if saved_at else "",
    }
    return page(request, "landing", context)


@behind_a_link
def start(request: PortalRequest, token: str) -> HttpResponse:
    """Write down that the referee has opened the request; asked for by GET, lead to the button."""
    if request.method != "POST":
        letters.by_token(token, at=request.received_at)
        return redirect("references:landing", token=token)
    letters.start(token, at=request.received_at)
    return redirect("references:write", token=token)


@behind_a_link
def decline(request: PortalRequest, token: str) -> HttpResponse:
    """Ask once, then tell the applicant, without the reason; a second press finds the thanks."""
    if request.method != "POST":
        link = letters.by_token(token, at=request.received_at)
        return page(request, "decline", asked_context(request, link, token))
    reason = storable(request.POST.get("reason", ""))
    try:
        letters.decline(token, reason=reason, at=request.received_at)
    except LinkDead:
        found = letter_links.of_link(token)
        if not is_proven(request, token) or not found or found.state != RequestState.DECLINED:
            raise
    return redirect(with_proof("references:declined", token, DECLINED))


@behind_a_link
def not_me(request: PortalRequest, token: str) -> HttpResponse:
    """Close the link, which came to a stranger; a second press finds nothing, and the thanks."""
    if request.method != "POST":
        letters.by_token(token, at=request.received_at)
        return redirect("references:decline", token=token)
    try:
        letters.not_me(token, at=request.received_at)
    except LinkDead:
        if not is_proven(request, token) or letter_links.of_link(token):
            raise
    return redirect(with_proof("references:declined", token, NOT_ME))


@behind_a_link
def declined(request: PortalRequest, token: str) -> HttpResponse:
    """Thank whoever declined just now, or said that this is not them."""
    stranger = is_proven(request, token, NOT_ME)
    if not stranger and not is_proven(request, token, DECLINED):
        letters.by_token(token, at=request.received_at)
        return redirect("references:decline", token=token)
    return page(request, "declined", {"not_me": stranger})


@behind_a_link
def received(request: PortalRequest, token: str) -> HttpResponse:
    """Show what arrived, and when, to whoever was here while the link lived."""
    letter = letter_links.standing(token) if is_proven(request, token) else None
    if letter is None:
        letters.by_token(token, at=request.received_at)
        return redirect("references:landing", token=token)
    application = letter.request.referee.application
    round_ = application.round
    context = {
        "applicant": full_name(application),
        "demonstration": round_.is_demonstration,
        "late_by": ""
        if letter.counts
        else length_in_words(letter.received_at - ends_at(letter.request)),
        "moments": moments(
            letter.received_at, deciding=round_.zoneinfo, reader=reader_zone(request)
        ),
    }
    return page(request, "received", context)
