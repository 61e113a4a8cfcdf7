"""The page of one application, and notes about it."""

from csp.constants import SELF
from django.contrib import admin, messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_safe

from applications.admin.boxes import boxes_for
from applications.admin.forms import NoteForm, typed
from applications.admin.page import page_of
from applications.admin.queue import queue_of
from applications.domain import access
from applications.domain.access import Part
from applications.domain.names import with_names
from applications.domain.outcomes.standings import with_standing
from applications.domain.review import judging, notes
from applications.models import Application
from jetportal.requests import SignedInRequest

# Documents are shown in the page; nobody else's pages are.
FRAMES = {"frame-src": [SELF]}
CHANGE = "admin:applications_application_change"


def reviewable(request: SignedInRequest, pk: int, part: Part = Part.WORK) -> Application:
    """Return an application of which the person may see the part, to work with it as a rule.

    Another's number answers like one that is not there.
    """
    at = request.received_at
    rows = with_standing(access.reviewable_by(request.user, at=at).with_late_end(at), at)
    rows = rows.select_related(
        "round__form_settings",
        "round__reference_settings",
        "position",
        "consulate",
        "vacancy__sport",
        "round__result_settings",
        "eligibility",
    )
    application: Application = get_object_or_404(with_names(rows), pk=pk)
    if part not in access.parts_for(request.user, application, at=at):
        raise Http404
    return application


@require_safe
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    if judging.asks_first(request.user, pk):
        return redirect("admin:applications_application_conflict", pk)
    return _page(request, reviewable(request, pk, Part.ANSWERS), NoteForm())


@require_http_methods(["GET", "HEAD", "POST"])
def add_note(request: SignedInRequest, pk: int) -> HttpResponse:
    application = reviewable(request, pk)
    if request.method != "POST":  # after signing in again, or by a reload
        return redirect(CHANGE, pk)
    form = NoteForm(typed(request.POST.dict()))
    if not form.is_valid():
        return _page(request, application, form)
    text = form.cleaned_data["text"]
    notes.write(application.pk, by=request.user, text=text, at=request.received_at)
    messages.success(request, "The note is kept.")
    return redirect(CHANGE, pk)


def _page(request: SignedInRequest, application: Application, form: NoteForm) -> HttpResponse:
    page = page_of(application, user=request.user, at=request.received_at)
    context = {
        **admin.site.each_context(request),
        "title": application.reference_shown,
        "subtitle": "Error: a note is not kept yet" if form.errors else None,
        "page": page,
        "boxes": boxes_for(application, user=request.user, at=request.received_at),
        "queue": queue_of(request, application),
        "form": form,
    }
    response = TemplateResponse(
        request,
        "admin/applications/application/file.html",
        context,
        status=422 if form.errors else 200,
    )
    response._csp_update = FRAMES  # type: ignore[attr-defined]  # read by django-csp
    return response
