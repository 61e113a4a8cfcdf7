"""From a row to the words of a mail. Templates: `templates/emails/<kind>/`."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from applications.domain.mailing.placeholders import Words
from applications.domain.mailing.wordings import written, written_to, written_with
from applications.models import (
    UNSENT,
    Application,
    CorrectionRequest,
    FrozenAnswers,
    LateGrant,
)
from jetportal.mail.message import Message
from positions.deadlines import US_ZONES, deadline_in_words, in_words
from positions.models import Consulate, RecruitmentRound, RoundChange


@dataclass(frozen=True, slots=True)
class Confirmation:
    """`received_local` is the same instant in the reader's own zone ("For you") or, where that is
    not known, in the zone of the interview location, which `place` then names. `sent` is what was
    sent, in lines without sensitive parts (`applications.domain.form.summary`)."""

    position: str
    round_title: str
    reference: str
    received: str
    received_local: str
    place: str
    deadline: str
    location: str
    interviews: str
    sent: tuple[tuple[str, str], ...]
    address: str
    demonstration: bool


def confirmation(
    application: Application,
    reader_zone: ZoneInfo | None,
    sent: tuple[tuple[str, str], ...] = (),
) -> Message:
    """Write the confirmation of a submitted application, with both clocks.

    Rows from `with_confirmation_words`: the words of the round, if it has any, came with it.
    """
    words = Words(**application.confirmation_words) if application.confirmation_words else None
    facts = arrival(application, reader_zone, sent)
    return written_with(words, application.email, "confirmation", application.round, facts)


def arrival(
    application: Application,
    reader_zone: ZoneInfo | None,
    sent: tuple[tuple[str, str], ...] = (),
) -> Confirmation:
    received = application.submitted_at
    consulate = application.consulate
    if received is None or consulate is None or application.position is None:
        raise ValueError("only a submitted application is confirmed")
    round_ = application.round
    return Confirmation(
        position=application.position_id or "",
        round_title=round_.title,
        reference=application.reference_shown,
        received=in_words(received, round_.zoneinfo),
        received_local=in_words(received, reader_zone or ZoneInfo(consulate.zone)),
        place="For you" if reader_zone else f"In {consulate.city}",
        deadline=application.deadline,
        location=consulate.name,
        interviews=round_.interviews,
        sent=sent,
        address=_address("applications:receipt", application),
        demonstration=round_.is_demonstration,
    )


@dataclass(frozen=True, slots=True)
class RoundExtended:
    """`own_deadline`: granted, and later still. `sent_late`: its arrival, in time by now.

    `deadline` is the one of the two that holds for the person, elsewhere `deadline_elsewhere`.
    """

    round_title: str
    old_deadline: str
    new_deadline: str
    elsewhere: tuple[str, ...]
    own_deadline: str
    deadline: str
    deadline_elsewhere: tuple[str, ...]
    sent_late: str
    reason: str
    address: str
    demonstration: bool


def round_extended(
    application: Application, change: RoundChange, *, sent_late: datetime | None = None
) -> Message:
    """Write to the holder of a draft that its deadline has moved."""
    facts = extension(application, change, sent_late=sent_late)
    return written("round_extended", application, facts)


def extension(
    application: Application, change: RoundChange, *, sent_late: datetime | None = None
) -> RoundExtended:
    round_, new = application.round, change.new_closes_at
    if new is None:
        raise ValueError("only an extension has a new deadline")
    own = application.late_until
    own = own if own and own > new else None
    return RoundExtended(
        round_title=round_.title,
        old_deadline=deadline_in_words(change.old_closes_at, round_.zoneinfo),
        new_deadline=deadline_in_words(new, round_.zoneinfo),
        elsewhere=_elsewhere(new, round_, application.consulate),
        own_deadline=deadline_in_words(own, round_.zoneinfo) if own else "",
        deadline=deadline_in_words(own or new, round_.zoneinfo),
        deadline_elsewhere=_elsewhere(own or new, round_, application.consulate),
        sent_late=in_words(sent_late, round_.zoneinfo) if sent_late else "",
        reason=change.reason,
        address=_address("applications:tasks", application),
        demonstration=round_.is_demonstration,
    )


@dataclass(frozen=True, slots=True)
class RoundCancelled:
    """`reference` is empty for a draft, which was not sent."""

    round_title: str
    cancelled: str
    reason: str
    reference: str
    address: str
    demonstration: bool


def round_cancelled(application: Application, change: RoundChange) -> Message:
    """Write to everybody with a draft or a live application what becomes of it."""
    return written("round_cancelled", application, cancellation(application, change))


def cancellation(application: Application, change: RoundChange) -> RoundCancelled:
    round_ = application.round
    page = "tasks" if application.status in UNSENT else "receipt"
    return RoundCancelled(
        round_title=round_.title,
        cancelled=in_words(change.at, round_.zoneinfo),
        reason=change.reason,
        reference=application.reference_shown,
        address=_address(f"applications:{page}", application),
        demonstration=round_.is_demonstration,
    )


@dataclass(frozen=True, slots=True)
class OwnDeadline:
    round_title: str
    round_deadline: str
    until: str
    elsewhere: tuple[str, ...]
    address: str
    demonstration: bool


def late_grant(grant: LateGrant, application: Application | None) -> Message:
    """Write that somebody may send until later; `application` is theirs, if they have begun."""
    facts = own_deadline(grant, application)
    return written_to(grant.applicant.email, "late_grant", grant.round, facts)


def own_deadline(grant: LateGrant, application: Application | None) -> OwnDeadline:
    round_ = grant.round
    start = reverse("applications:start", args=[round_.slug])  # leads to a draft there is
    consulate = application.consulate if application else None
    return OwnDeadline(
        round_title=round_.title,
        round_deadline=round_.deadline,
        until=grant.until,
        elsewhere=_elsewhere(grant.until_at, round_, consulate),
        address=f"{settings.SITE_URL}{start}",
        demonstration=round_.is_demonstration,
    )


@dataclass(frozen=True, slots=True)
class CorrectionDecided:
    """`until` and `until_local`, the same minute at the interview location, are empty for a no."""

    part: str
    round_title: str
    reference: str
    until: str
    until_local: str
    place: str
    reason: str
    address: str
    demonstration: bool


def correction_decided(correction: CorrectionRequest, part: str) -> Message:
    """Write that a part is open for correction and until when, or why it is not."""
    kind = "correction_granted" if correction.until_at else "correction_declined"
    return written(kind, correction.application, decided(correction, part))


def decided(correction: CorrectionRequest, part: str) -> CorrectionDecided:
    application, until = correction.application, correction.until_at
    round_, consulate = application.round, application.consulate
    local = ZoneInfo(consulate.zone) if consulate else round_.zoneinfo
    return CorrectionDecided(
        part=part,
        round_title=round_.title,
        reference=application.reference_shown,
        until=deadline_in_words(until, round_.zoneinfo) if until else "",
        until_local=deadline_in_words(until, local) if until and local != round_.zoneinfo else "",
        place=consulate.city if consulate else "",
        reason=correction.answer,
        address=_address("applications:corrections", application),
        demonstration=round_.is_demonstration,
    )


@dataclass(frozen=True, slots=True)
class AnswersChanged:
    """What the receipt of a change says; none of the answers themselves."""

    part: str
    round_title: str
    reference: str
    changed: str
    version: int
    fingerprint: str
    address: str
    demonstration: bool


def answers_changed(application: Application, part: str, frozen: FrozenAnswers) -> Message:
    """Confirm that a part was changed after sending, with the fingerprint that counts now."""
    return written("answers_changed", application, change(application, part, frozen))


def change(application: Application, part: str, frozen: FrozenAnswers) -> AnswersChanged:
    return AnswersChanged(
        part=part,
        round_title=application.round.title,
        reference=application.reference_shown,
        changed=in_words(frozen.frozen_at, application.round.zoneinfo),
        version=frozen.version,
        fingerprint=frozen.digest,
        address=_address("applications:receipt", application),
        demonstration=application.round.is_demonstration,
    )


def _elsewhere(
    closes_at: datetime, round_: RecruitmentRound, consulate: Consulate | None
) -> tuple[str, ...]:
    """Write the last minute where its reader is: in the zone of their interview location or, while
    none is chosen, in every zone of the United States. The zone of the round is left out."""
    names = (consulate.zone,) if consulate else US_ZONES
    return tuple(
        deadline_in_words(closes_at, ZoneInfo(name)) for name in names if name != round_.zone
    )


def _address(name: str, application: Application) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=[application.key])}"
