"""The exports that somebody has asked for: one's own, and nobody else's."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from applications.admin import export
from applications.admin.staff import staff
from applications.admin.words import short_time
from applications.admin.work_lists import WorkList
from applications.models import ExportJob, ExportKind, ExportState

LEAD = (
    "You ask for a file from the list of applications. It is made in the background, is yours "
    "alone, and is kept for 7 days."
)


@admin.register(ExportJob)
class ExportJobAdmin(WorkList[ExportJob]):
    list_display = ("what", "asked", "applications", "state_chip", "kept_until")

    def get_queryset(self, request: HttpRequest) -> Any:
        mine = super().get_queryset(request).filter(asked_by=staff(request))
        return mine.defer("rows", "left_out")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": "Your exports", "lead": LEAD, **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        name = "applications_exportjob"
        return [
            path("", guarded(self.changelist_view), name=f"{name}_changelist"),
            path("<uuid:key>/", guarded(export.show), name=f"{name}_show"),
            path("<uuid:key>/file/", guarded(export.fetch), name=f"{name}_file"),
        ]

    @admin.display(description="File")
    def what(self, job: ExportJob) -> str:
        url = reverse(export.SHOW, args=[job.key])
        return format_html('<a href="{}">{}</a>', url, ExportKind(job.kind).label)

    @admin.display(description="Asked for, HST")
    def asked(self, job: ExportJob) -> str:
        return short_time(job.asked_at)

    @admin.display(description="Applications")
    def applications(self, job: ExportJob) -> str:
        return f"{job.done} of {job.total}" if job.done < job.total else str(job.total)

    @admin.display(description="State")
    def state_chip(self, job: ExportJob) -> str:
        chip = export.chip_of(job)
        return render_to_string("includes/_chip.html", {"kind": chip.kind, "words": chip.words})

    @admin.display(description="Kept until, HST")
    def kept_until(self, job: ExportJob) -> str:
        return "" if job.state == ExportState.EXPIRED else short_time(job.expires_at)
