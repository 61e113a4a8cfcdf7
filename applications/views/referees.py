"""The applicant's page of references: who is asked, and where each request stands."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from applications.domain import references
from applications.views.common import applicant_page, own
from applications.views.fill import aside
from jetportal.requests import SignedInRequest


@require_GET
@applicant_page
def index(request: SignedInRequest, key: UUID) -> HttpResponse:
    application = own(request, key)
    context = {
        **aside(request, application),
        "requests": references.requests_of(application),
    }
    return render(request, "applications/references.html", context)
