"""What is done to a round, a page for each: check and publish, preview, extend, cancel, discard."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jetportal.requests import SignedInRequest
from positions.admin.round_forms import CancellationForm, ExtensionForm
from positions.admin.words import deadline_words, state_chip
from positions.deadlines import ZONES, deadline_in_words, in_words
from positions.domain import rounds
from positions.domain.errors import Refused
from positions.forms import ZoneChoice
from positions.listing import place_in_words
from positions.models import RecruitmentRound, RoundChange
from positions.views import round_context

PUBLISH = "positions.publish_recruitmentround"
VIEW = "positions.view_recruitmentround"
DISCARD = "positions.delete_recruitmentround"
FOLDER = "admin/positions/recruitmentround"
REFUSED = 409


def _found(request: SignedInRequest, pk: int, *permissions: str) -> RecruitmentRound:
    """Return the round with what its pages show, for whoever has one of `permissions`."""
    if not any(request.user.has_perm(permission) for permission in permissions):
        raise PermissionDenied
    return get_object_or_404(RecruitmentRound.objects.with_vacancies(), pk=pk)


def _page(
    request: SignedInRequest,
    page: str,
    round_: RecruitmentRound,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    shown = {
        **admin.site.each_context(request),
        "opts": RecruitmentRound._meta,
        "round": round_,
        "chip": state_chip(round_, request.received_at),
        "words": deadline_words(round_.closes_at, round_.zoneinfo),
        **context,
    }
    return render(request, f"{FOLDER}/{page}.html", shown, status=status)


def _done(request: SignedInRequest, round_: RecruitmentRound, words: str) -> HttpResponse:
    """Write the desk's own log, say what happened, and go back to the round."""
    desk = admin.site.get_model_admin(RecruitmentRound)
    desk.log_change(request, round_, words)
    messages.success(request, words)
    return redirect("admin:positions_recruitmentround_change", round_.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read the round back in words; a POST shows it to everybody."""
    round_ = _found(request, pk, PUBLISH)
    refusal = None
    if request.method == "POST":
        try:
            rounds.publish(pk, by=request.user, at=request.received_at)
        except Refused as refused:
            refusal = refused
        else:
            return _done(request, round_, "Published. Everybody sees it now.")
    context = {
        "title": "Check and publish",
        "refusal": refusal,
        "opens": in_words(round_.opens_at, round_.zoneinfo) if round_.opens_at else "",
        "posts": [(vacancy, place_in_words(vacancy)) for vacancy in round_.vacancies.all()],
    }
    return _page(request, "publish", round_, context, status=REFUSED if refusal else 200)


@require_GET
def preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the public page as it would look if the round were published at this moment."""
    round_ = _found(request, pk, PUBLISH, VIEW)
    draft = round_.published_at is None
    round_.published_at = round_.published_at or request.received_at
    choice = ZoneChoice(request.GET)
    context = {
        **round_context(round_, at=request.received_at, zone=choice.zoneinfo),
        "zones": ZONES.items(),
        "zone": choice.chosen("zone"),
        "hidden": [],
        "understood": choice.understood,
        "draft": draft,
    }
    return render(request, f"{FOLDER}/preview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for the new deadline; a POST reads it back in words and changes nothing yet."""
    round_ = _found(request, pk, PUBLISH)
    form = ExtensionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        end = form.end(round_, at=request.received_at)
        if end is not None:
            return _confirmation(request, round_, form, end)
    return _extension(request, round_, form)


def _extension(
    request: SignedInRequest, round_: RecruitmentRound, form: ExtensionForm
) -> HttpResponse:
    context = {"title": "Extend the deadline", "form": form}
    return _page(request, "extend", round_, context, status=REFUSED if form.errors else 200)


def _confirmation(
    request: SignedInRequest, round_: RecruitmentRound, form: ExtensionForm, end: datetime
) -> HttpResponse:
    context = {
        "title": "Check the new deadline",
        "form": form,
        "answers": [(field.html_name, field.value()) for field in form],
        "reason": form.cleaned_data["reason"],
        "new_words": deadline_words(end, round_.zoneinfo),
    }
    return _page(request, "extend_confirm", round_, context)


@require_POST
def extend_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    round_ = _found(request, pk, PUBLISH)
    form = ExtensionForm(request.POST)
    if form.is_valid():
        with form.refusals():
            change = rounds.extend(
                pk,
                day=form.cleaned_data["closes_on"],
                clock=form.cleaned_data["closes_time"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=request.received_at,
            )
            return _done(request, round_, f"Extended. The deadline is now {_new_deadline(change)}.")
    round_ = _found(request, pk, PUBLISH)
    return _extension(request, round_, form)


def _new_deadline(change: RoundChange) -> str:
    end = change.new_closes_at
    return deadline_in_words(end, change.round.zoneinfo) if end else ""


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    round_ = _found(request, pk, PUBLISH)
    form = CancellationForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with form.refusals():
            reason = form.cleaned_data["reason"]
            rounds.cancel(pk, reason=reason, by=request.user, at=request.received_at)
            return _done(request, round_, "Cancelled. The page of the round says so.")
    context = {"title": "Cancel this round", "form": form}
    return _page(request, "cancel", round_, context, status=REFUSED if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    round_ = _found(request, pk, DISCARD)
    refusal = None
    if request.method == "POST":
        try:
            rounds.discard(pk)
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, f"The draft “{round_.title}” is gone.")
            return redirect("admin:positions_recruitmentround_changelist")
    context = {"title": "Discard this draft", "refusal": refusal}
    return _page(request, "discard", round_, context, status=REFUSED if refusal else 200)


VIEWS: Mapping[str, Callable[..., HttpResponse]] = {
    "publish": publish,
    "preview": preview,
    "extend": extend,
    "extend_confirm": extend_confirm,
    "cancel": cancel,
    "discard": discard,
}
