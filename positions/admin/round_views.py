"""What is done to a round, a page for each: preview, extend, cancel, discard."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jetportal.requests import SignedInRequest
from positions.admin import archiving, publishing
from positions.admin.round_forms import CancellationForm, ConfirmedExtensionForm, ExtensionForm
from positions.admin.round_pages import DISCARD, FOLDER, PUBLISH, REFUSED, VIEW, done, found, page
from positions.admin.words import deadline_words
from positions.deadlines import ZONES, deadline_in_words
from positions.domain import rounds
from positions.domain.errors import Refused
from positions.forms import ZoneChoice
from positions.models import HIDDEN, RecruitmentRound, RoundChange
from positions.views import round_context


@require_GET
def preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the public page as it would look if the round were published at this moment."""
    round_ = found(request, pk, PUBLISH, VIEW)
    draft = round_.state(request.received_at) in HIDDEN
    if draft:
        round_.published_at = request.received_at
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
    round_ = found(request, pk, PUBLISH)
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
    return page(request, "extend", round_, context, status=REFUSED if form.errors else 200)


def _confirmation(
    request: SignedInRequest, round_: RecruitmentRound, form: ExtensionForm, end: datetime
) -> HttpResponse:
    context = {
        "title": "Check the new deadline",
        "form": form,
        "answers": [(field.html_name, field.value()) for field in form],
        "until_now": round_.closes_at.isoformat(),
        "reason": form.cleaned_data["reason"],
        "new_words": deadline_words(end, round_.zoneinfo),
    }
    return page(request, "extend_confirm", round_, context)


@require_POST
def extend_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    round_ = found(request, pk, PUBLISH)
    form = ConfirmedExtensionForm(request.POST)
    if form.is_valid():
        with form.refusals():
            change = rounds.extend(
                pk,
                day=form.cleaned_data["closes_on"],
                clock=form.cleaned_data["closes_time"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=request.received_at,
                read=form.cleaned_data["until_now"],
            )
            return done(request, round_, f"Extended. The deadline is now {_new_deadline(change)}.")
    round_ = found(request, pk, PUBLISH)
    return _extension(request, round_, form)


def _new_deadline(change: RoundChange) -> str:
    end = change.new_closes_at
    return deadline_in_words(end, change.round.zoneinfo) if end else ""


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    round_ = found(request, pk, PUBLISH)
    over = round_.closes_at <= request.received_at
    form = CancellationForm(request.POST if request.method == "POST" else None, over=over)
    if form.is_bound and form.is_valid():
        with form.refusals():
            reason = form.cleaned_data["reason"]
            rounds.cancel(pk, reason=reason, by=request.user, at=request.received_at)
            return done(request, round_, "Cancelled. The page of the round says so.")
    context = {"title": "Cancel this round", "form": form}
    return page(request, "cancel", round_, context, status=REFUSED if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    round_ = found(request, pk, DISCARD)
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
    return page(request, "discard", round_, context, status=REFUSED if refusal else 200)


VIEWS: Mapping[str, Callable[..., HttpResponse]] = {
    "publish": publishing.publish,
    "take_back": publishing.take_back,
    "archive": archiving.archive,
    "bring_back": archiving.bring_back,
    "preview": preview,
    "extend": extend,
    "extend_confirm": extend_confirm,
    "cancel": cancel,
    "discard": discard,
}
