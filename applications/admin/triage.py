"""Completeness at the desk: the checklist of a file, and asking for one thing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from applications.admin.boxes import Asked, Box, register
from applications.admin.corrections import CHANGE, INITIAL_HOURS, Find, both_clocks
from applications.admin.forms import typed
from applications.admin.words import short_time
from applications.domain import access, corrections
from applications.domain.errors import Refused
from applications.domain.names import applicant_name
from applications.domain.review import triage
from applications.domain.review.triage import CheckedMeanwhile, Found, Part
from applications.models import (
    SENSITIVE_SLOTS,
    Application,
    Assignment,
    CompletenessCheck,
    Slot,
    Verdict,
)
from applications.models.application import ApplicationQuerySet
from applications.sections.registry import REFERENCES, section_named
from jetportal.accounts.models import User
from jetportal.requests import SignedInRequest
from positions.clockwords import Chip

REFUSED, WRONG = 409, 422
CHIPS = {Verdict.OK: "complete", Verdict.MISSING: "missing", Verdict.UNCLEAR: "soon"}
CHECKS = "admin:applications_application_checks"
ASK = "admin:applications_application_ask"


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the checklist; `seen` is what the page shows as found, `ask_url` opens it."""

    key: str
    title: str
    seen: str
    who: str
    choices: tuple[Choice, ...]
    ask_url: str


class AskForm(forms.Form):
    part = forms.ChoiceField(
        label="What do you need?",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose one part."),
    )
    words = forms.CharField(
        label="What is missing or unclear?",
        max_length=corrections.LONGEST_REASON,
        widget=forms.Textarea,
        help_text="The applicant reads this, by mail and on the page of the application.",
        error_messages={
            "required": "Say what you need. The applicant reads it.",
            "max_length": f"This is too long: at most {corrections.LONGEST_REASON:,} characters.",
        },
    )
    hours = forms.IntegerField(
        label="Open it for how many hours?",
        min_value=corrections.HOURS[0],
        max_value=corrections.HOURS[-1],
        help_text=f"From now on, {corrections.HOURS[0]} to {corrections.HOURS[-1]}. "
        "It closes by itself.",
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            f"Write a number from {corrections.HOURS[0]} to {corrections.HOURS[-1]}.",
        ),
    )

    def __init__(
        self,
        sent: Mapping[str, Any] | None,
        parts: tuple[Part, ...],
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(sent, initial=dict(initial or {}))
        choices = [(part.key, part.title) for part in parts if part.opens]
        self.fields["part"].choices = [("", "Choose one part"), *choices]  # type: ignore[attr-defined]


def pages(find: Find) -> dict[str, tuple[Callable[..., HttpResponse], str]]:
    """Return the pages by address; `find` returns a file the person may work with."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def checks(request: SignedInRequest, pk: int) -> HttpResponse:
        application = find(request, pk)
        if request.method != "POST":
            return _checklist(request, application)
        found, seen = _sent(request, "found-"), _sent(request, "seen-")
        try:
            changed = triage.check(pk, found, seen=seen, by=request.user, at=request.received_at)
        except CheckedMeanwhile as late:
            return _checklist(request, application, found, late)
        except Refused as refusal:
            return _checklist(request, application, found, refusal)
        parts = "1 part" if changed == 1 else f"{changed} parts"
        messages.success(request, f"Kept: {parts} changed.")
        return redirect(CHANGE, pk)

    @require_http_methods(["GET", "HEAD", "POST"])
    def ask(request: SignedInRequest, pk: int) -> HttpResponse:
        application = find(request, pk)
        if not access.may_grant(request.user):
            raise PermissionDenied
        parts = triage.parts_of(application, user=request.user)
        if request.method != "POST":
            initial = {"part": request.GET.get("part", ""), "hours": INITIAL_HOURS}
            return _ask_page(request, application, AskForm(None, parts, initial))
        form = AskForm(typed(request.POST.dict()), parts)
        if not form.is_valid():
            return _ask_page(request, application, form)
        return _asked(request, application, form)

    return {"<int:pk>/checks/": (checks, "checks"), "<int:pk>/ask/": (ask, "ask")}


def _asked(request: SignedInRequest, application: Application, form: AskForm) -> HttpResponse:
    try:
        done = triage.ask_for(
            application.pk,
            form.cleaned_data["part"],
            words=form.cleaned_data["words"],
            hours=form.cleaned_data["hours"],
            by=request.user,
            at=request.received_at,
        )
    except Refused as refusal:
        return _ask_page(request, application, form, str(refusal))
    if done.until_at is not None:
        until = " / ".join(both_clocks(application, done.until_at))
        words = f"{corrections.title_of(done)} is open until {until}. Mail is on its way."
        messages.success(request, words)
    return redirect(CHANGE, application.pk)


def _sent(request: SignedInRequest, prefix: str) -> dict[str, Verdict | None]:
    """Read one column of the checklist; a word that is no verdict counts as not looked at."""
    return {
        name.removeprefix(prefix): Verdict(value) if value in Verdict.values else None
        for name, value in request.POST.items()
        if name.startswith(prefix) and isinstance(value, str)
    }


def _checklist(
    request: SignedInRequest,
    application: Application,
    found: Found | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    now = triage.checks_of(application)
    may_ask = access.may_grant(request.user)
    late = refusal.checks if isinstance(refusal, CheckedMeanwhile) else ()
    context = {
        **admin.site.each_context(request),
        "title": f"Check {application.reference_shown} for completeness",
        "application": application,
        "applicant": applicant_name(application),
        "lines": [
            _line(application, part, now, found or {}, may_ask=may_ask)
            for part in triage.parts_of(application, user=request.user)
        ],
        "refused": str(refusal or ""),
        "late": [shown_check(application, row) for row in late],
    }
    name = "admin/applications/application/checks.html"
    return TemplateResponse(request, name, context, status=REFUSED if refusal else 200)


def _line(
    application: Application,
    part: Part,
    now: Mapping[str, CompletenessCheck],
    found: Found,
    *,
    may_ask: bool,
) -> Line:
    row, verdict = now.get(part.key), triage.verdict_of(now, part.key)
    chosen = found.get(part.key, verdict)
    ask = f"{reverse(ASK, args=[application.pk])}?part={part.key}"
    return Line(
        key=part.key,
        title=part.title,
        seen=verdict or "",
        who=f"{short_time(row.at)} HST, {row.by.email}" if row else "",
        choices=(
            Choice("", "Not looked at", chosen is None),
            *(Choice(each.value, str(each.label), chosen is each) for each in Verdict),
        ),
        ask_url=ask if may_ask and part.opens else "",
    )


def _ask_page(
    request: SignedInRequest, application: Application, form: AskForm, refused: str = ""
) -> HttpResponse:
    until = triage.end_after(INITIAL_HOURS, at=request.received_at)
    context = {
        **admin.site.each_context(request),
        "title": f"Ask for one thing, {application.reference_shown}",
        "application": application,
        "applicant": applicant_name(application),
        "form": form,
        "refused": refused,
        "hours": INITIAL_HOURS,
        "until": both_clocks(application, until),
    }
    status = REFUSED if refused else (WRONG if form.errors else 200)
    name = "admin/applications/application/ask.html"
    return TemplateResponse(request, name, context, status=status)


@dataclass(frozen=True, slots=True)
class ShownCheck:
    title: str
    chip: Chip
    who: str


def shown_check(application: Application, row: CompletenessCheck) -> ShownCheck:
    verdict = Verdict(row.verdict)
    return ShownCheck(
        _title(application, row),
        Chip(CHIPS[verdict], str(verdict.label)),
        f"{short_time(row.at)} HST, {row.by.email}",
    )


def _title(application: Application, row: CompletenessCheck) -> str:
    if row.slot:
        return str(Slot(row.slot).label)
    if row.section == REFERENCES:
        return "Letters of reference"
    section = section_named(application.round, row.section)
    return section.title if section else row.section


def with_triage(queryset: ApplicationQuerySet) -> ApplicationQuerySet:
    """Load what `checked_in` and `assigned_to` tell, in two more queries at any size."""
    running = Assignment.objects.running().select_related("reviewer").order_by("pk")
    checks = CompletenessCheck.objects.exclude(slot__in=SENSITIVE_SLOTS)
    rows: ApplicationQuerySet = queryset.prefetch_related(
        Prefetch("checks", checks, to_attr="found_now"),
        Prefetch("assignments", running, to_attr="assigned_now"),
    )
    return rows


def checked_in(application: Application) -> str:
    """Write what was found, trouble first: "2 to clear up", "12 right"; rows `with_triage`."""
    found: list[CompletenessCheck] = application.found_now  # type: ignore[attr-defined]
    trouble = sum(row.verdict != Verdict.OK for row in found)
    if trouble:
        return f"{trouble} to clear up"
    return f"{len(found)} right" if found else ""


def assigned_to(application: Application) -> str:
    """Name who reads the file, by the beginning of their addresses; rows `with_triage`."""
    running: list[Assignment] = application.assigned_now  # type: ignore[attr-defined]
    return ", ".join(row.reviewer.email.partition("@")[0] for row in running)


def _box(asked: Asked) -> Mapping[str, Any]:
    """Tell what was found, trouble first: one query."""
    application, user = asked.application, asked.user
    sensitive = access.may_open_sensitive(user, application)
    rows = [
        row
        for row in triage.checks_of(application).values()
        if sensitive or row.slot not in SENSITIVE_SLOTS
    ]
    trouble = [row for row in rows if row.verdict != Verdict.OK]
    return {
        "checks_url": reverse(CHECKS, args=[application.pk]),
        "ask_url": reverse(ASK, args=[application.pk]) if access.may_grant(user) else "",
        "right": len(rows) - len(trouble),
        "trouble": [shown_check(application, row) for row in trouble],
    }


def _works_on(user: User, application: Application) -> bool:
    """Tell whether the file is the user's to work on: of their consulate, or of all."""
    own = access.own_consulate(user) == application.consulate_id
    return access.sees_every_consulate(user) or (own and access.may_review(user))


register(
    Box(
        name="completeness",
        title="Completeness",
        template="admin/applications/application/_completeness.html",
        context=_box,
        may_see=_works_on,
        order=10,
    )
)
