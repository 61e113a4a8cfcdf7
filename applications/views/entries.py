"""The pages of one entry of a list: adding, changing and removing it."""

import secrets
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from applications.domain.errors import (
    EntryOvertaken,
    ListFull,
    NotEditable,
    UnknownEntry,
    UnknownSection,
    Unreadable,
)
from applications.domain.form import completeness, lists
from applications.domain.form.answers import Answer, form_answers
from applications.domain.form.completeness import Loaded
from applications.domain.form.doubts import told_by
from applications.models import UNSENT
from applications.sections.base import Answers, Section, SectionForm, as_typed
from applications.sections.entries import BoundEntry, BoundList
from applications.sections.registry import section_named
from applications.sections.warnings import warn_entry
from applications.views.common import applicant_page, own
from applications.views.fill import WaitingForm, aside, version_seen
from applications.views.listing import entry_words
from applications.views.meanwhile import entry_after_sending
from applications.views.parked import clear_chosen, parks_typing
from applications.views.warned import unseen
from jetportal.parking import lot
from jetportal.requests import SignedInRequest
from positions.deadlines import in_words


@dataclass(frozen=True, slots=True)
class _Place:
    """One list of one section of the person's draft."""

    loaded: Loaded
    section: Section
    bound: BoundList

    @property
    def back(self) -> str:
        return list_url(self.key, self.section.key, self.bound.declared.key)

    @property
    def key(self) -> UUID:
        return self.loaded.application.key

    @property
    def is_unreadable(self) -> bool:
        """Tell whether no key opens the section; its own page says so."""
        return self.loaded.is_unreadable(self.section)

    def empty(self, typed: Answers | None = None) -> SectionForm:
        """Return the form of an entry that is not in the list, with what was typed into it."""
        return self.bound.declared.bind(typed, self.loaded.asked, section=self.section.key)


def list_url(key: UUID, section_key: str, list_key: str) -> str:
    return f"{reverse('applications:section', args=[key, section_key])}#{list_key}"


def _place(request: SignedInRequest, key: UUID, section_key: str, list_key: str) -> _Place | None:
    """Find the list, or answer 404; None where the application was sent."""
    application = own(request, key)
    section = section_named(application.round, section_key)
    if section is None or section.list_named(list_key) is None:
        raise Http404
    if application.status not in UNSENT:
        return None
    loaded = completeness.load(application)
    return _Place(loaded, section, lists.found(loaded, section, list_key))


@require_GET
@applicant_page
def add(request: SignedInRequest, key: UUID, section_key: str, list_key: str) -> HttpResponse:
    """Show an empty entry; its id is made here, so that sending the page twice adds one."""
    place = _place(request, key, section_key, list_key)
    if place is None:
        return redirect("applications:receipt", key=key)
    if place.is_unreadable:
        return redirect(place.back)
    if place.bound.full:
        messages.warning(request, place.bound.full_words)
        return redirect(place.back)
    return _page(request, place, place.empty(), entry_id=secrets.token_hex(4))


@require_http_methods(["GET", "POST"])
@parks_typing
@applicant_page
def entry(
    request: SignedInRequest, key: UUID, section_key: str, list_key: str, entry_id: str
) -> HttpResponse:
    if request.method == "POST":
        return _save(request, key, section_key, list_key, entry_id)
    place = _place(request, key, section_key, list_key)
    if place is None:
        return redirect("applications:receipt", key=key)
    if place.is_unreadable:
        return redirect(place.back)
    return _open(request, place, entry_id)


def _open(request: SignedInRequest, place: _Place, entry_id: str) -> HttpResponse:
    """Show an entry as it is saved; or as it was typed while signed out, where that was chosen.

    An entry that was never saved has a page while something typed waits for it.
    """
    kept = place.bound.entry(entry_id)
    waiting = lot.waiting(request.path, at=request.received_at)
    if kept is None and not waiting:
        raise Http404
    form = kept.form if kept else place.empty()
    chosen = next((one for one in waiting if str(one.pk) == request.GET.get("parked")), None)
    if chosen is not None:
        waiting = ()
        form = place.empty(as_typed(form, chosen.typed))
    return _page(request, place, form, entry_id=entry_id, kept=kept, waiting=waiting, chosen=chosen)


def _entry_or_404(place: _Place, entry_id: str) -> BoundEntry:
    kept = place.bound.entry(entry_id)
    if kept is None:
        raise Http404
    return kept


def _save(
    request: SignedInRequest, key: UUID, section_key: str, list_key: str, entry_id: str
) -> HttpResponse:
    """Keep what was typed; back to the section where it is right, else stay and say what is not.

    A warning that the page did not show holds once, as on the pages of sections.
    """
    address, sent = (section_key, list_key, entry_id), dict(request.POST.lists())
    try:
        kept = lists.save_entry(
            key,
            *address,
            sent,
            by=request.user,
            at=request.received_at,
            seen=version_seen(request),
        )
    except (UnknownSection, UnknownEntry) as refusal:
        raise Http404 from refusal
    except NotEditable:
        return entry_after_sending(request, key, section_key, list_key, sent)
    except (ListFull, EntryOvertaken, Unreadable) as refusal:
        return _refused(request, key, address, refusal)
    clear_chosen(request)
    if kept.right and not unseen(request, kept.warned):
        return redirect(list_url(key, section_key, list_key))
    return redirect("applications:entry", key, *address)


def _refused(
    request: SignedInRequest,
    key: UUID,
    address: tuple[str, str, str],
    refusal: ListFull | EntryOvertaken | Unreadable,
) -> HttpResponse:
    """Show the form as it was sent, with what is saved beside it."""
    section_key, list_key, entry_id = address
    place = _place(request, key, section_key, list_key)
    if place is None:
        return redirect("applications:receipt", key=key)
    form = place.empty(refusal.typed)
    kept = refusal.entry if isinstance(refusal, EntryOvertaken) else None
    return _page(request, place, form, entry_id=entry_id, kept=kept, refusal=str(refusal))


def _page(
    request: SignedInRequest,
    place: _Place,
    form: SectionForm,
    *,
    entry_id: str,
    kept: BoundEntry | None = None,
    refusal: str = "",
    waiting: tuple[lot.Parked, ...] = (),
    chosen: lot.Parked | None = None,
) -> HttpResponse:
    declared = place.bound.declared
    warn_entry(form, place.bound, told_by(place.loaded))
    elsewhere: tuple[Answer, ...] = form_answers(kept.form) if kept and refusal else ()
    context = {
        **aside(request, place.loaded.application),
        "section": place.section,
        "list": declared,
        "form": form,
        "entry": entry_id,
        "warned": " ".join(sorted(form.warned)),
        "saves_itself": not (chosen or waiting or refusal),
        "version": kept.version if kept else 0,
        "heading": kept.name if kept else f"Add {declared.with_article}",
        "back": place.back,
        "refusal": refusal,
        "elsewhere": elsewhere,
        "chosen": chosen,
        "waiting": [
            WaitingForm(one.pk, in_words(one.parked_at, place.loaded.application.round.zoneinfo))
            for one in waiting
        ],
    }
    return render(request, "applications/entry.html", context, status=409 if refusal else 200)


@require_http_methods(["GET", "POST"])
@applicant_page
def remove(
    request: SignedInRequest, key: UUID, section_key: str, list_key: str, entry_id: str
) -> HttpResponse:
    """Ask once; what was removed can be brought back on the section's page."""
    place = _place(request, key, section_key, list_key)
    if place is None:
        return redirect("applications:receipt", key=key)
    if place.is_unreadable:
        return redirect(place.back)
    kept = _entry_or_404(place, entry_id)
    if request.method == "POST":
        return _remove(request, place, entry_id)
    context = {
        **aside(request, place.loaded.application),
        "section": place.section,
        "list": place.bound.declared,
        "entry": kept,
        "main": entry_words(kept).main,
        "answers": [answer for answer in form_answers(kept.form) if answer.words],
        "back": place.back,
    }
    return render(request, "applications/remove_entry.html", context)


def _remove(request: SignedInRequest, place: _Place, entry_id: str) -> HttpResponse:
    try:
        lists.remove_entry(
            place.key,
            place.section.key,
            place.bound.declared.key,
            entry_id,
            by=request.user,
            at=request.received_at,
        )
    except UnknownEntry as refusal:
        raise Http404 from refusal
    except NotEditable as refusal:
        messages.warning(request, str(refusal))
        return redirect("applications:receipt", key=place.key)
    return redirect(place.back)
