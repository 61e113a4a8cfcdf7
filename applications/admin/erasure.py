"""Requests for erasure, at the desk of the program office."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from applications.admin.forms import LONGEST
from applications.admin.result_pages import REFUSED, require_office
from applications.admin.staff import staff
from applications.admin.words import short_time
from applications.domain import access
from applications.domain.errors import Refused
from applications.domain.keeping import erasure_requests
from applications.domain.review import conflicts
from applications.models import Application, ErasureRequest
from applications.sections.text import storable
from jetportal.accounts.models import User
from jetportal.desklists import DeskList
from jetportal.requests import SignedInRequest

LIST = "admin:applications_erasurerequest_changelist"
LEAD = "Applicants ask under their account that their words are erased. Here each is answered."


def _requests(user: User) -> "QuerySet[ErasureRequest]":
    """Return the requests of all but those whom the user said they know."""
    return ErasureRequest.objects.exclude(applicant__in=conflicts.people_known_to(user))


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what would be erased; "erase" as the answer of the form does it, anything else not."""
    require_office(request)
    asked = get_object_or_404(_requests(request.user).select_related("applicant"), pk=pk)
    refusal = ""
    answer = storable(request.POST.get("answer", ""))[:LONGEST]
    if request.method == "POST":
        by, at = request.user, request.received_at
        try:
            if request.POST.get("decision") == "erase":
                erasure_requests.grant(pk, by=by, at=at)
                messages.success(request, "Erased. Moves, times and fingerprints stay.")
            else:
                erasure_requests.decline(pk, answer=answer, by=by, at=at)
                messages.success(request, "Declined. The person reads your answer.")
            return redirect(LIST)
        except Refused as no:
            refusal = str(no)
    context = {
        **admin.site.each_context(request),
        "opts": ErasureRequest._meta,
        "title": "Request for erasure",
        "asked": asked,
        "asked_at": f"{short_time(asked.asked_at)} HST",
        "applications": Application.objects.of(asked.applicant)
        .with_due_result(request.received_at)
        .select_related("round"),
        "running": erasure_requests.running(asked.applicant).exists(),
        "refusal": refusal,
        "answer": answer,
    }
    template = "admin/applications/erasurerequest/decide.html"
    return TemplateResponse(request, template, context, status=REFUSED if refusal else 200)


@admin.register(ErasureRequest)
class ErasureRequestAdmin(DeskList[ErasureRequest]):
    list_display = ("request_of", "asked", "answered")
    list_display_links = None
    list_select_related = ("applicant",)
    list_per_page = 50
    ordering = ("-pk",)
    sortable_by = ()
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> "QuerySet[ErasureRequest]":
        return _requests(staff(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.may_release(staff(request))

    def has_view_permission(self, request: HttpRequest, obj: ErasureRequest | None = None) -> bool:
        return access.may_release(staff(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: ErasureRequest | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: ErasureRequest | None = None
    ) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": "Requests for erasure", "lead": LEAD, **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        name = "applications_erasurerequest"
        return [
            path("", guarded(self.changelist_view), name=f"{name}_changelist"),
            path("<int:pk>/", guarded(decide), name=f"{name}_decide"),
        ]

    @admin.display(description="Whose")
    def request_of(self, row: ErasureRequest) -> str:
        if row.decided_at is not None:
            return row.applicant.email
        url = reverse("admin:applications_erasurerequest_decide", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, row.applicant.email)

    @admin.display(description="Asked, HST")
    def asked(self, row: ErasureRequest) -> str:
        return short_time(row.asked_at)

    @admin.display(description="Answer")
    def answered(self, row: ErasureRequest) -> str:
        return {True: "Erased", False: "Declined", None: "Waits for an answer"}[row.granted]
