"""A notice becomes a draft round: its facts in one form, read back, then stored."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from jetportal.requests import SignedInRequest
from positions.admin.notice_forms import NoticeForm, facts_of
from positions.admin.round_pages import ADD, FOLDER, PUBLISH, REFUSED, require
from positions.admin.words import deadline_words
from positions.deadlines import in_words
from positions.domain import notices
from positions.listing import place_in_words
from positions.models import RecruitmentRound, RoundKind


@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: SignedInRequest) -> HttpResponse:
    """Ask for the facts; a POST reads them back in words and stores nothing yet.

    `?copy=ADDRESS` fills in those of a past SEA round, without its dates.
    """
    require(request, ADD)
    if request.method != "POST":
        return _form(request, NoticeForm(initial=_copied(request), at=request.received_at))
    form = NoticeForm(request.POST, at=request.received_at)
    return _read_back(request, form) if form.is_valid() else _form(request, form)


@require_POST
def again(request: SignedInRequest) -> HttpResponse:
    """Show the form with the facts as they were typed, to correct them."""
    require(request, ADD)
    return _form(request, NoticeForm(initial=request.POST.dict(), at=request.received_at))


@require_POST
def take_in(request: SignedInRequest) -> HttpResponse:
    """Store the draft and go on to its pre-flight."""
    require(request, ADD)
    form = NoticeForm(request.POST, at=request.received_at)
    if form.is_valid():
        with form.refusals():
            round_ = notices.take_in(form.notice(), at=request.received_at)
            desk = admin.site.get_model_admin(RecruitmentRound)
            desk.log_addition(request, round_, "Taken in from a notice.")
            messages.success(request, "Saved as a draft. Nobody sees it yet.")
            page = "publish" if request.user.has_perm(PUBLISH) else "change"
            return redirect(f"admin:positions_recruitmentround_{page}", round_.pk)
    return _form(request, form)


def _copied(request: SignedInRequest) -> dict[str, Any]:
    slug = request.GET.get("copy", "").replace("\x00", "")
    if not slug:
        return {}
    return facts_of(get_object_or_404(RecruitmentRound, slug=slug, kind=RoundKind.SEA))


def _form(request: SignedInRequest, form: NoticeForm) -> HttpResponse:
    context = {"title": "New SEA round from a notice", "form": form}
    return _page(request, "notice", context, status=REFUSED if form.errors else 200)


def _read_back(request: SignedInRequest, form: NoticeForm) -> HttpResponse:
    draft = form.draft
    round_, zone = draft.round, draft.round.zoneinfo
    context = {
        "title": "Check the new round",
        "form": form,
        "answers": [(field.html_name, field.value()) for field in form],
        "round": round_,
        "posts": [(post, place_in_words(post)) for post in draft.posts],
        "sentence": notices.deadline_sentence(round_.closes_at, zone),
        "words": deadline_words(round_.closes_at, zone),
        "opens": in_words(round_.opens_at, zone) if round_.opens_at else "",
    }
    return _page(request, "notice_confirm", context)


def _page(
    request: SignedInRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    shown = {**admin.site.each_context(request), "opts": RecruitmentRound._meta, **context}
    return render(request, f"{FOLDER}/{name}.html", shown, status=status)
