"""Behind a referee's link: looking the letter over and sending it, in time or late."""

import re
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from applications.domain.errors import DraftOvertaken, LinkDead
from applications.domain.referees import letter_drafts, letter_links, letters
from applications.domain.referees.letter_drafts import Typing
from applications.domain.referees.letters import Letter
from applications.domain.referees.reference_clock import ends_at
from applications.forms.letter import ReferenceForm, answers, as_typed, ratings_of
from applications.models import LetterLanguage, ReferenceRequest
from applications.sections.text import count_characters
from applications.views.bilingual import ENGLISH, JAPANESE
from applications.views.moments import length_in_words
from applications.views.reference_pages import (
    CONFLICT,
    MEND,
    UNFIT,
    asked_context,
    behind_a_link,
    is_proven,
    page,
    read_out,
    typed_text,
    version_seen,
    with_proof,
)
from jetportal.requests import PortalRequest

KANA = re.compile("[\u3041-\u30ff]")


def too_late(request: PortalRequest, token: str) -> HttpResponse:
    """Give the typing back after the end, with a button that hands it in as a late letter."""
    link = letter_links.to_send(token, at=request.received_at)
    kept, typed = letter_drafts.typing_of(link), as_typed(dict(request.POST.lists()))
    form = ReferenceForm(typed, has_file=bool(kept.file_name))
    overtaken = kept.version != version_seen(request) and kept.typed != typed
    context = {
        **asked_context(request, link, token),
        "late_by": length_in_words(request.received_at - ends_at(link)),
        "whole": form.is_valid(),
        "typed": [(name, value) for name, values in typed.items() for value in values],
        "text": typed_text(request),
        "version": kept.version,
        "elsewhere": read_out(ReferenceForm(kept.typed, has_file=False)) if overtaken else (),
    }
    return page(request, "late", context, status=CONFLICT)


@behind_a_link
def preview(request: PortalRequest, token: str) -> HttpResponse:
    """Show the letter as it would be sent; lead back to writing while something is missing."""
    link = letters.by_token(token, at=request.received_at)
    kept = letter_drafts.typing_of(link)
    form = ReferenceForm(kept.typed, has_file=bool(kept.file_name))
    if not form.is_valid():
        return redirect(_mending(token))
    return _preview_page(request, link, token, kept, form)


def _mending(token: str) -> str:
    return f"{reverse('references:write', args=[token])}?{MEND}=1"


def _preview_page(
    request: PortalRequest,
    link: ReferenceRequest,
    token: str,
    kept: Typing,
    form: ReferenceForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        **asked_context(request, link, token),
        "answers": answers(form),
        "letter": form.text,
        "characters": count_characters(form.text),
        "short": form.is_short(),
        "version": kept.version,
        "file": kept.file_name and {"name": kept.file_name, "pages": kept.pages},
        **more,
    }
    return page(request, "preview", context, status=status)


@behind_a_link
def file(request: PortalRequest, token: str) -> HttpResponse:
    """Show the referee their own PDF, as it waits to be sent; nobody else has the link."""
    link = letters.by_token(token, at=request.received_at)
    content = letter_links.waiting_file(link)
    if content is None:
        return redirect("references:write", token=token)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="letter.pdf"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@behind_a_link
def submit(request: PortalRequest, token: str) -> HttpResponse:
    """Send what was looked over. A second press finds the receipt; what is late is kept as late."""
    if request.method != "POST":
        letters.by_token(token, at=request.received_at)
        return redirect("references:preview", token=token)
    try:
        return _sent(request, token)
    except LinkDead:
        if not is_proven(request, token) or letter_links.standing(token) is None:
            raise
    return redirect(with_proof("references:received", token))


def _sent(request: PortalRequest, token: str) -> HttpResponse:
    proven = is_proven(request, token)
    find = letter_links.to_send if proven else letters.by_token
    link = find(token, at=request.received_at)
    kept = letter_drafts.typing_of(link)
    late = as_typed(dict(request.POST.lists())) if proven else {}  # typed until after the end
    form = ReferenceForm(late or kept.typed, has_file=bool(kept.file_name))
    if not form.is_valid():
        letters.by_token(token, at=request.received_at)
        return redirect(_mending(token))
    if not late and kept.version != version_seen(request):
        return _preview_page(request, link, token, kept, form, status=CONFLICT, changed=True)
    if not late and form.is_short() and "whole" not in request.POST:
        return _preview_page(request, link, token, kept, form, status=UNFIT, not_whole=True)
    letter = Letter(
        ratings=ratings_of(form),
        text="" if kept.file_name else form.text,
        language=_language_of(form.text),
        seen_version=version_seen(request),
    )
    now = timezone.now()  # noqa: TID251  the edge: when the row is written
    try:
        letters.submit_letter(token, letter, received_at=request.received_at, recorded_at=now)
    except DraftOvertaken:
        return too_late(request, token) if late else _overtaken(request, link, token, form)
    return redirect(with_proof("references:received", token))


def _overtaken(
    request: PortalRequest, link: ReferenceRequest, token: str, seen: ReferenceForm
) -> HttpResponse:
    """Show what another window has saved this moment, and what was about to be sent instead."""
    kept = letter_drafts.typing_of(link)
    form = ReferenceForm(kept.typed, has_file=bool(kept.file_name))
    more = {"changed": True, "before": read_out(seen)}
    return _preview_page(request, link, token, kept, form, status=CONFLICT, **more)


def _language_of(text: str) -> LetterLanguage:
    """Tell the language of a typed letter by its signs; that of a PDF is taken from the page."""
    if text:
        return LetterLanguage.JAPANESE if KANA.search(text) else LetterLanguage.ENGLISH
    return LetterLanguage(get_language() if get_language() == JAPANESE else ENGLISH)
