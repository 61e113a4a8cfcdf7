"""Changes after sending: the own contact at any time, one section while a correction is granted.

Each change freezes a new version of the answers; see docs/decisions/0019.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from applications.domain import messages
from applications.domain.access import may_grant
from applications.domain.errors import (
    CorrectionClosed,
    NotChangeable,
    Overtaken,
    Refused,
    StillWrong,
    UnknownSection,
)
from applications.domain.form import completeness, entry_forms, freezing
from applications.domain.form.completeness import Loaded
from applications.domain.form.drafts import write_columns
from applications.domain.moves import LIVE_AND_SENT
from applications.models import Application, CorrectionRequest, FrozenAnswers, SectionAnswers, Slot
from applications.sections.base import Answers, Section, SectionForm, as_typed
from applications.sections.entries import Entry
from applications.sections.registry import DOCUMENTS, REFERENCES, section_named, sections_for
from jetportal.accounts.models import User
from jetportal.mail import outbox
from jetportal.mail.models import Lane
from positions.deadlines import MINUTE
from positions.models import RecruitmentRound

CONTACT = "contact"
OWN_FIELDS = ("second_email", "phone", "mailing_address", "permanent_address")
FIXED = ("location",)  # the interview location stays, whatever the reason
HOURS = range(1, 14 * 24 + 1)
LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Change:
    """One section as it would be after a change."""

    section: Section
    answers: Answers
    entries: dict[str, list[Entry]]


def correctable(round_: RecruitmentRound) -> tuple[Section, ...]:
    """List the sections an applicant may ask to correct, in the order of the form."""
    return tuple(
        section
        for section in sections_for(round_)
        if section.key not in FIXED and not section.sensitive
    )


def may_change(application: Application) -> bool:
    """Tell whether anything may change after sending: not once the application has ended."""
    return application.standing in LIVE_AND_SENT


@transaction.atomic(durable=True)
def ask(key: UUID, section_key: str, *, reason: str, by: User, at: datetime) -> CorrectionRequest:
    """Ask the program office to open one section. Raises Refused, UnknownSection."""
    application = locked(by, key=key)
    section = _correctable(application.round, section_key)
    if not reason.strip():
        raise Refused("Say what is wrong, and what it should say.", field="reason")
    mine = CorrectionRequest.objects.filter(application=application, section=section.key)
    if mine.waiting().exists():
        raise Refused("You have asked for this part already. We answer by mail.", field="section")
    if mine.running(at).exists():
        raise Refused("This part is open for you already. Correct it now.", field="section")
    asked: CorrectionRequest = mine.create(
        application=application, section=section.key, reason=reason.strip(), asked_at=at
    )
    return asked


@transaction.atomic(durable=True)
def grant(correction_id: int, *, hours: int, by: User, at: datetime) -> CorrectionRequest:
    """Open the section for so many hours, until the end of that minute. Raises Refused."""
    correction = _waiting(correction_id, by)
    if hours not in HOURS:
        raise Refused(f"Choose from {HOURS[0]} to {HOURS[-1]} hours.", field="hours")
    decided_at = max(at, correction.asked_at)
    correction.until_at = end_of_minute(decided_at + timedelta(hours=hours))
    return _decided(correction, by=by, at=decided_at)


@transaction.atomic(durable=True)
def decline(correction_id: int, *, answer: str, by: User, at: datetime) -> CorrectionRequest:
    """Say no, with an answer that the applicant reads. Raises Refused."""
    correction = _waiting(correction_id, by)
    if not answer.strip():
        raise Refused("Write why not. The applicant reads it.", field="answer")
    correction.answer = answer.strip()
    return _decided(correction, by=by, at=max(at, correction.asked_at))


@transaction.atomic(durable=True)
def correct(
    key: UUID,
    section_key: str,
    sent: Mapping[str, Sequence[str]],
    *,
    by: User,
    at: datetime,
    seen: int | None = None,
) -> FrozenAnswers:
    """Put what was sent in the place of one section, while its correction is granted at `at`.

    Unlike a draft it must be complete. Raises CorrectionClosed, StillWrong with what was typed,
    Overtaken, NotChangeable, UnknownSection.
    """
    application = locked(by, key=key)
    section = _correctable(application.round, section_key)
    if not application.corrections.running(at).filter(section=section.key).exists():
        raise CorrectionClosed
    loaded = completeness.load(application)
    after = changed(loaded, typed(loaded, section, sent))
    if not completeness.judge_section(after, section).complete:
        raise StillWrong(after, section)
    _require_rest(loaded, after, section)
    return _write(loaded, after, section, at=at, seen=seen)


@transaction.atomic(durable=True)
def change_contact(
    key: UUID,
    sent: Mapping[str, Sequence[str]],
    *,
    by: User,
    at: datetime,
    seen: int | None = None,
) -> FrozenAnswers:
    """Change phone, addresses and second e-mail; the other answers of the section stay.

    Raises StillWrong with what was typed, Overtaken, NotChangeable.
    """
    application = locked(by, key=key)
    section = contact_of(application.round)
    loaded = completeness.load(application)
    after = changed(loaded, typed(loaded, section, sent, whole=False))
    if own_fields(after.form(section)).errors:
        raise StillWrong(after, section)
    return _write(loaded, after, section, at=at, seen=seen)


def contact_of(round_: RecruitmentRound) -> Section:
    section = section_named(round_, CONTACT)
    if section is None:
        raise UnknownSection
    return section


def own_fields(form: SectionForm) -> SectionForm:
    """Leave in a form what its owner may change after sending, before it is judged."""
    for name in set(form.fields) - set(OWN_FIELDS):
        del form.fields[name]
    return form


def typed(
    loaded: Loaded, section: Section, sent: Mapping[str, Sequence[str]], *, whole: bool = True
) -> Change:
    """Read a section as it was sent: all of it, or only what its owner may change at any time."""
    form = loaded.form(section)
    if whole:
        return Change(section, as_typed(form, sent), entry_forms.typed(loaded, section, sent))
    stored = {name: list(each) for name, each in loaded.entries(section).items()}
    own = as_typed(own_fields(form), sent)
    return Change(section, {**(loaded.typed(section) or {}), **own}, stored)


def changed(loaded: Loaded, change: Change) -> Loaded:
    """Return the application as it would be; nothing is written."""
    before = loaded.answers.get(change.section.key)
    row = SectionAnswers(
        pk=before.pk if before else None,
        application=loaded.application,
        section=change.section.key,
        version=before.version if before else 0,
    )
    row.keep(change.answers, change.entries)
    return replace(loaded, answers={**loaded.answers, change.section.key: row})


def _write(
    loaded: Loaded, after: Loaded, section: Section, *, at: datetime, seen: int | None
) -> FrozenAnswers:
    """Write section, columns, the new version and the mail about it; no change, nothing at all."""
    application, row = loaded.application, after.answers[section.key]
    before = freezing.current(application)
    if before is None or not freezing.is_intact(before):
        raise Refused("This cannot be changed here now. Write to us with the reference number.")
    write_columns(application, section, after)
    frozen = freezing.freeze_correction(before, after, section, at=at)
    if frozen == before:
        return before
    if seen is not None and seen != row.version:
        raise Overtaken(after, section, row.answers)
    row.version, row.saved_at = row.version + 1, at
    row.save()
    outbox.enqueue(
        messages.answers_changed(application, section.title, frozen),
        key=f"changed:{application.pk}:{frozen.version}",
        lane=Lane.FIRST,
        at=at,
    )
    return frozen


def _require_rest(before: Loaded, after: Loaded, section: Section) -> None:
    """Refuse a correction after which another section, complete until now, misses something."""
    whole = {part.key for part in completeness.judge(before) if part.complete}
    broken = [
        part.title
        for part in completeness.judge(after)
        if part.key in whole - {section.key, DOCUMENTS, REFERENCES} and not part.complete
    ]
    if broken:
        names = ", ".join(broken)
        raise Refused(f"With this, something would be missing in: {names}. Write to us first.")


def locked(by: User, **lookup: object) -> Application:
    """Lock the person's application, then read it; only what was sent and lives may change."""
    mine = Application.objects.of(by).select_for_update().values_list("pk", flat=True)
    return live(mine.get(**lookup))


def live(pk: int) -> Application:
    application: Application = Application.objects.with_round().get(pk=pk)
    if not may_change(application):
        raise NotChangeable
    return application


def _correctable(round_: RecruitmentRound, key: str) -> Section:
    section = next((one for one in correctable(round_) if one.key == key), None)
    if section is None:
        raise UnknownSection
    return section


def _waiting(correction_id: int, by: User) -> CorrectionRequest:
    """Lock the application, then read the request. Raises Refused once it was decided."""
    rows = CorrectionRequest.objects.all()
    owner = rows.values_list("application", flat=True).get(pk=correction_id)
    Application.objects.select_for_update().values_list("pk", flat=True).get(pk=owner)
    correction: CorrectionRequest = rows.get(pk=correction_id)
    correction.application = live(owner)
    if not may_grant(by):
        raise Refused("Corrections are granted by the program office.")
    if correction.application.applicant_id == by.pk:
        raise Refused("Nobody grants themselves a correction.")
    if correction.decided_at is not None:
        raise Refused("Somebody has decided this already.")
    return correction


def _decided(correction: CorrectionRequest, *, by: User, at: datetime) -> CorrectionRequest:
    correction.decided_by, correction.decided_at = by, at
    correction.save(update_fields=["decided_by", "decided_at", "until_at", "answer"])
    outbox.enqueue(
        messages.correction_decided(correction, title_of(correction)),
        key=f"correction:{correction.application_id}:{correction.pk}",
        lane=Lane.DECISIONS,
        at=at,
    )
    return correction


def title_of(correction: CorrectionRequest) -> str:
    """Return what the part is called; its key where the round asks for it no more."""
    if correction.slot:
        return str(Slot(correction.slot).label)
    section = section_named(correction.application.round, correction.section)
    return section.title if section else correction.section


def end_of_minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0) + MINUTE
