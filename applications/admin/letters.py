"""Letters of reference at the desk: where each request stands, and what staff do about it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.admin.letter_forms import AdmitForm, ReopenForm, TakeInForm
from applications.admin.letter_lines import PAGE, chip_of, event_lines, kind_of, letter_lines
from applications.domain import access
from applications.domain.errors import DocumentRefused, Refused
from applications.domain.files import reading
from applications.domain.names import applicant_name
from applications.domain.referees import letter_desk, references
from applications.domain.referees.letter_desk import OpenedLetter
from applications.domain.referees.letters import Letter
from applications.forms.letter import spoken
from applications.models import (
    Application,
    LetterLanguage,
    Reference,
    ReferenceRequest,
    RequestState,
)
from applications.models.reference import OPEN
from jetportal.requests import SignedInRequest

Find = Callable[[SignedInRequest, int], Application]


def pages(find: Find) -> dict[str, tuple[Callable[..., HttpResponseBase], str]]:
    """Return the pages by their addresses; `find` returns a file the person may see."""
    return {
        "<int:pk>/reference/<int:request_pk>/": (_shown(find), "reference"),
        "<int:pk>/reference/<int:request_pk>/take-in/": (
            _acting(find, TakeInForm, take_in),
            "take_in_letter",
        ),
        "<int:pk>/reference/<int:request_pk>/reopen/": (
            _acting(find, ReopenForm, reopen),
            "reopen_request",
        ),
        "<int:pk>/reference/<int:request_pk>/admit/": (
            _acting(find, AdmitForm, admit),
            "admit_letter",
        ),
        "<int:pk>/letter/<int:letter_pk>/": (_reading(find), "letter"),
    }


def _found(
    find: Find, request: SignedInRequest, pk: int, request_pk: int
) -> tuple[Application, ReferenceRequest]:
    """Return the file and one of its requests, or answer 404 to whoever may not act."""
    application = find(request, pk)
    if not access.sees_every_consulate(request.user):
        raise Http404
    for row in references.requests_of(application):
        if row.pk == request_pk:
            return application, row
    raise Http404


def _shown(find: Find) -> Callable[..., HttpResponse]:
    @require_http_methods(["GET", "HEAD", "POST"])
    def shown(request: SignedInRequest, pk: int, request_pk: int) -> HttpResponse:
        application, row = _found(find, request, pk, request_pk)
        return _page(request, application, row)

    return shown


def _acting(
    find: Find, form_class: type[forms.Form], act: Callable[..., object]
) -> Callable[..., HttpResponse]:
    """Return the page of one act: its form is shown by the page of the request."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def acting(request: SignedInRequest, pk: int, request_pk: int) -> HttpResponse:
        application, row = _found(find, request, pk, request_pk)
        if request.method != "POST":
            return redirect(PAGE, pk, request_pk)
        form = form_class(request.POST, request.FILES)
        if form.is_valid():
            try:
                act(request, row, form.cleaned_data)
            except Refused as refusal:
                form.add_error(_field(form, refusal), str(refusal))
            else:
                messages.success(request, "Done. It is in the history.")
                return redirect(PAGE, pk, request_pk)
        return _page(request, application, row, tried=form)

    return acting


def _field(form: forms.Form, refusal: Refused) -> str | None:
    named = "file" if isinstance(refusal, DocumentRefused) else refusal.field
    return named if named in form.fields else None


def take_in(request: SignedInRequest, row: ReferenceRequest, cleaned: dict[str, Any]) -> None:
    at = request.received_at
    megabytes = row.referee.application.round.documents_max_megabytes
    letter_desk.take_in(
        row.pk,
        _letter(cleaned, megabytes),
        reason=cleaned["reason"],
        by=request.user,
        at=at,
        recorded_at=at,
    )


def _letter(cleaned: dict[str, Any], megabytes: int) -> Letter:
    """Return the letter as it was typed or, checked, as it was chosen. Raises DocumentRefused."""
    language, file = LetterLanguage(cleaned["language"]), cleaned["file"]
    if file is None:
        return Letter(text=cleaned["text"], language=language)
    content = file.read()
    pages = reading.check(content, max_megabytes=megabytes)
    return Letter(text=cleaned["text"], language=language, content=content, pages=pages)


def reopen(request: SignedInRequest, row: ReferenceRequest, cleaned: dict[str, Any]) -> None:
    letter_desk.reopen(
        row.pk,
        reason=cleaned["reason"],
        days=cleaned["days"],
        by=request.user,
        at=request.received_at,
    )


def admit(request: SignedInRequest, row: ReferenceRequest, cleaned: dict[str, Any]) -> None:
    letter_desk.admit(row.pk, reason=cleaned["reason"], by=request.user, at=request.received_at)


def _reading(find: Find) -> Callable[..., HttpResponseBase]:
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    def reading(request: SignedInRequest, pk: int, letter_pk: int) -> HttpResponseBase:
        """Show a letter in the answer to its button; no address leads to it a second time."""
        application = find(request, pk)
        letter = Reference.objects.filter(pk=letter_pk, request__referee__application=pk).first()
        if letter is None or not letter_desk.may_read(request.user):
            raise Http404
        if request.method != "POST":
            return redirect(PAGE, pk, letter.request_id)
        try:
            opened = letter_desk.read(letter_pk, by=request.user, at=request.received_at)
        except Refused as refusal:
            messages.warning(request, str(refusal))
            return redirect(PAGE, pk, letter.request_id)
        if opened.pdf is not None and request.POST.get("as") == "pdf":
            return _pdf(opened.pdf)
        return _letter_page(request, application, letter, opened)

    return reading


def _pdf(content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="letter.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _letter_page(
    request: SignedInRequest, application: Application, letter: Reference, opened: OpenedLetter
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": "Letter of reference",
        "application": application,
        "applicant": applicant_name(application),
        "letter": letter,
        "opened": opened,
        "answers": spoken(opened.ratings),
    }
    return TemplateResponse(request, "admin/applications/application/letter.html", context)


def _page(
    request: SignedInRequest,
    application: Application,
    row: ReferenceRequest,
    *,
    tried: forms.Form | None = None,
) -> HttpResponse:
    state = RequestState(row.state)
    sent = state != RequestState.DRAFT
    form = partial(_form, tried)
    context = {
        **admin.site.each_context(request),
        "title": f"Reference by {row.referee.name}",
        "application": application,
        "applicant": applicant_name(application),
        "row": row,
        "chip": chip_of(row),
        "kind": kind_of(row),
        "events": event_lines(row),
        "letters": letter_lines(row),
        "may_read": letter_desk.may_read(request.user),
        "take_in": form(TakeInForm) if sent and state != RequestState.RECEIVED else None,
        "reopen": form(ReopenForm) if sent and (state not in OPEN or row.kept_as_late) else None,
        "admit": form(AdmitForm) if row.kept_as_late else None,
        "tried": tried,
    }
    status = 422 if tried is not None else 200
    name = "admin/applications/application/reference.html"
    return TemplateResponse(request, name, context, status=status)


def _form(tried: forms.Form | None, form_class: type[forms.Form]) -> forms.Form:
    return tried if isinstance(tried, form_class) else form_class()
