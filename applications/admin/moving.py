"""One move of one application: look at it first, then do it."""

from django.contrib import admin, messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from applications.admin.deciding import decide, is_result, needs_reason, to_explain
from applications.admin.file import CHANGE, reviewable
from applications.admin.forms import ReasonForm, seen_status
from applications.admin.record import Entry, entry
from applications.admin.words import desk_chip
from applications.domain import access, permitted
from applications.domain.errors import Refused
from applications.domain.names import applicant_name
from applications.models import UNSENT, Application, Status
from jetportal.requests import SignedInRequest


def target_named(name: str) -> Status:
    if name not in Status.values or name in UNSENT:
        raise Http404
    return Status(name)


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: SignedInRequest, pk: int, target: str) -> HttpResponse:
    application, wanted = reviewable(request, pk), target_named(target)
    if request.method == "POST":
        return _done(request, application, wanted)
    form = ReasonForm(needed=needs_reason(application, wanted))
    return _preview(request, application, wanted, form)


def _done(request: SignedInRequest, application: Application, target: Status) -> HttpResponse:
    form = ReasonForm(request.POST.dict(), needed=needs_reason(application, target))
    if not form.is_valid():
        return _preview(request, application, target, form)
    try:
        recorded = decide(
            request,
            application,
            target,
            reason=form.cleaned_data["reason"],
            expected=seen_status(request.POST.get("seen", "")),
        )
    except Refused as refusal:
        return _preview(request, reviewable(request, application.pk), target, form, str(refusal))
    now = "recorded, not released yet" if recorded else "now"
    messages.success(request, f"{application.reference_shown}: {target.label.lower()} {now}.")
    return redirect(CHANGE, application.pk)


def title(application: Application, target: Status) -> str:
    verb = "Record" if is_result(application, target) else "Move"
    link = ":" if verb == "Record" else " to"
    return f"{verb} {application.reference_shown}{link} {target.label.lower()}"


def _preview(
    request: SignedInRequest,
    application: Application,
    target: Status,
    form: ReasonForm,
    refused: str = "",
) -> HttpResponse:
    actors = access.actors_in(request.user, application)
    refused = refused or permitted.why_not(
        application, target, actors=actors, at=request.received_at, by=request.user
    )
    context = {
        **admin.site.each_context(request),
        "title": title(application, target),
        "is_result": is_result(application, target),
        "to_explain": "" if refused else to_explain(application, target),
        "application": application,
        "applicant": applicant_name(application),
        "chip": desk_chip(application.standing),
        "target_chip": desk_chip(target),
        "form": form,
        "refused": refused,
        "last": _last(application) if refused else None,
    }
    status = 409 if refused else (422 if form.errors else 200)
    return TemplateResponse(
        request, "admin/applications/application/move.html", context, status=status
    )


def _last(application: Application) -> Entry | None:
    """Tell who moved it last, so that the second of two people knows what happened."""
    change = application.history.select_related("by").last()
    return entry(application, change) if change else None
