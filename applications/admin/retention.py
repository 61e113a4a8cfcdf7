"""How long the words of a round are kept, where staff set it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from applications.models import RetentionSettings
from jetportal.desklists import DeskList

LEAD = (
    "Rounds that keep data for another time than the usual one: drafts and files 18 months after "
    "closing, the words of applications 36."
)


@admin.register(RetentionSettings)
class RetentionSettingsAdmin(DeskList[RetentionSettings]):
    """One row per round that differs; the others keep drafts and files 18 months, words 36."""

    list_display = ("round", "remove_months", "anonymize_months")
    list_select_related = ("round",)
    list_per_page = 50
    fields = ("round", "remove_months", "anonymize_months")
    sortable_by = ()
    show_full_result_count = False
    actions = None

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": "Retention", "lead": LEAD, **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_readonly_fields(
        self, request: HttpRequest, obj: RetentionSettings | None = None
    ) -> Any:
        return ("round",) if obj else ()

    def has_delete_permission(
        self, request: HttpRequest, obj: RetentionSettings | None = None
    ) -> bool:
        return False
