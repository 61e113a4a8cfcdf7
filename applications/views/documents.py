"""The documents of an application: add, replace, open, remove."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from applications.domain import access, completeness, documents
from applications.domain.errors import DocumentRefused, NotEditable
from applications.models import UNSENT, Application, Document, Slot
from applications.sections.registry import DOCUMENTS
from applications.views.common import applicant_page, by_button, own
from applications.views.fill import aside
from jetportal.requests import SignedInRequest
from positions.clockwords import Chip
from positions.deadlines import in_words

HELP = {
    Slot.CITIZENSHIP: "The photo page of your passport, your birth certificate or naturalization "
    "papers.",
}


@dataclass(frozen=True, slots=True)
class SlotView:
    """One slot, as `includes/_file_slot.html` takes it; `slot` names it in addresses."""

    slot: str
    title: str
    help: str
    name: str = ""
    detail: str = ""
    chip: Chip | None = None
    sensitive: bool = False
    problem: str = ""
    open_url: str = ""
    replace_url: str = ""
    remove_url: str = ""


def slot_view(
    application: Application, slot: Slot, document: Document | None, problem: str
) -> SlotView:
    megabytes = application.round.documents_max_megabytes
    help_text = f"{HELP[slot]} PDF, up to {megabytes} MB."
    if document is None:
        return SlotView(slot, str(slot.label), help_text, problem=problem)
    pages = "1 page" if document.pages == 1 else f"{document.pages} pages"
    received = in_words(document.received_at, application.round.zoneinfo)
    return SlotView(
        slot,
        str(slot.label),
        help_text,
        name=document.name,
        detail=f"{pages}, {filesizeformat(document.size)}, {received}",
        chip=Chip("complete", "Received"),
        problem=problem,
        open_url=reverse("applications:document", args=[document.key]),
        remove_url=reverse("applications:remove_document", args=[application.key, slot]),
    )


@require_GET
@applicant_page
def index(request: SignedInRequest, key: UUID) -> HttpResponse:
    return page(request, own(request, key))


def page(
    request: SignedInRequest,
    application: Application,
    *,
    refused: Slot | None = None,
    why: str = "",
) -> HttpResponse:
    if application.status not in UNSENT:
        return redirect("applications:receipt", key=application.key)
    loaded = completeness.load(application)
    stored = loaded.documents
    slots = [
        slot_view(application, slot, stored.get(slot), why if slot == refused else "")
        for slot in Slot
    ]
    judgements = {judgement.key: judgement for judgement in completeness.judge(loaded)}
    context = {
        **aside(request, application),
        "slots": slots,
        "refused": refused,
        "why": why,
        "complete": judgements[DOCUMENTS].complete,
        "number": list(judgements).index(DOCUMENTS) + 1,
        "total": len(judgements),
    }
    return render(request, "applications/documents.html", context, status=422 if refused else 200)


def slot_named(name: str) -> Slot:
    if name not in Slot.values:
        raise Http404
    return Slot(name)


@by_button("applications:documents")
def upload(request: SignedInRequest, key: UUID, slot: str) -> HttpResponse:
    application, place = own(request, key), slot_named(slot)
    file = request.FILES.get("file")
    try:
        if file is None:
            raise DocumentRefused("Choose a file first.")
        documents.attach(
            key,
            place,
            name=file.name or "document.pdf",
            content=file.read(),
            max_megabytes=application.round.documents_max_megabytes,
            by=request.user,
            at=request.received_at,
        )
    except NotEditable as refusal:
        messages.warning(request, str(refusal))
        return redirect("applications:receipt", key=key)
    except DocumentRefused as refusal:
        return page(request, application, refused=place, why=str(refusal))
    messages.success(request, f"{place.label}: received.")
    return redirect("applications:documents", key=key)


@require_http_methods(["GET", "POST"])
@applicant_page
def remove(request: SignedInRequest, key: UUID, slot: str) -> HttpResponse:
    place = slot_named(slot)
    if request.method == "POST":
        try:
            documents.remove(key, place, by=request.user)
        except NotEditable as refusal:
            messages.warning(request, str(refusal))
            return redirect("applications:receipt", key=key)
        messages.success(request, f"{place.label}: removed.")
        return redirect("applications:documents", key=key)
    application = own(request, key)
    document = get_object_or_404(application.documents, slot=place)
    context = {**aside(request, application), "document": document, "slot": place}
    return render(request, "applications/remove_document.html", context)


@require_GET
@applicant_page
def download(request: SignedInRequest, document_key: UUID) -> HttpResponseBase:
    """Stream a PDF to its owner, or to staff who may see the application; 404 for anybody else."""
    rows = Document.objects.select_related("application")
    document = get_object_or_404(rows, key=document_key)
    if not access.may_download(request.user, document.application):
        raise Http404
    try:
        stream = document.file.open("rb")
    except (FileNotFoundError, SuspiciousOperation) as problem:
        raise Http404 from problem
    response = FileResponse(stream, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{document.slot}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
