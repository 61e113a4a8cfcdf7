"""What the pages about results share."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render

from applications.domain import access
from applications.domain.review import conflicts
from applications.models import ResultBatch
from jetportal.requests import SignedInRequest

FOLDER = "admin/applications/results"
REFUSED, WRONG = 409, 422


def require_office(request: SignedInRequest) -> None:
    if not access.may_release(request.user):
        raise PermissionDenied


def page(
    request: SignedInRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Show a page about results; `known` holds the files that are hidden from its reader."""
    known = set(conflicts.known_to(request.user).values_list("application", flat=True))
    site = admin.site.each_context(request)
    shown = {**site, "opts": ResultBatch._meta, "known": known, **context}
    return render(request, f"{FOLDER}/{name}.html", shown, status=status)
