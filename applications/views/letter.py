"""Behind a referee's link: writing the letter, by buttons and by itself."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop, ngettext
from django.utils.translation import gettext as _

from applications.domain.errors import (
    DocumentRefused,
    DraftOvertaken,
    DraftUnreadable,
    LinkDead,
    NotStored,
)
from applications.domain.files import documents, reading
from applications.domain.referees import letter_drafts, letters
from applications.domain.referees.letter_drafts import Typing
from applications.forms.letter import MOST_PAGES, ReferenceForm, as_typed
from applications.models import ReferenceRequest
from applications.views.bilingual import JAPANESE, PARAMETER, chosen
from applications.views.common import reader_zone
from applications.views.letter_sending import too_late
from applications.views.moments import in_their_words
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
)
from jetportal.requests import PortalRequest

MEGABYTE = 1024 * 1024
UNSAFE = gettext_noop(
    "The virus scanner refused this file, so it is not kept. Make the PDF again on a computer that "
    "is checked, or type the letter."
)


@behind_a_link
def write(request: PortalRequest, token: str) -> HttpResponse:
    try:
        link = letters.by_token(token, at=request.received_at)
    except LinkDead:
        if request.method != "POST" or not is_proven(request, token):
            raise
        return too_late(request, token)
    if request.method == "POST":
        return _save(request, link, token)
    if link.opened_at is None:
        return redirect("references:landing", token=token)
    kept = letter_drafts.typing_of(link)
    if kept.unreadable:
        return _unreadable_page(request, link, token)
    return _write_page(request, link, token, kept, judged=MEND in request.GET)


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
        "file_problem": _(UNSAFE) if kept.refused else "",
        "saved": in_their_words(kept.saved_at, zone) if kept.saved_at else "",
        **more,
    }
    return page(request, "write", context, status=status)


def _unreadable_page(request: PortalRequest, link: ReferenceRequest, token: str) -> HttpResponse:
    """Say that what is saved does not open; what was typed now is shown, so that it is copied."""
    context = {**asked_context(request, link, token), "text": typed_text(request)}
    return page(request, "unreadable", context, status=CONFLICT)


def _save(request: PortalRequest, link: ReferenceRequest, token: str) -> HttpResponse:
    """Keep what was typed, then the file, then go where the pressed button leads."""
    typed = as_typed(dict(request.POST.lists()))
    then, at = request.POST.get("then", ""), request.received_at
    try:
        kept = letters.save_draft(token, typed, seen_version=version_seen(request), at=at)
    except DraftOvertaken as refusal:
        return _both(request, link, token, refusal, typed)
    except DraftUnreadable:
        return _unreadable_page(request, link, token)
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
    file = letter_drafts.typing_of(link)
    saved = ReferenceForm(refusal.typed, has_file=bool(file.file_name))
    sent = Typing(typed, refusal.version, file.file_name, file.pages)
    return _write_page(request, link, token, sent, status=CONFLICT, elsewhere=read_out(saved))


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
    return _kept_or_not(request, token, file.name or "", content, pages)


def _kept_or_not(request: PortalRequest, token: str, name: str, content: bytes, pages: int) -> str:
    """Keep a PDF that was read; return why it could not be, or nothing."""
    shown, at = documents.shown_name(name), request.received_at
    try:
        letters.keep_file(token, name=shown, content=content, pages=pages, at=at)
    except DocumentRefused:
        return _(UNSAFE)
    except NotStored:
        return _("Our storage did not take the file just now. Choose it again in some minutes.")
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
    except (LinkDead, DraftUnreadable):
        return JsonResponse({"refused": True}, status=CONFLICT)
    except DraftOvertaken:
        return JsonResponse({"conflict": True}, status=CONFLICT)
    link = letters.by_token(token, at=at)
    clock = in_their_words(at, reader_zone(request) or link.referee.application.round.zoneinfo)
    return JsonResponse({"saved": clock, "version": kept.version})
