"""What every page of this desk does: takes nonsense calmly, and ends kept pages when it writes."""

from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst

from jetportal.pagecache import generations

Row = TypeVar("Row", bound=models.Model)
NUL = "\x00"  # PostgreSQL stores none, so no row can have it

if TYPE_CHECKING:

    class _ModelAdmin(admin.ModelAdmin[Row]): ...
else:

    class _ModelAdmin(admin.ModelAdmin):
        def __class_getitem__(cls, model):
            return cls


class PublicRowsAdmin(_ModelAdmin[Row]):
    """Rows that public pages show: every change ends the pages that are kept."""

    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    list_per_page = 50

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Know the filters of the list only; anything else in the address bar is refused."""
        return lookup in {getattr(known, "parameter_name", None) for known in self.list_filter}

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Row | None:
        return None if NUL in object_id else super().get_object(request, object_id, from_field)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Row], search_term: str
    ) -> tuple[QuerySet[Row], bool]:
        return super().get_search_results(request, queryset, search_term.replace(NUL, " "))

    def save_related(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        change: bool,  # noqa: FBT001  Django's hook
    ) -> None:
        super().save_related(request, form, formsets, change)
        generations.bump()

    def delete_model(self, request: HttpRequest, obj: Row) -> None:
        super().delete_model(request, obj)
        generations.bump()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Row]) -> None:
        super().delete_queryset(request, queryset)
        generations.bump()
