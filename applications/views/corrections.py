"""Changes after sending: the own contact, asking for a correction, and making it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from applications.domain import corrections
from applications.domain.errors import (
    Overtaken,
    Refused,
    StillWrong,
    UnknownSection,
)
from applications.domain.form import completeness, entry_forms
from applications.domain.form.answers import section_answers
from applications.domain.form.completeness import Loaded
from applications.models import Application, CorrectionRequest
from applications.sections.base import Section, SectionForm
from applications.sections.entries import BoundList
from applications.sections.fields import Choice, Text
from applications.sections.text import storable
from applications.views.common import applicant_page, own, reader_zone
from applications.views.fill import version_seen
from applications.views.parked import clear_chosen, offered, parks_typing
from jetportal.parking import lot
from jetportal.requests import SignedInRequest
from positions.clocks import duration_in_words
from positions.clockwords import Chip
from positions.deadlines import MINUTE, deadline_in_words

REFUSED, UNPROCESSABLE = 409, 422


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request of the applicant, or of the office: `url` leads to the form while it is open."""

    title: str
    chip: Chip
    reason: str
    answer: str
    until: str
    until_local: str
    url: str
    by_office: bool
    left: str


class AskForm(forms.Form):
    section = Choice("Which part is wrong?", missing="Choose the part", many=True)
    reason = Text(
        "What is wrong, and what should it say?",
        max_characters=corrections.LONGEST_REASON,
        lines=4,
        missing="Say what is wrong, and what it should say",
        help_text="The program office reads this and decides.",
    )

    def __init__(self, sent: dict[str, str] | None, application: Application) -> None:
        super().__init__(sent, label_suffix="")
        parts = [(one.key, one.title) for one in corrections.correctable(application.round)]
        self.fields["section"].choices = [("", "Choose a part"), *parts]  # type: ignore[attr-defined]


def request_rows(
    application: Application, *, at: datetime, zone: ZoneInfo | None
) -> tuple[RequestRow, ...]:
    """List what was asked for, newest first; one query."""
    rows: list[CorrectionRequest] = list(application.corrections.order_by("-pk"))
    for row in rows:
        row.application = application
    return tuple(_request_row(row, at=at, zone=zone) for row in rows)


def _request_row(row: CorrectionRequest, *, at: datetime, zone: ZoneInfo | None) -> RequestRow:
    application, until = row.application, row.until_at
    deciding = application.round.zoneinfo
    local = zone or (ZoneInfo(application.consulate.zone) if application.consulate else deciding)
    is_open = until is not None and at < until and corrections.may_change(application)
    return RequestRow(
        title=corrections.title_of(row),
        chip=_chip(row, is_open=is_open),
        reason=row.reason,
        answer=row.answer,
        until=deadline_in_words(until, deciding) if until else "",
        until_local=deadline_in_words(until, local) if until and local != deciding else "",
        url=_address(row) if is_open else "",
        by_office=row.asked_by_id is not None,
        left=_left(until - at) if until and is_open else "",
    )


def _left(time: timedelta) -> str:
    """Write whole minutes; the last one counts to its end."""
    minutes = time // MINUTE
    return duration_in_words(minutes * MINUTE, units=2) if minutes else "Less than a minute"


def _address(row: CorrectionRequest) -> str:
    if row.slot:
        return reverse("applications:asked_document", args=[row.application.key, row.slot])
    return reverse("applications:correct", args=[row.application.key, row.section])


def _chip(row: CorrectionRequest, *, is_open: bool) -> Chip:
    if row.decided_at is None:
        return Chip("progress", "Asked for")
    if row.until_at is None:
        return Chip("closed", "Declined")
    if row.asked_by_id is not None:
        return Chip("soon", "Needed") if is_open else Chip("closed", "Time is over")
    return Chip("open", "Open") if is_open else Chip("closed", "Closed again")


@require_http_methods(["GET", "POST"])
@applicant_page
def index(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Ask to correct a part; list what was asked for before."""
    application = own(request, key)
    if not corrections.may_change(application):
        return redirect("applications:receipt", key=key)
    form = AskForm(None, application)
    if request.method == "POST":
        form = AskForm({n: storable(str(v)) for n, v in request.POST.items()}, application)
        if form.is_valid() and _asked(request, key, form):
            messages.success(request, "Asked for. The program office answers by mail.")
            return redirect("applications:corrections", key=key)
    context = {
        "nav": "account",
        "application": application,
        "form": form,
        "rows": request_rows(application, at=request.received_at, zone=reader_zone(request)),
    }
    wrong = REFUSED if form.non_field_errors() else UNPROCESSABLE
    status = wrong if form.errors else 200
    return render(request, "applications/corrections.html", context, status=status)


def _asked(request: SignedInRequest, key: UUID, form: AskForm) -> bool:
    try:
        corrections.ask(
            key,
            form.cleaned_data["section"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=request.received_at,
        )
    except Refused as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return False
    return True


@require_http_methods(["GET", "POST"])
@parks_typing
@applicant_page
def change_contact(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Change phone, addresses and second e-mail."""
    application = own(request, key)
    if not corrections.may_change(application):
        return redirect("applications:receipt", key=key)
    section = corrections.contact_of(application.round)
    page = _Page(request, application, section, whole=False)
    if request.method != "POST":
        return page.opened()
    try:
        corrections.change_contact(
            key,
            dict(request.POST.lists()),
            by=request.user,
            at=request.received_at,
            seen=version_seen(request),
        )
    except Refused as refusal:
        return page.refused(refusal)
    clear_chosen(request)
    messages.success(request, "Saved. This is what counts from now on.")
    return redirect("applications:receipt", key=key)


@require_http_methods(["GET", "POST"])
@parks_typing
@applicant_page
def correct(request: SignedInRequest, key: UUID, section_key: str) -> HttpResponse:
    """Correct one part while the program office has opened it."""
    application = own(request, key)
    if not corrections.may_change(application):
        return redirect("applications:receipt", key=key)
    section = next(
        (one for one in corrections.correctable(application.round) if one.key == section_key), None
    )
    if section is None:
        raise Http404
    page = _Page(request, application, section, whole=True)
    if request.method != "POST":
        is_wanted = page.until or page.parked.any
        return page.opened() if is_wanted else redirect("applications:corrections", key=key)
    try:
        corrections.correct(
            key,
            section_key,
            dict(request.POST.lists()),
            by=request.user,
            at=request.received_at,
            seen=version_seen(request),
        )
    except Refused as refusal:
        return page.refused(refusal)
    clear_chosen(request)
    messages.success(request, f"{section.title}: corrected. This is what counts from now on.")
    return redirect("applications:receipt", key=key)


class _Page:
    """The form of a change: as it is stored, or as it was typed and refused."""

    def __init__(
        self, request: SignedInRequest, application: Application, section: Section, *, whole: bool
    ) -> None:
        self.request, self.application, self.section = request, application, section
        self.whole, self.at = whole, request.received_at
        self.parked = offered(request, application)
        rows = request_rows(application, at=self.at, zone=reader_zone(request)) if whole else ()
        here = reverse("applications:correct", args=[application.key, section.key])
        self.until = next((row for row in rows if row.url == here), None)

    def form(self, loaded: Loaded) -> SectionForm:
        form = loaded.form(self.section)
        return form if self.whole else corrections.own_fields(form)

    def opened(self) -> HttpResponse:
        """Show what is stored, or what was typed while signed out, where that was chosen."""
        chosen = self.parked.chosen
        return self.answer(self._with(chosen.typed) if chosen else None)

    def _with(self, sent: lot.Typed) -> Loaded:
        loaded = completeness.load(self.application)
        typed = corrections.typed(loaded, self.section, sent, whole=self.whole)
        return corrections.changed(loaded, typed)

    def answer(
        self, loaded: Loaded | None = None, *, refusal: Refused | None = None
    ) -> HttpResponse:
        stored = completeness.load(self.application)
        shown = loaded or stored
        row = stored.answers.get(self.section.key)
        form = self.form(shown)
        bound = shown.lists(self.section) if self.whole else ()
        overtaken = isinstance(refusal, Overtaken)
        context = {
            "nav": "account",
            "application": self.application,
            "section": self.section,
            "whole": self.whole,
            "until": self.until,
            "form": form,
            "lists": entry_forms.list_forms(shown, self.section) if self.whole else (),
            "problems": _problems(bound) if isinstance(refusal, StillWrong) else [],
            "judged": isinstance(refusal, StillWrong),
            "refusal": "" if refusal is None or isinstance(refusal, StillWrong) else str(refusal),
            "elsewhere": section_answers(stored, self.section) if overtaken else (),
            "version": row.version if row else 0,
            "parked": self.parked,
        }
        wrong = UNPROCESSABLE if isinstance(refusal, StillWrong) else REFUSED
        status = wrong if refusal else 200
        return render(self.request, "applications/correct.html", context, status=status)

    def refused(self, refusal: Refused) -> HttpResponse:
        """Show again what was typed, whatever the reason; nothing is lost."""
        if isinstance(refusal, UnknownSection):
            raise Http404 from refusal
        if isinstance(refusal, StillWrong):
            return self.answer(refusal.loaded, refusal=refusal)
        return self.answer(self._with(dict(self.request.POST.lists())), refusal=refusal)


def _problems(bound: tuple[BoundList, ...]) -> list[tuple[str, str]]:
    """List what is wrong with lists and entries, as links of the error summary."""
    found: list[tuple[str, str]] = []
    for each in bound:
        key, title = each.declared.key, each.declared.title
        found += [(key, f"{title}: {words}") for words, _code in each.faults()]
        found += [
            (f"{key}-{entry.id}", f"{entry.name}: {fault.label}: {fault.words}")
            for entry in each.entries
            for fault in completeness.form_faults(entry.form)
        ]
    return found
