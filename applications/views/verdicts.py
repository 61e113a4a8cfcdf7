"""How a result of the eligibility check looks on pages."""

from dataclasses import dataclass

from django.urls import reverse

from applications.domain.form.eligibility import Result, Verdict, check_of
from applications.models import Application, Outlook
from applications.views.rows import TaskGroup, TaskRow
from positions.clockwords import Chip

KINDS = {Outlook.LIKELY: "complete", Outlook.UNLIKELY: "missing", Outlook.ASK: "progress"}
OVERALL = {
    Outlook.LIKELY: (
        "open",
        "You can likely apply as {}.",
        "Nothing you answered speaks against it. Staff decide, from your application.",
    ),
    Outlook.UNLIKELY: (
        "soon",
        "You are unlikely to be eligible as {}.",
        "Below is which rule, and why. Nothing keeps you from applying; staff decide.",
    ),
    Outlook.ASK: (
        "info",
        "Ask us before you rely on being eligible as {}.",
        "Below is which rule needs a look. Nothing keeps you from applying; staff decide.",
    ),
}


@dataclass(frozen=True, slots=True)
class VerdictRow:
    verdict: Verdict
    chip: Chip


@dataclass(frozen=True, slots=True)
class ShownResult:
    """A result as `applications/_verdicts.html` takes it."""

    kind: str
    title: str
    text: str
    rows: tuple[VerdictRow, ...]


def chip(outlook: str) -> Chip:
    known = Outlook(outlook)
    return Chip(KINDS[known], str(known.label))


def shown_result(result: Result) -> ShownResult:
    kind, title, text = OVERALL[result.outlook]
    article = "a CIR" if result.position == "CIR" else f"an {result.position}"
    rows = tuple(VerdictRow(verdict, chip(verdict.outlook)) for verdict in result.verdicts)
    return ShownResult(kind, title.format(article), text, rows)


def eligibility_tasks(application: Application) -> TaskGroup:
    """Offer the check above the parts of the form; it counts as none of them."""
    kept = check_of(application)
    state = chip(kept.outlook) if kept else Chip("notstarted", "Not started")
    url = reverse("applications:eligibility", args=[application.key])
    note = "Optional. A few questions; they are not part of what you send, and block nothing."
    return TaskGroup("Before you begin", (TaskRow(url, "Can I apply?", note, state),))
