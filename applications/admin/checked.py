"""What completeness checks found, as lists and files show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from applications.admin.boxes import Asked, Box, register
from applications.admin.words import short_time
from applications.domain import access
from applications.domain.review import triage
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
from positions.clockwords import Chip

CHIPS = {Verdict.OK: "complete", Verdict.MISSING: "missing", Verdict.UNCLEAR: "soon"}
CHECKS = "admin:applications_application_checks"
ASK = "admin:applications_application_ask"


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
