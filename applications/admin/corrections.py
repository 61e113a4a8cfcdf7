"""Corrections at the desk: what an applicant asks for, and the answer of the program office."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from applications.admin.forms import LONGEST, typed
from applications.admin.words import short_time
from applications.domain import access, corrections
from applications.domain.errors import Refused
from applications.domain.names import applicant_name
from applications.models import SENSITIVE_SLOTS, Application, CorrectionRequest, Slot
from applications.sections.registry import DOCUMENTS, section_named
from jetportal.accounts.models import User
from jetportal.requests import SignedInRequest
from positions.deadlines import deadline_in_words

CHANGE = "admin:applications_application_change"
Find = Callable[[SignedInRequest, int], Application]
INITIAL_HOURS = 48
REFUSED = 409


class GrantForm(forms.Form):
    hours = forms.IntegerField(
        label="Open it for how many hours?",
        min_value=corrections.HOURS[0],
        max_value=corrections.HOURS[-1],
        initial=INITIAL_HOURS,
        help_text=f"From now on, {corrections.HOURS[0]} to {corrections.HOURS[-1]}. "
        "It closes by itself.",
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            f"Write a number from {corrections.HOURS[0]} to {corrections.HOURS[-1]}.",
        ),
    )


class DeclineForm(forms.Form):
    answer = forms.CharField(
        label="Why not?",
        max_length=LONGEST,
        widget=forms.Textarea,
        help_text="The applicant reads this, by mail and on the page of the application.",
        error_messages={
            "required": "Write why not. The applicant reads it.",
            "max_length": "This is too long: at most 4,000 characters.",
        },
    )


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One request or change after sending; `url` leads to the decision while it waits."""

    words: str
    beneath: str
    reason: str
    url: str = ""


def change_lines(application: Application, *, user: User) -> tuple[ChangeLine, ...]:
    """List requests with their answers, then the versions they and the applicant made."""
    asked = application.corrections.select_related("decided_by")
    made = application.versions.filter(version__gt=1).order_by("version")
    versions = made.values_list("version", "section", "frozen_at")
    return (
        *(_asked_line(application, row, user=user) for row in asked),
        *(
            ChangeLine(
                f"{_title(application, section)} changed: version {version}",
                f"{short_time(at)} HST, The applicant",
                "",
            )
            for version, section, at in versions
        ),
    )


def _asked_line(application: Application, row: CorrectionRequest, *, user: User) -> ChangeLine:
    title = Slot(row.slot).label if row.slot else _title(application, row.section)
    if row.decided_at is None or row.decided_by is None:
        place = [application.pk, row.pk]
        return ChangeLine(
            f"Asks to correct {title}",
            f"{short_time(row.asked_at)} HST, The applicant",
            row.reason,
            reverse("admin:applications_application_correction", args=place)
            if access.may_grant(user)
            else "",
        )
    who = f"{short_time(row.decided_at)} HST, {row.decided_by.email}"
    if row.until_at is None:
        return ChangeLine(f"Correction of {title} declined", who, row.answer)
    until = " / ".join(both_clocks(application, row.until_at))
    if row.asked_by_id is not None:
        if row.slot in SENSITIVE_SLOTS and not access.may_open_sensitive(user, application):
            return ChangeLine(f"Asked for a sensitive document, open until {until}", who, "")
        return ChangeLine(f"Asked for {title}, open until {until}", who, row.reason)
    return ChangeLine(f"Correction of {title} granted until {until}", who, row.reason)


def both_clocks(application: Application, until: datetime) -> tuple[str, ...]:
    """Write the last minute in the zone of the round and, if another, where the applicant is."""
    zones = [application.round.zone]
    if application.consulate and application.consulate.zone not in zones:
        zones.append(application.consulate.zone)
    return tuple(deadline_in_words(until, ZoneInfo(zone)) for zone in zones)


def _title(application: Application, key: str) -> str:
    if key == DOCUMENTS:
        return "Documents"
    section = section_named(application.round, key)
    return section.title if section else key


def pages(find: Find) -> dict[str, tuple[Callable[..., HttpResponse], str]]:
    """Return the pages of a decision by address; `find` returns a file the person may see."""

    def opened(request: SignedInRequest, pk: int, number: int) -> CorrectionRequest:
        application = find(request, pk)
        if not access.may_grant(request.user):
            raise PermissionDenied
        row = get_object_or_404(application.corrections, pk=number)
        row.application = application
        return row

    @require_safe
    def show(request: SignedInRequest, pk: int, object_id: int) -> HttpResponse:
        return _page(request, opened(request, pk, object_id), GrantForm(), DeclineForm())

    @require_POST
    def grant(request: SignedInRequest, pk: int, object_id: int) -> HttpResponse:
        row, form = opened(request, pk, object_id), GrantForm(typed(request.POST.dict()))
        if not form.is_valid():
            return _page(request, row, form, DeclineForm(), status=422)
        try:
            done = corrections.grant(
                row.pk, hours=form.cleaned_data["hours"], by=request.user, at=request.received_at
            )
        except Refused as refusal:
            return _page(request, row, form, DeclineForm(), str(refusal), status=REFUSED)
        if done.until_at is not None:
            until = " / ".join(both_clocks(row.application, done.until_at))
            messages.success(request, f"Open until {until}. Mail is on its way.")
        return redirect(CHANGE, pk)

    @require_POST
    def decline(request: SignedInRequest, pk: int, object_id: int) -> HttpResponse:
        row, form = opened(request, pk, object_id), DeclineForm(typed(request.POST.dict()))
        if not form.is_valid():
            return _page(request, row, GrantForm(), form, status=422)
        try:
            corrections.decline(
                row.pk,
                answer=form.cleaned_data["answer"],
                by=request.user,
                at=request.received_at,
            )
        except Refused as refusal:
            return _page(request, row, GrantForm(), form, str(refusal), status=REFUSED)
        messages.success(request, "Declined. The applicant is told why by mail.")
        return redirect(CHANGE, pk)

    place = "<int:pk>/correction/<int:object_id>/"
    return {
        place: (show, "correction"),
        f"{place}grant/": (grant, "correction_grant"),
        f"{place}decline/": (decline, "correction_decline"),
    }


def _page(
    request: SignedInRequest,
    row: CorrectionRequest,
    grant: GrantForm,
    decline: DeclineForm,
    refused: str = "",
    *,
    status: int = 200,
) -> HttpResponse:
    title = corrections.title_of(row)
    context = {
        **admin.site.each_context(request),
        "title": f"Correction of {title}, {row.application.reference_shown}",
        "row": row,
        "part": title,
        "application": row.application,
        "applicant": applicant_name(row.application),
        "asked": f"{short_time(row.asked_at)} HST",
        "waits": row.decided_at is None and not refused,
        "grant": grant,
        "decline": decline,
        "refused": refused,
    }
    name = "admin/applications/application/correction.html"
    return TemplateResponse(request, name, context, status=status)
