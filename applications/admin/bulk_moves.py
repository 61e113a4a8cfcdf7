"""Bulk moves of more files than one request moves: preview, start, progress, what was refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from applications.admin.forms import ReasonForm
from applications.admin.kept import list_address
from applications.admin.staff import staff
from applications.admin.words import short_time
from applications.admin.work_lists import WorkList
from applications.domain.errors import Refused
from applications.domain.review import bulk_moves
from applications.models import BulkMove, BulkMoveRow, BulkRowState, BulkState, Status
from jetportal.requests import SignedInRequest
from positions.clockwords import Chip

LIST = "admin:applications_application_changelist"
SHOW = "admin:applications_bulkmove_show"
SHOWN_REFUSALS = 500
REFUSED, WRONG = 409, 422
CHIPS = {
    BulkState.PROPOSED: "upcoming",
    BulkState.RUNNING: "progress",
    BulkState.DONE: "complete",
    BulkState.STOPPED: "closed",
}


@dataclass(frozen=True, slots=True)
class Refusals:
    """Files that stayed for one reason, as far as they are listed."""

    why: str
    rows: tuple[BulkMoveRow, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is; `done` counts what was refused, too."""

    done: int
    waiting: int
    told: tuple[str, ...]


def title_of(bulk: BulkMove) -> str:
    return f"Move to {Status(bulk.target).label.lower()}"


def chip_of(bulk: BulkMove) -> Chip:
    state = BulkState(bulk.state)
    return Chip(CHIPS[state], str(state.label))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: SignedInRequest, key: UUID) -> HttpResponse:
    bulk: BulkMove = get_object_or_404(bulk_moves.visible_to(request.user), key=key)
    if bulk.state != BulkState.PROPOSED:
        return redirect(SHOW, key) if request.method == "POST" else _progress_page(request, bulk)
    if bulk.asked_by_id != request.user.pk:
        return _page(request, bulk, {"elsewhere": True})
    reckoned = bulk_moves.reckon(bulk, at=request.received_at)
    if request.method != "POST":
        return _preview(request, bulk, reckoned, ReasonForm(needed=reckoned.needs_reason))
    form = ReasonForm(request.POST.dict(), needed=reckoned.needs_reason)
    if not form.is_valid():
        return _preview(request, bulk, reckoned, form)
    try:
        reason = form.cleaned_data["reason"]
        bulk_moves.start(key, reason=reason, by=request.user, at=request.received_at)
    except Refused as refusal:
        return _preview(request, bulk, reckoned, form, str(refusal))
    return redirect(SHOW, key)


@require_POST
def stop(request: SignedInRequest, key: UUID) -> HttpResponse:
    get_object_or_404(bulk_moves.visible_to(request.user), key=key)
    if bulk_moves.stop(key, by=request.user, at=request.received_at):
        messages.success(request, "Stopped. What was not moved yet stays where it is.")
    return redirect(SHOW, key)


def _preview(
    request: SignedInRequest,
    bulk: BulkMove,
    reckoned: bulk_moves.Reckoned,
    form: ReasonForm,
    refusal: str = "",
) -> HttpResponse:
    context = {"reckoned": reckoned, "form": form, "refusal": refusal}
    status = REFUSED if refusal else (WRONG if form.errors else 200)
    return _page(request, bulk, context, status)


def _progress_page(request: SignedInRequest, bulk: BulkMove) -> HttpResponse:
    progress = progress_of(bulk)
    reasons = bulk_moves.reasons(bulk)
    refused = bulk_moves.refusals(bulk, user=request.user, most=SHOWN_REFUSALS)
    context = {
        "progress": progress,
        "running": bulk.state == BulkState.RUNNING,
        "stopped": bulk.state == BulkState.STOPPED,
        "reasons": reasons,
        "refusals": list(grouped(refused)),
        "unlisted": sum(number for _why, number in reasons) - len(refused),
    }
    return _page(request, bulk, context)


def progress_of(bulk: BulkMove) -> Progress:
    counted = bulk_moves.counts(bulk)
    waiting = counted.get(BulkRowState.WAITING, 0)
    label = Status(bulk.target).label.lower()
    told = (
        (counted.get(BulkRowState.MOVED, 0), f"moved to {label}"),
        (counted.get(BulkRowState.RECORDED, 0), f"recorded as {label}, not released yet"),
        (counted.get(BulkRowState.REFUSED, 0), "not moved"),
    )
    lines = tuple(f"{number:,} {words}" for number, words in told if number)
    return Progress(bulk.total - waiting, waiting, lines)


def grouped(rows: Iterable[BulkMoveRow]) -> Iterable[Refusals]:
    """Put rows that come reason by reason under one heading each."""
    for why, same in groupby(rows, key=lambda row: row.why):
        yield Refusals(why, tuple(same))


def _page(
    request: SignedInRequest, bulk: BulkMove, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    shown = {
        **admin.site.each_context(request),
        "title": f"{title_of(bulk)}: {bulk.total:,} applications",
        "opts": BulkMove._meta,
        "bulk": bulk,
        "chip": chip_of(bulk),
        "asked": f"{short_time(bulk.asked_at)} HST",
        "started": f"{short_time(bulk.started_at)} HST" if bulk.started_at else "",
        "ended": f"{short_time(bulk.ended_at)} HST" if bulk.ended_at else "",
        "list_url": list_address(request, bulk.key, filters=bulk.filters),
        **context,
    }
    template = "admin/applications/bulkmove/show.html"
    return TemplateResponse(request, template, shown, status=status)


@admin.register(BulkMove)
class BulkMoveAdmin(WorkList[BulkMove]):
    """One's own bulk moves; to the program office, everybody's."""

    list_display = ("what", "who", "asked", "size", "state_chip")

    def get_queryset(self, request: HttpRequest) -> Any:
        return bulk_moves.visible_to(staff(request)).defer("reason")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": "Bulk moves", **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        name = "applications_bulkmove"
        return [
            path("", guarded(self.changelist_view), name=f"{name}_changelist"),
            path("<uuid:key>/", guarded(show), name=f"{name}_show"),
            path("<uuid:key>/stop/", guarded(stop), name=f"{name}_stop"),
        ]

    @admin.display(description="Move")
    def what(self, bulk: BulkMove) -> str:
        return format_html('<a href="{}">{}</a>', reverse(SHOW, args=[bulk.key]), title_of(bulk))

    @admin.display(description="By")
    def who(self, bulk: BulkMove) -> str:
        return bulk.asked_by.email

    @admin.display(description="Proposed, HST")
    def asked(self, bulk: BulkMove) -> str:
        return short_time(bulk.asked_at)

    @admin.display(description="Applications")
    def size(self, bulk: BulkMove) -> str:
        return f"{bulk.total:,}"

    @admin.display(description="State")
    def state_chip(self, bulk: BulkMove) -> str:
        chip = chip_of(bulk)
        return render_to_string("includes/_chip.html", {"kind": chip.kind, "words": chip.words})
