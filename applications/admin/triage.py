"""Completeness at the desk: the checklist of a file, and asking for one thing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from applications.admin.checked import ASK, shown_check
from applications.admin.corrections import CHANGE, INITIAL_HOURS, Find, both_clocks
from applications.admin.forms import typed
from applications.admin.words import short_time
from applications.domain import access, corrections
from applications.domain.errors import Refused
from applications.domain.names import applicant_name
from applications.domain.review import triage
from applications.domain.review.triage import CheckedMeanwhile, Found, Part
from applications.models import (
    Application,
    CompletenessCheck,
    Verdict,
)
from jetportal.requests import SignedInRequest

REFUSED, WRONG = 409, 422


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
