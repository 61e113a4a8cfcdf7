"""Watches at the desk: how many wait for what. Addresses only for those who may read them."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse

from jetportal.desklists import DeskList
from positions.domain.watch_words import masked
from positions.models import Watch, WatchSubject

READ = "positions.read_watch_address"
FACTS = ("about_shown", "asked_at", "confirmed_at", "expires_at")


@admin.register(Watch)
class WatchAdmin(DeskList[Watch]):
    """Nothing is written here; a row can be deleted for somebody who asks us to."""

    list_display = ("__str__", "address", *FACTS)
    list_filter = ("subject",)
    list_per_page = 50
    list_select_related = ("sport",)
    ordering = ("-pk",)
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None
    change_list_template = "admin/positions/watch/change_list.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Watch | None = None) -> bool:
        return False

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        return ("__str__", _address_column(request), *FACTS)

    def get_fields(self, request: HttpRequest, obj: Watch | None = None) -> tuple[str, ...]:
        return (_address_column(request), *FACTS)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Watch | None = None
    ) -> tuple[str, ...]:
        return ("address", *FACTS)

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return ("=email",) if request.user.has_perm(READ) else ()

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Watch | None:
        known = object_id.isascii() and object_id.isdecimal()
        return super().get_object(request, object_id, from_field) if known else None

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": "Watches", "waiting": _waiting(), **(extra_context or {})}
        return super().changelist_view(request, context)

    @admin.display(description="address")
    def address(self, watch: Watch) -> str:
        return masked(watch.email)

    @admin.display(description="about", ordering="subject")
    def about_shown(self, watch: Watch) -> str:
        return watch.about


def _address_column(request: HttpRequest) -> str:
    return "email" if request.user.has_perm(READ) else "address"


def _waiting() -> list[tuple[str, int, int]]:
    """Count confirmed and unconfirmed watches of each subject, the most wanted sport first."""
    counted = (
        Watch.objects.order_by()
        .values("subject", "sport__name")
        .annotate(
            confirmed=Count("pk", filter=Q(confirmed_at__isnull=False)),
            asked=Count("pk", filter=Q(confirmed_at=None)),
        )
        .order_by("-confirmed", "subject", "sport__name")
    )
    return [
        (row["sport__name"] or WatchSubject(row["subject"]).label, row["confirmed"], row["asked"])
        for row in counted
    ]
