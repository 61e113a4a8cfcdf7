"""One document that the program office asks for after sending."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from applications.domain.errors import (
    CorrectionClosed,
    DocumentRefused,
    NotChangeable,
    NotStored,
    Refused,
)
from applications.domain.files import asked_documents
from applications.domain.files.documents import Upload
from applications.models import SINGLE_SLOTS, Application, Slot
from applications.views.common import applicant_page, own, reader_zone
from applications.views.corrections import request_rows
from applications.views.documents import file_sent, received, slot_named, status_of
from jetportal.requests import SignedInRequest


@require_http_methods(["GET", "POST"])
@applicant_page
def document(request: SignedInRequest, key: UUID, slot: str) -> HttpResponse:
    """Take one document while it is open; what is late is told when it was."""
    application, place = own(request, key), slot_named(slot)
    if request.method != "POST":
        return _page(request, application, place)
    try:
        taken = asked_documents.add(
            key,
            _upload(request, place),
            max_megabytes=application.round.documents_max_megabytes,
            by=request.user,
            at=request.received_at,
        )
    except (CorrectionClosed, NotChangeable) as shut:
        messages.warning(request, f"The file was not taken. {shut}")
        return redirect("applications:receipt", key=key)
    except (DocumentRefused, NotStored) as refusal:
        return _page(request, application, place, refusal)
    messages.success(request, received(taken))
    return redirect("applications:receipt", key=key)


def _upload(request: SignedInRequest, slot: Slot) -> Upload:
    file = file_sent(request)
    return Upload(slot, file.name or "document.pdf", file.read())


def _page(
    request: SignedInRequest,
    application: Application,
    slot: Slot,
    refusal: Refused | None = None,
) -> HttpResponse:
    rows = request_rows(application, at=request.received_at, zone=reader_zone(request))
    here = reverse("applications:asked_document", args=[application.key, slot])
    row = next((each for each in rows if each.url == here), None)
    if row is None:
        if not application.corrections.filter(slot=slot).exists():
            raise Http404
        return redirect("applications:corrections", key=application.key)
    standing = application.documents.standing().filter(slot=slot)
    context = {
        "nav": "account",
        "application": application,
        "row": row,
        "why": str(refusal or ""),
        "megabytes": application.round.documents_max_megabytes,
        "files": standing,
        "single": slot in SINGLE_SLOTS,
    }
    return render(request, "applications/asked_document.html", context, status=status_of(refusal))
