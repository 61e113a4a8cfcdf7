"""My applications, and starting one."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from applications.domain.errors import Refused
from applications.domain.form import drafts
from applications.domain.form.reapplying import earlier_ones
from applications.models import UNSENT, Application
from applications.views.common import applicant_page, reader_zone
from applications.views.late import own_clocks
from applications.views.rows import application_row
from jetportal.requests import SignedInRequest
from positions.models import RecruitmentRound


@require_GET
@applicant_page
def index(request: SignedInRequest) -> HttpResponse:
    at = request.received_at
    mine = Application.objects.of(request.user).with_round().with_late_end(at).with_due_result(at)
    rows = [
        application_row(application, at=at) for application in mine.order_by("-created_at", "-pk")
    ]
    return render(request, "applications/list.html", {"nav": "account", "rows": rows})


@require_http_methods(["GET", "POST"])
@applicant_page
def start(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show what starting means; the button makes the draft. An existing one is opened instead."""
    at = request.received_at
    published = RecruitmentRound.objects.published(at).with_vacancies()
    round_ = get_object_or_404(published, slug=slug)
    mine = Application.objects.of(request.user).filter(round=round_).first()
    if mine is not None:
        name = "tasks" if mine.status in UNSENT else "receipt"
        return redirect(f"applications:{name}", key=mine.key)
    if request.method == "POST":
        try:
            application = drafts.start(slug, by=request.user, at=at)
        except Refused as refusal:
            messages.warning(request, str(refusal))
            return redirect("positions:round", slug=slug)
        return redirect("applications:tasks", key=application.key)
    until = drafts.late_end(round_, of=request.user, at=at)
    context = start_context(round_, until=until, at=at, zone=reader_zone(request))
    context["earlier"] = earlier_ones(round_, of=request.user)
    return render(request, "applications/start.html", context)


def start_context(
    round_: RecruitmentRound, *, until: datetime | None, at: datetime, zone: ZoneInfo | None
) -> dict[str, Any]:
    """Return what the page shows at `at` to somebody who may have been granted the end `until`."""
    clocks = own_clocks(round_, until, at=at, zone=zone)
    accepts = round_.accepts(at, until=until)
    return {"nav": "account", "round": round_, "clocks": clocks, "accepts": accepts}
