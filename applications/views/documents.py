"""The documents of an application: add, replace, open, remove."""

from dataclasses import dataclass
from typing import IO
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from applications.domain import access
from applications.domain.errors import (
    DocumentRefused,
    NotAskedFor,
    NotEditable,
    NotStored,
    Refused,
    Unopenable,
)
from applications.domain.files import documents, slots
from applications.domain.files.slots import Ask, SlotState
from applications.domain.form import completeness
from applications.domain.form.limits import documents_at_most
from applications.models import UNSENT, Application, Document, Scan, Slot
from applications.sections.registry import DOCUMENTS
from applications.views.common import applicant_page, by_button, door_of_staff, own
from applications.views.fill import aside
from applications.views.late import kept_once_over
from jetportal.requests import SignedInRequest
from positions.clockwords import Chip
from positions.deadlines import in_words

REFUSED, AWAY = 422, 503
CHIPS = {
    Scan.NONE: Chip("complete", "Received"),
    Scan.WAITING: Chip("complete", "Received, being checked"),
    Scan.CLEAN: Chip("complete", "Received"),
    Scan.REFUSED: Chip("failed", "Refused by the virus scanner"),
}
# A PDF runs nothing, and only our own pages may show it in a frame.
CLOSED = "default-src 'none'; sandbox; frame-ancestors 'self'"


@dataclass(frozen=True, slots=True)
class FileView:
    """One file in a slot; the addresses are empty where there is nothing to do."""

    name: str
    detail: str
    chip: Chip
    open_url: str
    replace_url: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class SlotView:
    """One slot, as `includes/_file_slot.html` takes it; `slot` names it in addresses."""

    slot: str
    title: str
    why: str
    help: str
    files: tuple[FileView, ...]
    label: str
    button: str
    chip: Chip | None
    takes: bool
    sensitive: bool
    problem: str


def file_view(application: Application, document: Document, *, several: bool) -> FileView:
    pages = "1 page" if document.pages == 1 else f"{document.pages} pages"
    received = in_words(document.received_at, application.round.zoneinfo)
    named = [application.key, document.key]
    sound = document.scan != Scan.REFUSED
    return FileView(
        name=document.name,
        detail=f"{pages}, {filesizeformat(document.size)}, {received}",
        chip=CHIPS[Scan(document.scan)],
        open_url=reverse("applications:document", args=[document.key]) if sound else "",
        replace_url=reverse("applications:replace_document", args=named) if several else "",
        remove_url=reverse("applications:remove_document", args=named),
    )


def slot_view(application: Application, state: SlotState, problem: str) -> SlotView:
    label, button = words_of_the_form(state)
    return SlotView(
        slot=state.slot,
        title=state.title,
        why=state.why or "No longer needed after your other answers. Remove it if you like.",
        help=f"{state.rule.help} PDF, up to {application.round.documents_max_megabytes} MB.",
        files=tuple(
            file_view(application, document, several=state.several) for document in state.documents
        ),
        label=label,
        button=button,
        chip=Chip("missing", "Needed") if state.missing else None,
        takes=state.ask is not Ask.NOT,
        sensitive=state.sensitive,
        problem=problem,
    )


def words_of_the_form(state: SlotState) -> tuple[str, str]:
    """Return the label of the file input and the words of its button."""
    if not state.documents:
        return "Choose a PDF", "Add the file"
    if state.several:
        return "Choose another PDF beside it", "Add another file"
    return "Choose another PDF in its place", "Replace the file"


@require_GET
@applicant_page
def index(request: SignedInRequest, key: UUID) -> HttpResponse:
    return page(request, own(request, key))


def page(
    request: SignedInRequest,
    application: Application,
    *,
    slot: Slot | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    """Show every slot; `refusal` is why a file for `slot` was not taken just now."""
    if application.status not in UNSENT:
        return redirect("applications:receipt", key=application.key)
    loaded = completeness.load(application)
    why = str(refusal or "")
    views = [
        slot_view(application, state, why if state.slot == slot else "")
        for state in slots.states(loaded)
    ]
    judgements = {judgement.key: judgement for judgement in completeness.judge(loaded)}
    context = {
        **aside(request, application),
        "kept": kept_once_over(application, at=request.received_at),
        "slots": views,
        "refused": slot if refusal else None,
        "why": why,
        "megabytes": application.round.documents_max_megabytes,
        "files": sum(len(view.files) for view in views),
        "most": documents_at_most(application.round),
        "complete": judgements[DOCUMENTS].complete,
        "number": list(judgements).index(DOCUMENTS) + 1,
        "total": len(judgements),
    }
    status = status_of(refusal)
    return render(request, "applications/documents.html", context, status=status)


def status_of(refusal: Refused | None) -> int:
    if refusal is None:
        return 200
    return AWAY if isinstance(refusal, NotStored) else REFUSED


def slot_named(name: str) -> Slot:
    if name not in Slot.values:
        raise Http404
    return Slot(name)


def take(
    request: SignedInRequest, application: Application, slot: Slot, instead_of: UUID | None = None
) -> Document:
    """Read the one file of the form and attach it. Raises Refused in its kinds."""
    file = file_sent(request)
    upload = documents.Upload(slot, file.name or "document.pdf", file.read(), instead_of=instead_of)
    return documents.attach(
        application.key,
        upload,
        max_megabytes=application.round.documents_max_megabytes,
        by=request.user,
        at=request.received_at,
    )


def file_sent(request: SignedInRequest) -> "UploadedFile[bytes]":
    """Return the one file of the form. Raises DocumentRefused."""
    files = request.FILES.getlist("file")
    if not files:
        raise DocumentRefused("Choose a file first.")
    if len(files) > 1:
        raise DocumentRefused("Choose one file at a time. None of them was added.")
    return files[0]


@by_button("applications:documents")
def upload(request: SignedInRequest, key: UUID, slot: str) -> HttpResponse:
    application, place = own(request, key), slot_named(slot)
    try:
        document = take(request, application, place)
    except NotEditable as refusal:
        messages.warning(request, str(refusal))
        return redirect("applications:receipt", key=key)
    except NotAskedFor as refusal:
        messages.warning(request, str(refusal))
        return redirect("applications:documents", key=key)
    except (DocumentRefused, NotStored) as refusal:
        return page(request, application, slot=place, refusal=refusal)
    messages.success(request, received(document))
    return redirect("applications:documents", key=key)


def received(document: Document) -> str:
    title = Slot(document.slot).label
    if document.scan == Scan.WAITING:
        return f"{title}: received. It is being checked for viruses, and counts as received."
    return f"{title}: received."


@require_http_methods(["GET", "POST"])
@applicant_page
def replace(request: SignedInRequest, key: UUID, document_key: UUID) -> HttpResponse:
    """Put another file in the place of one of several; what it replaces stays until then."""
    application = own(request, key)
    if application.status not in UNSENT:
        return redirect("applications:receipt", key=key)
    document = application.documents.filter(key=document_key).first()
    if document is None:
        return redirect("applications:documents", key=key)
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            taken = take(request, application, Slot(document.slot), document.key)
        except (NotEditable, NotAskedFor) as gone:
            messages.warning(request, str(gone))
            return redirect("applications:documents", key=key)
        except (DocumentRefused, NotStored) as problem:
            refusal = problem
        else:
            messages.success(request, received(taken))
            return redirect("applications:documents", key=key)
    context = {
        **aside(request, application),
        "kept": kept_once_over(application, at=request.received_at),
        "document": document,
        "title": Slot(document.slot).label,
        "why": str(refusal or ""),
        "megabytes": application.round.documents_max_megabytes,
    }
    status = status_of(refusal)
    return render(request, "applications/replace_document.html", context, status=status)


@require_http_methods(["GET", "POST"])
@applicant_page
def remove(request: SignedInRequest, key: UUID, document_key: UUID) -> HttpResponse:
    if request.method == "POST":
        try:
            documents.remove(key, document_key, by=request.user)
        except NotEditable as refusal:
            messages.warning(request, str(refusal))
            return redirect("applications:receipt", key=key)
        messages.success(request, "The file is removed.")
        return redirect("applications:documents", key=key)
    application = own(request, key)
    document = get_object_or_404(application.documents, key=document_key)
    context = {
        **aside(request, application),
        "kept": kept_once_over(application, at=request.received_at),
        "document": document,
        "title": Slot(document.slot).label,
    }
    return render(request, "applications/remove_document.html", context)


@require_GET
@applicant_page
def download(request: SignedInRequest, document_key: UUID) -> HttpResponseBase:
    """Stream a PDF to its owner, or to staff who may see the application; 404 for anybody else."""
    rows = Document.objects.select_related("application")
    document = get_object_or_404(rows, key=document_key)
    if not access.may_open(request.user, document, at=request.received_at):
        raise Http404
    if door := door_of_staff(request, document.application):
        return door
    try:
        stream = documents.opened(document)
    except Unopenable as refusal:
        messages.error(request, str(refusal))
        return back(request, document.application)
    except (FileNotFoundError, SuspiciousOperation) as problem:
        raise Http404 from problem
    return as_pdf(stream, document.slot)


def back(request: SignedInRequest, application: Application) -> HttpResponse:
    """Lead to the page with the files: that of the owner, or that of the desk."""
    if application.applicant_id == request.user.pk:
        return redirect("applications:documents", key=application.key)
    return redirect("admin:applications_application_change", application.pk)


def as_pdf(stream: IO[bytes], name: str) -> FileResponse:
    """Show a PDF in the browser: it runs nothing, and only our own pages may frame it."""
    response = FileResponse(stream, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Content-Security-Policy"] = CLOSED
    return response
