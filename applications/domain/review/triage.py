"""Completeness triage: what the desk found in each part, and asking for one thing.

Asking opens one section or one document for some hours, by the same grants as a correction that
the applicant asked for; see docs/decisions/0019.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from applications.domain import corrections
from applications.domain.access import may_grant, may_open_sensitive
from applications.domain.corrections import HOURS, LONGEST_REASON
from applications.domain.errors import Refused, UnknownSection
from applications.domain.files.slots import rules_for
from applications.domain.review import triage_messages
from applications.models import (
    SENSITIVE_SLOTS,
    UNSENT,
    Application,
    CompletenessCheck,
    CorrectionRequest,
    Verdict,
)
from applications.sections.base import Asked
from applications.sections.registry import DOCUMENTS, REFERENCES, sections_for
from jetportal.accounts.models import User
from jetportal.mail import outbox
from jetportal.mail.models import Lane
from positions.deadlines import deadline_in_words

Found = Mapping[str, Verdict | None]  # by the key of the part; None where nobody has looked


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the checklist: a section, the references, or one slot of the documents."""

    section: str
    slot: str
    title: str

    @property
    def key(self) -> str:
        return key_of(self.section, self.slot)

    @property
    def opens(self) -> bool:
        """Tell whether it may be asked for: letters have requests, the location stays."""
        return self.section not in (*corrections.FIXED, REFERENCES)


class CheckedMeanwhile(Refused):
    """Somebody else has found something else since the page was opened; nothing was written."""

    def __init__(self, checks: tuple[CompletenessCheck, ...]) -> None:
        self.checks = checks
        super().__init__("Somebody has checked parts of this file since you opened the page.")


def key_of(section: str, slot: str) -> str:
    return f"{section}.{slot}" if slot else section


def parts_of(application: Application, *, user: User) -> tuple[Part, ...]:
    """List the parts to look at, in the order of the form; sensitive ones for who may open them.

    Sensitive sections are never among them: those are changed by nobody after sending.
    """
    round_ = application.round
    plain = [one for one in sections_for(round_) if not one.sensitive]
    sensitive = may_open_sensitive(user, application)
    asked = Asked(round=round_, vacancies=(), consulates=())
    slots = (rule.slot for rule in rules_for(asked))
    return (
        *(Part(section.key, "", section.title) for section in plain[:-1]),
        Part(REFERENCES, "", "Letters of reference"),
        *(
            Part(DOCUMENTS, slot, str(slot.label))
            for slot in slots
            if sensitive or slot not in SENSITIVE_SLOTS
        ),
        *(Part(section.key, "", section.title) for section in plain[-1:]),
    )


@transaction.atomic(durable=True)
def check(application_id: int, found: Found, *, seen: Found, by: User, at: datetime) -> int:
    """Keep what was found in each part, and return how many parts have changed.

    `seen` is what the page showed; raises CheckedMeanwhile where it is no longer so and somebody
    else found another thing. Raises Refused for a draft and for the own application.
    """
    application = _locked(application_id, by)
    parts = {part.key: part for part in parts_of(application, user=by)}
    now = checks_of(application)
    changed = {
        key: verdict
        for key, verdict in found.items()
        if key in parts and verdict != verdict_of(now, key)
    }
    late = [key for key in changed if seen.get(key) != verdict_of(now, key)]
    if late:
        raise CheckedMeanwhile(tuple(now[key] for key in late if key in now))
    gone = [now[key].pk for key, verdict in changed.items() if verdict is None]
    CompletenessCheck.objects.filter(pk__in=gone).delete()
    CompletenessCheck.objects.bulk_create(
        [
            CompletenessCheck(
                application=application,
                section=parts[key].section,
                slot=parts[key].slot,
                verdict=verdict,
                by=by,
                at=at,
            )
            for key, verdict in changed.items()
            if verdict is not None
        ],
        update_conflicts=True,
        unique_fields=["application", "section", "slot"],
        update_fields=["verdict", "by", "at"],
    )
    return len(changed)


def checks_of(application: Application) -> dict[str, CompletenessCheck]:
    """Return what was found, by the key of the part: one query."""
    rows = CompletenessCheck.objects.filter(application=application).select_related("by")
    return {key_of(row.section, row.slot): row for row in rows}


def verdict_of(checks: Mapping[str, CompletenessCheck], key: str) -> Verdict | None:
    return Verdict(checks[key].verdict) if key in checks else None


@transaction.atomic(durable=True)
def ask_for(
    application_id: int, key: str, *, words: str, hours: int, by: User, at: datetime
) -> CorrectionRequest:
    """Open one part for so many hours, to the end of that minute, and write to the applicant.

    Raises UnknownSection, NotChangeable, and Refused with the field that is wrong.
    """
    application = corrections.live(_locked(application_id, by).pk)
    if not may_grant(by):
        raise Refused("The program office asks applicants for something.")
    part = next((one for one in parts_of(application, user=by) if one.key == key), None)
    if part is None or not part.opens:
        raise UnknownSection
    if not words.strip():
        raise Refused("Say what you need. The applicant reads it.", field="words")
    if len(words.strip()) > LONGEST_REASON:
        raise Refused(f"At most {LONGEST_REASON:,} characters.", field="words")
    if hours not in HOURS:
        raise Refused(f"Choose from {HOURS[0]} to {HOURS[-1]} hours.", field="hours")
    _require_shut(application, part, at)
    asked: CorrectionRequest = CorrectionRequest.objects.create(
        application=application,
        section=part.section,
        slot=part.slot,
        reason=words.strip(),
        asked_by=by,
        asked_at=at,
        decided_by=by,
        decided_at=at,
        until_at=end_after(hours, at=at),
    )
    outbox.enqueue(
        triage_messages.part_asked(asked, corrections.title_of(asked)),
        key=f"part_asked:{application.pk}:{asked.pk}",
        lane=Lane.DECISIONS,
        at=at,
    )
    return asked


def end_after(hours: int, *, at: datetime) -> datetime:
    """Return the first instant that is late: so many hours from `at`, and the whole minute."""
    return corrections.end_of_minute(at + timedelta(hours=hours))


def _locked(application_id: int, by: User) -> Application:
    """Lock what was sent, then read it; nobody works on an application of their own."""
    rows = Application.objects.exclude(status__in=UNSENT)
    rows.select_for_update(of=("self",)).values_list("pk", flat=True).get(pk=application_id)
    application: Application = rows.with_round().get(pk=application_id)
    if application.applicant_id == by.pk:
        raise Refused("This is your own application. Somebody else at the desk does it.")
    return application


def _require_shut(application: Application, part: Part, at: datetime) -> None:
    """Refuse where the part is open, or where the applicant waits for an answer about it."""
    same = CorrectionRequest.objects.filter(
        application=application, section=part.section, slot=part.slot
    )
    if same.waiting().exists():
        raise Refused("The applicant asks to correct this part. Answer that request.", field="part")
    running = same.running(at).order_by("until_at").last()
    if running is not None and running.until_at is not None:
        until = deadline_in_words(running.until_at, application.round.zoneinfo)
        raise Refused(f"This part is open already, until {until}.", field="part")
