"""A page was typed into while its application was sent from elsewhere: what was typed is shown."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from applications.domain.corrections import correctable
from applications.domain.errors import NotEditable
from applications.domain.form import completeness
from applications.domain.form.answers import form_answers
from applications.sections.base import Section, SectionForm, as_typed
from applications.sections.registry import section_named
from applications.views.common import own
from jetportal.requests import SignedInRequest

Sent = Mapping[str, Sequence[str]]


def section_after_sending(
    request: SignedInRequest, key: UUID, section_key: str, sent: Sent, refusal: NotEditable
) -> HttpResponse:
    """Answer a section that was saved too late; one that says nothing new leads to the receipt."""
    loaded, section = _found(request, key, section_key)
    typed = as_typed(loaded.form(section), sent)
    if typed == (loaded.typed(section) or {}):
        messages.warning(request, str(refusal))
        return redirect("applications:receipt", key=key)
    return _page(request, loaded, section, section.bind(typed, loaded.asked))


def entry_after_sending(
    request: SignedInRequest, key: UUID, section_key: str, list_key: str, sent: Sent
) -> HttpResponse:
    """Answer an entry of a list that was saved too late."""
    loaded, section = _found(request, key, section_key)
    declared = section.list_named(list_key)
    if declared is None:
        raise Http404
    empty = declared.bind(None, loaded.asked, section=section.key)
    typed = as_typed(empty, sent)
    form = declared.bind(typed, loaded.asked, section=section.key)
    return _page(request, loaded, section, form)


def _found(
    request: SignedInRequest, key: UUID, section_key: str
) -> tuple[completeness.Loaded, Section]:
    application = own(request, key)
    section = section_named(application.round, section_key)
    if section is None:
        raise Http404
    return completeness.load(application), section


def _page(
    request: SignedInRequest, loaded: completeness.Loaded, section: Section, form: SectionForm
) -> HttpResponse:
    application = loaded.application
    context = {
        "nav": "account",
        "application": application,
        "section": section,
        "typed": [answer for answer in form_answers(form) if answer.words],
        "correctable": section in correctable(application.round),
    }
    return render(request, "applications/sent_meanwhile.html", context, status=409)
