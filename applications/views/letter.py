"""Behind a referee's link: writing the letter, looking it over, sending it."""

import re
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from applications.domain import documents, letter_links, letters, reading
from applications.domain.errors import DocumentRefused, DraftOvertaken, LinkDead
from applications.domain.letters import Letter, Typing
from applications.domain.reference_clock import ends_at
from applications.forms.letter import (
    MOST_PAGES,
    Answer,
    ReferenceForm,
    answers,
    as_typed,
    ratings_of,
)
from applications.models import LetterLanguage, ReferenceRequest
from applications.sections.text import count_characters
from applications.views.bilingual import ENGLISH, JAPANESE, PARAMETER, chosen
from applications.views.common import reader_zone
from applications.views.moments import in_their_words, length_in_words
from applications.views.reference_pages import (
    asked_context,
    behind_a_link,
    is_proven,
    page,
    typed_text,
    with_proof,
)
from jetportal.requests import PortalRequest

CONFLICT, UNFIT = 409, 422
VERSION_DIGITS = 9
MEGABYTE = 1024 * 1024
MEND = "mend"  # in the address: say what is missing
KANA = re.compile("[\u3041-\u30ff]")


def version_seen(request: PortalRequest) -> int:
    """Return the version of the draft the page was made from; 0 for none, and for nonsense."""
    text = request.POST.get("version", "")
    plain = text.isascii() and text.isdecimal() and len(text) <= VERSION_DIGITS
    return int(text) if plain else 0


@behind_a_link
def write(request: PortalRequest, token: str) -> HttpResponse:
    try:
        link = letters.by_token(token, at=request.received_at)
    except LinkDead:
        if request.method != "POST" or not is_proven(request, token):
            raise
        return _too_late(request, token)
    if request.method == "POST":
        return _save(request, link, token)
    if link.opened_at is None:
        return redirect("references:landing", token=token)
    kept = letters.typing_of(link)
    return _write_page(request, link, token, kept, judged=MEND in request.GET)


def _too_late(request: PortalRequest, token: str) -> HttpResponse:
    """Give the typing back after the end, with a button that hands it in as a late letter."""
    link = letter_links.to_send(token, at=request.received_at)
    kept, typed = letters.typing_of(link), as_typed(dict(request.POST.lists()))
    form = ReferenceForm(typed, has_file=bool(kept.file_name))
    context = {
        **asked_context(request, link, token),
        "late_by": length_in_words(request.received_at - ends_at(link)),
        "whole": form.is_valid(),
        "typed": [(name, value) for name, values in typed.items() for value in values],
        "text": typed_text(request),
    }
    return page(request, "late", context, status=CONFLICT)


def _write_page(
    request: PortalRequest,
    link: ReferenceRequest,
    token: str,
    kept: Typing,
    *,
    judged: bool = False,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    round_ = link.referee.application.round
    zone = reader_zone(request) or round_.zoneinfo
    context = {
        **asked_context(request, link, token),
        "max_bytes": round_.documents_max_megabytes * MEGABYTE,
        "form": ReferenceForm(kept.typed, has_file=bool(kept.file_name), judged=judged),
        "version": kept.version,
        "file": kept.file_name and {"name": kept.file_name, "pages": kept.pages},
        "saved": in_their_words(kept.saved_at, zone) if kept.saved_at else "",
        **more,
    }
    return page(request, "write", context, status=status)


def _save(request: PortalRequest, link: ReferenceRequest, token: str) -> HttpResponse:
    """Keep what was typed, then the file, then go where the pressed button leads."""
    typed = as_typed(dict(request.POST.lists()))
    then, at = request.POST.get("then", ""), request.received_at
    try:
        kept = letters.save_draft(token, typed, seen_version=version_seen(request), at=at)
    except DraftOvertaken as refusal:
        return _both(request, link, token, refusal, typed)
    if then == "remove_file":
        letters.drop_file(token, at=at)
        return redirect("references:write", token=token)
    if problem := _file_problem(request, link, token):
        judged = then == "preview"
        more = {"file_problem": problem}
        return _write_page(request, link, token, kept, judged=judged, status=UNFIT, **more)
    if chosen(then):
        return redirect(f"{reverse('references:write', args=[token])}?{PARAMETER}={then}")
    return redirect("references:landing" if then == "later" else "references:preview", token=token)


def _both(
    request: PortalRequest,
    link: ReferenceRequest,
    token: str,
    refusal: DraftOvertaken,
    typed: dict[str, list[str]],
) -> HttpResponse:
    """Show what is saved beside what was sent; the next press of a button decides."""
    file = letters.typing_of(link)
    saved = ReferenceForm(refusal.typed, has_file=bool(file.file_name))
    elsewhere = [*answers(saved), Answer(str(saved["letter"].label), saved.text)]
    sent = Typing(typed, refusal.version, file.file_name, file.pages)
    return _write_page(request, link, token, sent, status=CONFLICT, elsewhere=elsewhere)


def _file_problem(request: PortalRequest, link: ReferenceRequest, token: str) -> str:
    """Keep the PDF that came with the form; return why it is not taken, or nothing."""
    file = request.FILES.get("file")
    if file is None:
        return ""
    megabytes = link.referee.application.round.documents_max_megabytes
    if (file.size or 0) > megabytes * MEGABYTE:
        return _(
            "The file is larger than %(megabytes)s MB. Save it smaller, and choose it again."
        ) % {"megabytes": megabytes}
    content = file.read()
    try:
        pages = reading.check(content, max_megabytes=megabytes)
    except DocumentRefused as refusal:
        return _in_their_language(str(refusal))
    if pages > MOST_PAGES:
        return ngettext(
            "The PDF has %(pages)d page. A letter may have %(most)d.",
            "The PDF has %(pages)d pages. A letter may have %(most)d.",
            pages,
        ) % {"pages": pages, "most": MOST_PAGES}
    name = documents.shown_name(file.name or "")
    letters.keep_file(token, name=name, content=content, pages=pages, at=request.received_at)
    return ""


def _in_their_language(words: str) -> str:
    """Translate why a document is not taken; in plain words where that reason is new."""
    told = _(words)
    if told == words and get_language() == JAPANESE:
        return _("This PDF cannot be taken. Save or scan it again without scripts or a password.")
    return told


@behind_a_link
def autosave(request: PortalRequest, token: str) -> HttpResponse:
    """Save as the buttons do, and tell in a few words how it went; never choose between two."""
    at = request.received_at
    if request.method != "POST":
        letters.by_token(token, at=at)
        return redirect("references:landing", token=token)
    typed = as_typed(dict(request.POST.lists()))
    try:
        kept = letters.save_draft(token, typed, seen_version=version_seen(request), at=at)
    except LinkDead:
        return JsonResponse({"refused": True}, status=CONFLICT)
    except DraftOvertaken:
        return JsonResponse({"conflict": True}, status=CONFLICT)
    link = letters.by_token(token, at=at)
    clock = in_their_words(at, reader_zone(request) or link.referee.application.round.zoneinfo)
    return JsonResponse({"saved": clock, "version": kept.version})


@behind_a_link
def preview(request: PortalRequest, token: str) -> HttpResponse:
    """Show the letter as it would be sent; lead back to writing while something is missing."""
    link = letters.by_token(token, at=request.received_at)
    kept = letters.typing_of(link)
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
    kept = letters.typing_of(link)
    late = as_typed(dict(request.POST.lists())) if proven else {}  # typed until after the end
    form = ReferenceForm(late or kept.typed, has_file=bool(kept.file_name))
    if not form.is_valid():
        letters.by_token(token, at=request.received_at)
        return redirect(_mending(token))
    if not late and kept.version != version_seen(request):
        return _preview_page(request, link, token, kept, form, status=CONFLICT, changed=True)
    if not late and form.is_short() and "whole" not in request.POST:
        return _preview_page(request, link, token, kept, form, status=UNFIT, not_whole=True)
    letters.submit_letter(
        token,
        Letter(
            ratings=ratings_of(form),
            text="" if kept.file_name else form.text,
            language=_language_of(form.text),
        ),
        received_at=request.received_at,
        recorded_at=timezone.now(),  # noqa: TID251  the edge: when the row is written
    )
    return redirect(with_proof("references:received", token))


def _language_of(text: str) -> LetterLanguage:
    """Tell the language of a typed letter by its signs; that of a PDF is taken from the page."""
    if text:
        return LetterLanguage.JAPANESE if KANA.search(text) else LetterLanguage.ENGLISH
    return LetterLanguage(get_language() if get_language() == JAPANESE else ENGLISH)
