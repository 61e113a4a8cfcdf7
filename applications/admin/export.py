"""The filtered list as a file."""

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from applications.admin.paging import NEWEST_FIRST
from applications.domain import access
from applications.exports import listing
from applications.models import Application
from jetportal.requests import SignedInRequest

LIST = "admin:applications_application_changelist"


@require_GET
def download(request: SignedInRequest) -> HttpResponseBase:
    """Stream every row of the list at this address's filters and search, not only one page."""
    if not access.may_review(request.user):
        raise PermissionDenied
    try:
        found = admin.site.get_model_admin(Application).get_changelist_instance(request)
    except IncorrectLookupParameters:
        return redirect(LIST)
    rows = found.queryset.order_by(*NEWEST_FIRST)
    response = StreamingHttpResponse(
        listing.lines(rows, by=request.user), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="applications.csv"'
    return response
