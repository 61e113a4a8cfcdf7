"""Telling everybody who waits for a round: how many, what they would read, and the button."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from jetportal.requests import SignedInRequest
from positions.admin.words import deadline_words, state_chip
from positions.deadlines import in_words
from positions.domain import announcements
from positions.domain.errors import Refused
from positions.models import Announcement, RecruitmentRound

PUBLISH = "positions.publish_recruitmentround"
PAGE = "admin/positions/recruitmentround/announce.html"
REFUSED = 409


@require_http_methods(["GET", "HEAD", "POST"])
def announce(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the count and three samples; a POST begins to tell everybody, once."""
    if not request.user.has_perm(PUBLISH):
        raise PermissionDenied
    round_ = get_object_or_404(RecruitmentRound.objects.with_vacancies(), pk=pk)
    refusal = None
    if request.method == "POST":
        try:
            announcements.announce(pk, by=request.user, at=request.received_at)
        except Refused as refused:
            refusal = refused
        else:
            return _begun(request, round_)
    return _page(request, round_, refusal)


def _begun(request: SignedInRequest, round_: RecruitmentRound) -> HttpResponse:
    desk = admin.site.get_model_admin(RecruitmentRound)
    desk.log_change(request, round_, "Announced to those who wait for it.")
    messages.success(request, "Announced. The mails leave within the next minutes.")
    return redirect("admin:positions_round_announce", round_.pk)


def _page(
    request: SignedInRequest, round_: RecruitmentRound, refusal: Refused | None
) -> HttpResponse:
    openings = Announcement.objects.openings().filter(round=round_)
    told = openings.select_related("by").first()
    context = {
        **admin.site.each_context(request),
        "opts": RecruitmentRound._meta,
        "round": round_,
        "chip": state_chip(round_, request.received_at),
        "words": deadline_words(round_.closes_at, round_.zoneinfo),
        "title": "Announce this round",
        "refusal": refusal,
        "told": told,
        "told_on": in_words(told.at, round_.zoneinfo) if told else "",
        "obstacle": _obstacle(request, round_),
        "preview": announcements.announcement(round_, at=request.received_at),
        "later": in_words(round_.published_at, round_.zoneinfo)
        if round_.published_at and round_.published_at > request.received_at
        else "",
    }
    return render(request, PAGE, context, status=REFUSED if refusal else 200)


def _obstacle(request: SignedInRequest, round_: RecruitmentRound) -> Refused | None:
    try:
        announcements.require_announceable(round_, at=request.received_at)
    except Refused as refused:
        return refused
    return None
