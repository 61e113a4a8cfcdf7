"""Lists of what somebody has asked to be done in the background: looked at, never edited."""

from typing import Any, TypeVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from applications.admin.staff import staff
from applications.domain import access
from jetportal.desklists import DeskList

Row = TypeVar("Row", bound=models.Model)


class WorkList(DeskList[Row]):
    """For everybody who reviews; which rows they see is their list's own to say."""

    list_display_links = None
    list_per_page = 50
    ordering = ("-pk",)
    sortable_by = ()
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.may_review(staff(request))

    def has_view_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return access.may_review(staff(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}
