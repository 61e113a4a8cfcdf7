"""One move of many applications: a preview that says what will be refused, then row by row.

Up to `MOST` are moved in the request; more go on in the background (`bulk_moves`, beside this).
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from applications.admin.bulk_moves import SHOW
from applications.admin.deciding import decide, is_result, needs_reason
from applications.admin.forms import ReasonForm, seen_status
from applications.admin.kept import filters_of, remember_list
from applications.admin.moving import target_named
from applications.admin.staff import arrival, staff
from applications.admin.words import desk_chip
from applications.domain import access, permitted
from applications.domain.errors import Refused
from applications.domain.moves import MOVES
from applications.domain.names import applicant_name, with_names
from applications.domain.review import bulk_moves
from applications.models import Application, Status
from jetportal.accounts.models import User
from jetportal.requests import SignedInRequest
from positions.clockwords import Chip

MOST = 100
ROW = re.compile(r"(\d{1,18})\.([a-z_]{1,20})")
LIST = "admin:applications_application_changelist"
MOVE_MANY = "admin:applications_application_move_many"

Action = Callable[[Any, HttpRequest, "QuerySet[Application]"], HttpResponse | None]


def actions_for(user: User) -> dict[str, tuple[Action, str, str]]:
    """Offer one action per status the person may move applications to, in the table's order."""
    actors = access.actors_of(user)
    targets = dict.fromkeys(move.target for move in MOVES if move.actor in actors)
    return {
        f"move_to_{target}": (
            action_to(target),
            f"move_to_{target}",
            f"Move to {target.label.lower()}",
        )
        for target in targets
    }


def action_to(target: Status) -> Action:
    def preview(_desk: Any, request: HttpRequest, queryset: "QuerySet[Application]") -> Any:
        """Send the chosen rows to the preview, whose address can be opened again."""
        rows: Any = queryset.prefetch_related(None).select_related(None)
        chosen = rows.standings(arrival(request))
        if len(chosen) > MOST:
            return propose(request, target, chosen)
        query = urlencode([("list", request.GET.urlencode()), *(("pk", pk) for pk, _ in chosen)])
        return redirect(f"{reverse(MOVE_MANY, args=[target])}?{query}")

    return preview


def propose(
    request: HttpRequest, target: Status, chosen: list[tuple[int, str]]
) -> HttpResponse | None:
    """Lead to the preview of a move that goes on in the background: it is too long for a page."""
    by, at = staff(request), arrival(request)
    try:
        bulk = bulk_moves.propose(chosen, target, by=by, at=at, filters=filters_of(request))
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return None
    remember_list(request, bulk.key)
    return redirect(SHOW, bulk.key)


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One chosen application; `refusal` is empty where the move is possible now."""

    application: Application
    applicant: str
    chip: Chip
    refusal: str
    is_result: bool = False

    @property
    def value(self) -> str:
        return f"{self.application.pk}.{self.application.standing}"


@require_http_methods(["GET", "HEAD", "POST"])
def move_many(request: SignedInRequest, target: str) -> HttpResponse:
    wanted = target_named(target)
    chosen = seen_rows(request.POST.getlist("row"))
    if request.method != "POST":
        chosen = dict.fromkeys(numbers(request.GET.getlist("pk")))
    if not chosen:
        messages.warning(request, "Choose at least one application first.")
        return redirect(LIST)
    rows = preview_rows(request, chosen, wanted)
    needed = any(needs_reason(row.application, wanted) for row in rows if not row.refusal)
    if request.method != "POST":
        return _preview(request, wanted, rows, ReasonForm(needed=needed))
    form = ReasonForm(request.POST.dict(), needed=needed)
    if not form.is_valid():
        return _preview(request, wanted, rows, form)
    _move_each(request, wanted, rows, chosen, reason=form.cleaned_data["reason"])
    back = QueryDict(request.POST.get("list", "")).urlencode()
    return redirect(f"{reverse(LIST)}?{back}" if back else LIST)


def numbers(texts: Iterable[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]  # noqa: PLR2004  a bigint


def seen_rows(texts: Iterable[str]) -> dict[int, Status | None]:
    """Read which applications were chosen, and the status each was seen in: "12.submitted"."""
    found = [match for text in texts if (match := ROW.fullmatch(text))]
    return {int(match[1]): seen_status(match[2]) for match in found}


def preview_rows(
    request: SignedInRequest, chosen: Iterable[int], target: Status
) -> tuple[PreviewRow, ...]:
    """Read the chosen applications; one that the person may not see answers 404 for all."""
    wanted = set(chosen)
    actors, at, by = access.actors_of(request.user), request.received_at, request.user
    seen = access.reviewable_by(by).with_due_result(at).select_related("round__result_settings")
    found = list(with_names(seen.filter(pk__in=wanted)))
    if len(wanted) > MOST or len(found) != len(wanted):
        raise Http404
    return tuple(
        PreviewRow(
            application,
            applicant_name(application),
            desk_chip(application.standing),
            permitted.why_not(application, target, actors=actors, at=at, by=by),
            is_result(application, target),
        )
        for application in found
    )


def _move_each(
    request: SignedInRequest,
    target: Status,
    rows: tuple[PreviewRow, ...],
    seen: dict[int, Status | None],
    *,
    reason: str,
) -> None:
    """Move row by row, each in its own transaction, and report what was done and what refused."""
    done: dict[str, list[str]] = {}
    refused: dict[str, list[str]] = {}
    for row in rows:
        application = row.application
        try:
            recorded = decide(
                request, application, target, reason=reason, expected=seen[application.pk]
            )
        except Refused as refusal:
            refused.setdefault(str(refusal), []).append(application.reference_shown)
        else:
            how = "recorded as" if recorded else "moved to"
            done.setdefault(how, []).append(application.reference_shown)
    for how, references in done.items():
        words = f"{len(references)} {how} {target.label.lower()}: {', '.join(references)}."
        messages.success(request, words)
    for why, references in refused.items():
        messages.warning(request, f"{len(references)} not moved: {', '.join(references)}. {why}")


def _preview(
    request: SignedInRequest, target: Status, rows: tuple[PreviewRow, ...], form: ReasonForm
) -> HttpResponse:
    possible = sum(not row.refusal for row in rows)
    context = {
        **admin.site.each_context(request),
        "title": f"Move to {target.label.lower()}",
        "rows": rows,
        "possible": possible,
        "refused": len(rows) - possible,
        "form": form,
        "list": request.POST.get("list", request.GET.get("list", "")),
    }
    return TemplateResponse(
        request,
        "admin/applications/application/move_many.html",
        context,
        status=422 if form.errors else 200,
    )
