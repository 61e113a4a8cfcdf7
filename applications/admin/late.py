"""Late submits at the desk: who sent too late, and by how much. What they wrote stays sealed."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from applications.admin.filters import RoundFilter
from applications.admin.staff import staff
from applications.domain import access
from applications.domain.review import conflicts
from applications.models import UNSENT, Application, LateSubmit
from applications.views.late import how_late
from jetportal.desklists import DeskList
from positions.clockwords import Chip
from positions.deadlines import in_words_to_the_second

LEAD = (
    "Complete applications that were sent after their end. They are kept sealed and do not count, "
    "unless a late grant lets one in."
)


class LateRoundFilter(RoundFilter):
    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.chosen
        return queryset.filter(application__round=chosen) if chosen else queryset


def chip_of(row: LateSubmit) -> Chip:
    application = row.application
    if application.status in UNSENT:
        return Chip("progress", "Kept, does not count")
    submitted = application.submitted_at
    admitted = submitted is not None and submitted <= row.received_at
    return Chip("complete", "Admitted" if admitted else "Sent since")


@admin.register(LateSubmit)
class LateSubmitAdmin(DeskList[LateSubmit]):
    """The newest late submit of each application. Nothing is opened, edited or deleted here."""

    list_display = ("account", "round", "arrived", "late_by", "state", "grant")
    list_display_links = None
    list_filter = (LateRoundFilter,)
    list_per_page = 50
    ordering = ("-received_at", "-pk")
    sortable_by = ()
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_queryset(self, request: HttpRequest) -> QuerySet[LateSubmit]:
        rows: QuerySet[LateSubmit] = LateSubmit.objects.counting()
        known = Application.objects.filter(applicant__in=conflicts.people_known_to(staff(request)))
        rows = rows.exclude(application__in=known)
        return rows.select_related("application__applicant", "application__round").defer(
            "sealed", "unsent"
        )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.may_grant(staff(request))

    def has_view_permission(self, request: HttpRequest, obj: LateSubmit | None = None) -> bool:
        return access.may_grant(staff(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: LateSubmit | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: LateSubmit | None = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": "Late submits", "lead": LEAD, **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.changelist_view)
        return [path("", view, name="applications_latesubmit_changelist")]

    @admin.display(description="Account")
    def account(self, row: LateSubmit) -> str:
        return str(row.application.applicant.email)

    @admin.display(description="Round")
    def round(self, row: LateSubmit) -> str:
        return format_html("<bdi>{}</bdi>", row.application.round.title)

    @admin.display(description="Arrived, by our server's clock")
    def arrived(self, row: LateSubmit) -> str:
        return in_words_to_the_second(row.received_at, row.application.round.zoneinfo)

    @admin.display(description="How late")
    def late_by(self, row: LateSubmit) -> str:
        return how_late(row.received_at - row.ends_at)

    @admin.display(description="State")
    def state(self, row: LateSubmit) -> str:
        chip = chip_of(row)
        return render_to_string("includes/_chip.html", {"kind": chip.kind, "words": chip.words})

    @admin.display(description="Let it in")
    def grant(self, row: LateSubmit) -> str:
        if row.application.status not in UNSENT:
            return ""
        url = reverse("admin:applications_lategrant_ask_for", args=[row.pk])
        return format_html('<a href="{}">Ask for a late grant</a>', url)
