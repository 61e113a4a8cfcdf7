"""Releases of results at the desk: look, order the alternates, ask, approve, take back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, DateTimeField, OuterRef, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from applications.admin import seats
from applications.admin.forms import status_of
from applications.admin.result_forms import AskForm, Places
from applications.admin.result_pages import REFUSED, WRONG, page, require_office
from applications.admin.staff import arrival, staff
from applications.admin.words import short_time
from applications.domain import access
from applications.domain.errors import Refused
from applications.domain.outcomes import marks, release, results
from applications.domain.review import conflicts, overview
from applications.models import BatchState, Decision, ResultBatch, Status
from jetportal.counted import CountUpTo, in_words
from jetportal.desklists import DeskList
from jetportal.requests import SignedInRequest
from positions.clockwords import Chip
from positions.deadlines import deadline_in_words

LIST = "admin:applications_resultbatch_changelist"
CHANGE = "admin:applications_resultbatch_change"
NOT_IN_IT = "Whoever applies after this release has no result in it. You can release all the same."
CHIPS = {
    BatchState.OPEN: "progress",
    BatchState.ASKED: "missing",
    BatchState.ARMED: "upcoming",
    BatchState.RELEASED: "complete",
}


def chip_of(state: BatchState) -> Chip:
    return Chip(CHIPS[state], str(state.label))


@dataclass(frozen=True, slots=True)
class Line:
    """One step of a release: what was done, when, by whom, why."""

    what: str
    beneath: str
    reason: str


def _batch(request: SignedInRequest, pk: int) -> ResultBatch:
    require_office(request)
    rows = ResultBatch.objects.select_related("round", "asked_by", "approved_by")
    batch: ResultBatch = get_object_or_404(rows, pk=pk)
    return batch


def _alternates(batch: ResultBatch) -> list[Decision]:
    rows = batch.decisions.filter(outcome=Status.ALTERNATE).select_related("application")
    return list(rows.order_by("vacancy__key", "rank"))


def _batch_page(
    request: SignedInRequest,
    batch: ResultBatch,
    *,
    form: AskForm | None = None,
    places: Places | None = None,
    refusal: str = "",
) -> HttpResponse:
    at = request.received_at
    state = batch.state(at)
    is_open = state == BatchState.OPEN
    if form is not None and not is_open:  # somebody was quicker, so there is no form to say it
        refusal = " ".join(str(words) for words in form.non_field_errors())
    steps = batch.steps.select_related("by")
    seen = release.overview(batch, at=at) if state != BatchState.RELEASED else None
    context = {
        "title": f"{batch.get_stage_display()}: {batch.round.title}",
        "batch": batch,
        "hides": batch.decisions.filter(application__in=conflicts.known_to(request.user)).exists(),
        "chip": chip_of(state),
        "is_open": is_open,
        "mark": marks.mark_of(batch),
        "seen": seen,
        "still_taken": _still_taken(batch, seen),
        "usual_days": _usual_days(batch, at) if is_open else "",
        "mails": [(kind.replace("_", " "), n) for kind, n in seen.mails.items()] if seen else [],
        "counts": _counts(batch) if state == BatchState.RELEASED else None,
        "alternates": (places or Places(_alternates(batch), None)).rows,
        "wrong": places is not None,
        "recorded": list(batch.decisions.select_related("application")[: release.SHOWN])
        if is_open
        else [],
        "more_recorded": max(sum(seen.outcomes.values()) - release.SHOWN, 0) if seen else 0,
        "form": (form or AskForm(None, batch, at)) if is_open else None,
        "may_approve": state == BatchState.ASKED and request.user.pk != batch.asked_by_id,
        "asked_by_me": state == BatchState.ASKED and request.user.pk == batch.asked_by_id,
        "may_take_back": state in {BatchState.ASKED, BatchState.ARMED},
        "steps": [
            Line(
                str(step.get_what_display()),
                f"{short_time(step.at)} HST, {step.by.email}",
                step.reason,
            )
            for step in steps
        ],
        "refusal": refusal,
    }
    if refusal or (form is not None and not is_open):
        return page(request, "batch", context, status=REFUSED)
    wrong = WRONG if places else 200
    return page(request, "batch", context, status=status_of(form) if form else wrong)


def _usual_days(batch: ResultBatch, at: datetime) -> str:
    until = release.replies_until(batch, at=at)
    return deadline_in_words(until, batch.round.zoneinfo) if until else ""


def _still_taken(batch: ResultBatch, seen: release.Overview | None) -> str:
    """Warn where applications may still arrive for the round whose results are released."""
    if seen is None or seen.taken_until is None:
        return ""
    until = deadline_in_words(seen.taken_until, batch.round.zoneinfo)
    if seen.taken_until > batch.round.closes_at:
        return f"By a late grant somebody may still apply, until {until}. {NOT_IN_IT}"
    return f"Applications are taken until {until}. {NOT_IN_IT}"


def _counts(batch: ResultBatch) -> dict[str, int]:
    """Count what became of a released batch: carried out, left alone, still to do."""
    found = batch.decisions.order_by().values_list("moved").annotate(n=Count("pk"))
    words = {True: "Carried out", False: "Had gone another way", None: "Still to carry out"}
    return {words[moved]: n for moved, n in found}


@require_safe
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    return _batch_page(request, _batch(request, pk))


@require_POST
def ask(request: SignedInRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk)
    form = AskForm(request.POST.dict(), batch, request.received_at)
    if form.is_valid():
        with form.refusals():
            results.ask(
                batch.key,
                release=form.release,
                reply_by=form.reply_by,
                over_seats=form.cleaned_data.get("over_seats", ""),
                by=request.user,
                at=request.received_at,
                seen=request.POST.get("seen", ""),
            )
            messages.success(request, "Asked for. Somebody else of the office approves it.")
            return redirect(CHANGE, pk)
    return _batch_page(request, _batch(request, pk), form=form)


def _done(
    request: SignedInRequest, pk: int, act: Callable[[ResultBatch], object], words: str
) -> HttpResponse:
    batch = _batch(request, pk)
    try:
        act(batch)
    except Refused as refusal:
        return _batch_page(request, _batch(request, pk), refusal=str(refusal))
    messages.success(request, words)
    return redirect(CHANGE, pk)


@require_POST
def approve(request: SignedInRequest, pk: int) -> HttpResponse:
    by, at, seen = request.user, request.received_at, request.POST.get("seen", "")
    words = "Approved. From its moment on pages show the results, and the mails leave."
    return _done(
        request, pk, lambda batch: results.approve(batch.key, by=by, at=at, seen=seen), words
    )


@require_POST
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    by, at = request.user, request.received_at
    words = "Taken back. Nothing was released, and results can be changed again."
    return _done(request, pk, lambda batch: results.take_back(batch.key, by=by, at=at), words)


@require_POST
def order(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put the alternates into the order of the places typed beside them."""
    by, at = request.user, request.received_at
    batch = _batch(request, pk)
    places = Places(_alternates(batch), request.POST.dict())
    if places.are_wrong and batch.state(at) == BatchState.OPEN:
        return _batch_page(request, batch, places=places)
    return _done(
        request,
        pk,
        lambda batch: results.reorder(batch.key, places.wanted, by=by, at=at),
        "The alternates are in that order now.",
    )


@require_POST
def remove(request: SignedInRequest, pk: int, decision: int) -> HttpResponse:
    by, at = request.user, request.received_at
    known = conflicts.known_to(by)
    get_object_or_404(_batch(request, pk).decisions.exclude(application__in=known), pk=decision)
    return _done(
        request, pk, lambda _batch: results.remove(decision, by=by, at=at), "Taken away again."
    )


@admin.register(ResultBatch)
class ResultBatchAdmin(DeskList[ResultBatch]):
    """Releases of the program office. Results are recorded on the pages of applications."""

    list_display = ("stage_and_number", "round", "recorded", "state", "moment")
    list_display_links = ("stage_and_number",)
    list_select_related = ("round",)
    list_per_page = 50
    sortable_by = ()
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_queryset(self, request: HttpRequest) -> Any:
        now = Value(arrival(request), DateTimeField())
        recorded = Decision.objects.filter(batch=OuterRef("key"))
        return super().get_queryset(request).annotate(n=CountUpTo(recorded), seen_at=now)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.may_release(staff(request))

    def has_view_permission(self, request: HttpRequest, obj: ResultBatch | None = None) -> bool:
        return access.may_release(staff(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ResultBatch | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ResultBatch | None = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        rounds = overview.rounds_shown(at=arrival(request))
        context = {"title": "Releases of results", "rounds": rounds, **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        pages: dict[str, tuple[Callable[..., Any], str]] = {
            "": (self.changelist_view, "changelist"),
            "<int:pk>/change/": (show, "change"),
            "<int:pk>/ask/": (ask, "ask"),
            "<int:pk>/approve/": (approve, "approve"),
            "<int:pk>/take-back/": (take_back, "take_back"),
            "<int:pk>/order/": (order, "order"),
            "<int:pk>/remove/<int:decision>/": (remove, "remove"),
            "seats/<slug:slug>/": (seats.show, "seats"),
            "seats/<slug:slug>/number/<int:pk>/": (seats.set_number, "set_number"),
            "seats/<slug:slug>/declined/<int:pk>/": (seats.mark_declined, "mark_declined"),
            "seats/<slug:slug>/late/<int:pk>/": (seats.count_late, "count_late"),
        }
        return [
            path(address, guarded(view), name=f"applications_resultbatch_{name}")
            for address, (view, name) in pages.items()
        ]

    @admin.display(description="Results")
    def stage_and_number(self, batch: ResultBatch) -> str:
        return f"{batch.get_stage_display()}, {batch.number}"

    @admin.display(description="Recorded")
    def recorded(self, batch: Any) -> str:
        return in_words(batch.n)

    @admin.display(description="State")
    def state(self, batch: Any) -> str:
        chip = chip_of(batch.state(batch.seen_at))
        return render_to_string("includes/_chip.html", {"kind": chip.kind, "words": chip.words})

    @admin.display(description="Moment")
    def moment(self, batch: ResultBatch) -> str:
        return batch.release or "not set"
