"""What is kept apart, at the desk: asked for with a reason, shown once, and kept in the history."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from applications.admin.forms import LONGEST, typed
from applications.admin.words import short_time
from applications.domain import access
from applications.domain.errors import Refused, UnknownSection
from applications.domain.form.submitted import ShownPart
from applications.domain.names import applicant_name
from applications.domain.review import openings
from applications.models import SENSITIVE_SLOTS, Application, Document, SensitiveOpening, Slot
from applications.models.answers import SENSITIVE
from applications.sections.base import Section
from applications.sections.registry import DOCUMENTS, declared_anywhere, section_named
from applications.views.documents import as_pdf
from jetportal.accounts.models import User
from jetportal.requests import SignedInRequest

Find = Callable[[SignedInRequest, int], Application]


class OpeningForm(forms.Form):
    reason = forms.CharField(
        label="Why do you open it?",
        max_length=LONGEST,
        widget=forms.Textarea,
        help_text="Kept in the history of the file with your name. Write nothing about the answers "
        "themselves.",
        error_messages={
            "required": "Say why first.",
            "max_length": "This reason is too long: at most 4,000 characters.",
        },
    )


@dataclass(frozen=True, slots=True)
class Opening:
    """One part that was opened: by whom, when, why."""

    words: str
    when: str
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One sensitive document; `url` is empty where nobody may open it, and `why` says so.

    What its owner called it is not told before it is opened: names tell, too.
    """

    title: str
    url: str
    why: str
    ask_url: str


@dataclass(frozen=True, slots=True)
class KeptApart:
    """What the page of a file says of the sensitive parts, to those who may open them."""

    parts: tuple[tuple[str, str], ...]  # title and address
    files: tuple[KeptFile, ...]
    openings: tuple[Opening, ...]


def kept_apart(
    application: Application, documents: Mapping[str, Iterable[Document]], *, user: User
) -> KeptApart | None:
    """Return the parts with their addresses, and who opened them; None for everybody else.

    `documents` are those of the application, by their slots.
    """
    if not access.may_open_sensitive(user, application):
        return None
    rows = SensitiveOpening.objects.filter(application=application).select_related("by")
    may_ask = access.may_grant(user)
    return KeptApart(
        parts=tuple(
            (section.title, address(application, section.key)) for section in _parts(application)
        ),
        files=tuple(
            KeptFile(
                title=f"{file_title(slot)}, {_pages(document)}"
                + (f", file {number}" if number > 1 else ""),
                url="" if why else file_address(application, document),
                why=why,
                ask_url="" if document.counts or not may_ask else asking_for(document),
            )
            for slot in SENSITIVE_SLOTS
            for number, document in enumerate(documents.get(slot, ()), 1)
            for why in [access.why_not_opened(document)]
        ),
        openings=tuple(
            Opening(_title(row.part), f"{short_time(row.at)} HST", row.by.email, row.reason)
            for row in rows
        ),
    )


def address(application: Application, section_key: str) -> str:
    place = [application.pk, section_key]
    return reverse("admin:applications_application_sensitive", args=place)


def file_address(application: Application, document: Document) -> str:
    place = [application.pk, document.key]
    return reverse("admin:applications_application_sensitive_file", args=place)


def asking_for(document: Document) -> str:
    """Return the address at which another file is asked for in place of this one."""
    page = reverse("admin:applications_application_ask", args=[document.application_id])
    return f"{page}?part={DOCUMENTS}.{document.slot}"


def file_title(slot: str) -> str:
    return f"{Slot(slot).label} (PDF)"


def _pages(document: Document) -> str:
    return "1 page" if document.pages == 1 else f"{document.pages} pages"


def _parts(application: Application) -> tuple[Section, ...]:
    named = (section_named(application.round, key) for key in SENSITIVE)
    return tuple(section for section in named if section)


def _title(part: str) -> str:
    if part in Slot.values:
        return file_title(part)
    section = declared_anywhere(part)
    return section.title if section else part.replace("_", " ").capitalize()


def pages(find: Find) -> dict[str, tuple[Callable[..., HttpResponseBase], str]]:
    """Return the pages by their address; `find` returns a file the person may see."""

    def found(request: SignedInRequest, pk: int) -> Application:
        application = find(request, pk)
        if not access.may_open_sensitive(request.user, application):
            raise Http404
        return application

    @require_http_methods(["GET", "HEAD", "POST"])
    def opened(request: SignedInRequest, pk: int, section_key: str) -> HttpResponse:
        application = found(request, pk)
        section = section_named(application.round, section_key)
        if section is None or not section.sensitive:
            raise Http404
        if request.method != "POST":
            return _page(request, application, section.title, OpeningForm())
        return _opened(request, application, section)

    @require_http_methods(["GET", "HEAD", "POST"])
    def opened_file(request: SignedInRequest, pk: int, document_key: UUID) -> HttpResponseBase:
        application = found(request, pk)
        kept = Document.objects.filter(application=application, slot__in=SENSITIVE_SLOTS)
        document = get_object_or_404(kept, key=document_key)
        document.application = application
        if request.method != "POST":
            title = file_title(document.slot)
            return _page(request, application, title, OpeningForm(), is_file=True)
        return _opened_file(request, document)

    return {
        "<int:pk>/sensitive/<slug:section_key>/": (opened, "sensitive"),
        "<int:pk>/sensitive/file/<uuid:document_key>/": (opened_file, "sensitive_file"),
    }


def _opened(request: SignedInRequest, application: Application, section: Section) -> HttpResponse:
    """Show the part in the answer to the form: no address leads to it a second time."""
    form, title = OpeningForm(typed(request.POST.dict())), section.title
    if not form.is_valid():
        return _page(request, application, title, form, status=422)
    try:
        part = openings.open_part(
            application,
            section.key,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=request.received_at,
        )
    except UnknownSection:
        refused = "What was sent does not hold this part."
        return _page(request, application, title, form, refused=refused, status=409)
    except Refused as refusal:
        return _page(request, application, title, form, refused=str(refusal), status=409)
    return _page(request, application, title, form, part=part)


def _opened_file(request: SignedInRequest, document: Document) -> HttpResponseBase:
    """Show the PDF in the answer to the form, under the same policy as every other."""
    form, title = OpeningForm(typed(request.POST.dict())), file_title(document.slot)
    application = document.application
    if not form.is_valid():
        return _page(request, application, title, form, is_file=True, status=422)
    try:
        content = openings.open_file(
            document,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=request.received_at,
        )
    except Refused as refusal:
        said = str(refusal)
        return _page(request, application, title, form, is_file=True, refused=said, status=409)
    return as_pdf(BytesIO(content), document.slot)


def _page(
    request: SignedInRequest,
    application: Application,
    title: str,
    form: OpeningForm,
    *,
    part: ShownPart | None = None,
    is_file: bool = False,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": f"{title}, {application.reference_shown}",
        "application": application,
        "applicant": applicant_name(application),
        "part_title": title,
        "is_file": is_file,
        "form": form,
        "part": part,
        "refused": refused,
    }
    name = "admin/applications/application/sensitive.html"
    return TemplateResponse(request, name, context, status=status)
