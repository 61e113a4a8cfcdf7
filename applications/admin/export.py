"""Asking for the filtered list as a file, watching it being made, and fetching it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from applications.admin.kept import filters_of, list_address, remember_list
from applications.admin.paging import NEWEST_FIRST
from applications.admin.words import short_time
from applications.domain import access
from applications.domain.errors import Refused
from applications.domain.review import exports
from applications.exports.columns import BY_KEY, Column, columns_for
from applications.exports.writing import SUFFIXES
from applications.models import Application, ExportJob, ExportKind, ExportState
from jetportal.requests import SignedInRequest
from positions.clockwords import Chip

LIST = "admin:applications_application_changelist"
SHOW = "admin:applications_exportjob_show"
REFUSED = 422
CHIPS = {
    ExportState.WAITING: "progress",
    ExportState.DONE: "complete",
    ExportState.FAILED: "failed",
    ExportState.EXPIRED: "closed",
}


class ExportForm(forms.Form):
    kind = forms.ChoiceField(
        label="File",
        choices=ExportKind.choices,
        initial=ExportKind.XLSX,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose which file you want.",
            "invalid_choice": "Choose one of the three files.",
        },
    )
    columns = forms.MultipleChoiceField(
        label="Columns",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="For the two spreadsheets. A PDF holds the answers as they were sent.",
        error_messages={"invalid_choice": "Choose columns of this list."},
    )

    def __init__(self, sent: Any, offered: tuple[Column, ...]) -> None:
        keys = [column.key for column in offered]
        super().__init__(sent, initial={"columns": keys})
        self.fields["columns"].choices = [(c.key, c.title) for c in offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_table = cleaned.get("kind") in {ExportKind.CSV, ExportKind.XLSX}
        if is_table and "columns" in cleaned and not cleaned["columns"]:
            self.add_error("columns", "Choose at least one column.")
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedInRequest) -> HttpResponse:
    """Offer the list at this address's filters and search, every row of it, not only one page."""
    if not access.may_review(request.user):
        raise PermissionDenied
    try:
        found = admin.site.get_model_admin(Application).get_changelist_instance(request)
    except IncorrectLookupParameters:
        return redirect(LIST)
    offered = columns_for(request.user)
    form = ExportForm(request.POST if request.method == "POST" else None, offered)
    refusal = ""
    if form.is_valid():
        rows = found.queryset.order_by(*NEWEST_FIRST)
        wanted = exports.Wanted(
            ExportKind(form.cleaned_data["kind"]),
            form.cleaned_data["columns"] or [column.key for column in offered],
            list(rows.values_list("pk", flat=True)),
            filters_of(request),
        )
        try:
            job = exports.ask(wanted, by=request.user, at=request.received_at)
        except Refused as no:
            refusal = str(no)
        else:
            remember_list(request, job.key)
            return redirect(SHOW, job.key)
    context = {
        "title": "Export this list",
        "form": form,
        "refusal": refusal,
        "query": request.GET.urlencode(),
        "searched": bool(request.GET.get(SEARCH_VAR)),
        "filtered": bool(filters_of(request)),
    }
    return _page(request, "ask", context, REFUSED if refusal or form.errors else 200)


def own_job(request: SignedInRequest, key: UUID) -> ExportJob:
    """Return an export of this person; anybody else's is not there, whatever the role."""
    job: ExportJob = get_object_or_404(ExportJob.objects.filter(asked_by=request.user), key=key)
    return job


@never_cache
@require_safe
def show(request: SignedInRequest, key: UUID) -> HttpResponse:
    job = own_job(request, key)
    fetched = [f"{short_time(row.at)} HST" for row in job.downloads.all()]
    context = {
        "title": ExportKind(job.kind).label,
        "job": job,
        "chip": chip_of(job),
        "making": job.state == ExportState.WAITING,
        "ready": job.state == ExportState.DONE,
        "columns": [BY_KEY[key].title for key in job.columns if key in BY_KEY]
        if job.kind != ExportKind.PDFS
        else [],
        "size": filesizeformat(job.size or 0),
        "asked": f"{short_time(job.asked_at)} HST",
        "until": f"{short_time(job.expires_at)} HST",
        "fetched": fetched,
        "left_out": len(job.left_out),
        "list_url": list_address(request, job.key, filters=job.filters),
    }
    return _page(request, "show", context)


def chip_of(job: ExportJob) -> Chip:
    state = ExportState(job.state)
    return Chip(CHIPS[state], str(state.label))


@never_cache
@require_safe
def fetch(request: SignedInRequest, key: UUID) -> HttpResponseBase:
    """Hand the file to its asker, as long as they may see all that is in it, and log it."""
    job = own_job(request, key)
    if job.state != ExportState.DONE:
        return redirect(SHOW, key)
    if not exports.may_fetch(request.user, job):
        messages.error(request, "You may not see every application in this file any more.")
        return redirect(SHOW, key)
    try:
        file = default_storage.open(job.file, "rb")
    except FileNotFoundError:
        raise Http404 from None
    if request.method == "GET":
        exports.fetched(job, by=request.user, at=request.received_at)
    response = FileResponse(
        file,
        as_attachment=True,
        filename=f"applications-{job.asked_at:%Y-%m-%d}.{SUFFIXES[ExportKind(job.kind)]}",
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _page(
    request: SignedInRequest, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    shown = {**admin.site.each_context(request), "opts": ExportJob._meta, **context}
    template = f"admin/applications/exportjob/{name}.html"
    return TemplateResponse(request, template, shown, status=status)
