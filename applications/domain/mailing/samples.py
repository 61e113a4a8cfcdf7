"""What a mail would be made of for a real application, where what it tells has not happened yet.

What is missing is invented here and marked so, and is written nowhere. The link of a referee is
never read: whoever has it can write the letter.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings

from applications.domain import messages, own_messages
from applications.domain.files import document_messages
from applications.domain.form.summary import summary
from applications.domain.mailing.kinds import TO_REFEREES
from applications.domain.outcomes import move_messages, result_messages
from applications.domain.referees import reference_messages
from applications.domain.review import interview_messages, triage_messages
from applications.models import (
    Application,
    CorrectionRequest,
    Failure,
    FrozenAnswers,
    Interview,
    LateGrant,
    Referee,
    Reference,
    ReferenceRequest,
    WordingKind,
)
from positions.deadlines import in_words
from positions.models import InterviewMode, RoundChange

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

K = WordingKind

TIME_TO_ANSWER = timedelta(days=14)  # where nothing was asked yet
MORE_TIME = timedelta(days=7)
ANSWER = "You accept the offer."
PART = "Contact"
REASON = "(the reason that is given)"
NEEDED = "(what is asked for, in your words)"
LINK = "https://example.org/interview"
REFEREE = "Professor Example"
FINGERPRINT = "0" * 64
STAND_IN = "the-link-of-each-referee-stands-here"


def context_of(kind: WordingKind, application: Application, *, at: datetime) -> "DataclassInstance":
    """Return what the delivered mail would be made of; what has not happened happens at `at`."""
    if write := _MAKERS.get(kind):
        return write(application, at)
    if kind in TO_REFEREES:
        return _to_referee(kind, application, at=at)
    if kind in move_messages.KINDS.values():
        return move_messages.moved(kind, application, at=at)
    return result_messages.standing(
        application,
        at=at,
        until_at=at + TIME_TO_ANSWER,
        answer=ANSWER,
        after_interview=kind == K.NOT_SELECTED,
    )


def _arrival(application: Application, _at: datetime) -> messages.Confirmation:
    frozen = application.versions.filter(superseded_at=None).first()
    sent = summary(application, frozen) if frozen and frozen.canonical else ()
    return messages.arrival(application, None, sent)


def _extension(application: Application, at: datetime) -> messages.RoundExtended:
    closes_at = application.round.closes_at
    change = RoundChange(
        reason=REASON, old_closes_at=closes_at, new_closes_at=closes_at + MORE_TIME, at=at
    )
    return messages.extension(application, change)


def _extension_late(application: Application, at: datetime) -> messages.RoundExtended:
    return replace(_extension(application, at), sent_late=in_words(at, application.round.zoneinfo))


def _cancellation(application: Application, at: datetime) -> messages.RoundCancelled:
    return messages.cancellation(application, RoundChange(reason=REASON, at=at))


def _cancellation_of_draft(application: Application, at: datetime) -> messages.RoundCancelled:
    return replace(_cancellation(_as_draft(application), at), reference="")


def _as_draft(application: Application) -> Application:
    """Return it as it was before it was sent, in memory only: the mail leads to the form then."""
    return Application(
        key=application.key,
        round=application.round,
        position=application.position,
        vacancy=application.vacancy,
        consulate=application.consulate,
        applicant_id=application.applicant_id,
        email=application.email,
    )


def _grant(application: Application, _at: datetime) -> messages.OwnDeadline:
    round_ = application.round
    grant = LateGrant(round=round_, until_at=round_.closes_at + MORE_TIME)
    return messages.own_deadline(grant, application)


def _file_of_draft(application: Application, _at: datetime) -> document_messages.DocumentRefused:
    return document_messages.refusal(_as_draft(application))


def _file_sent(application: Application, _at: datetime) -> document_messages.DocumentRefused:
    return replace(document_messages.refusal(application), sent=True)


def _asked(application: Application, at: datetime) -> triage_messages.PartAsked:
    asked = CorrectionRequest(
        application=application, reason=NEEDED, until_at=at.replace(second=0) + MORE_TIME
    )
    return triage_messages.facts(asked, PART)


def _granted(application: Application, at: datetime) -> messages.CorrectionDecided:
    until_at = at.replace(second=0) + MORE_TIME
    return messages.decided(CorrectionRequest(application=application, until_at=until_at), PART)


def _not_granted(application: Application, _at: datetime) -> messages.CorrectionDecided:
    return messages.decided(CorrectionRequest(application=application, answer=REASON), PART)


def _changed(application: Application, at: datetime) -> messages.AnswersChanged:
    frozen = FrozenAnswers(version=2, digest=FINGERPRINT, frozen_at=at)
    return messages.change(application, PART, frozen)


def _interview(application: Application, at: datetime) -> interview_messages.Invitation:
    """Take the interview there is, or an invented one."""
    kept = Interview.objects.filter(application=application).first()
    invented = Interview(
        starts_at=at.replace(second=0) + TIME_TO_ANSWER,
        zone=application.consulate.zone if application.consulate else application.round.zone,
        mode=InterviewMode.ONLINE,
        link=LINK,
    )
    return interview_messages.facts(kept or invented, application, again=False)


def _changed_interview(application: Application, at: datetime) -> interview_messages.Invitation:
    return replace(_interview(application, at), again=True)


def _confirmed(application: Application, at: datetime) -> interview_messages.Invitation:
    return replace(_interview(application, at), confirmed=True)


def _unconfirmed(application: Application, at: datetime) -> interview_messages.Invitation:
    return replace(_interview(application, at), confirmed=False)


def _request(application: Application) -> ReferenceRequest:
    """Return the request to the first referee, or to an invented one; it is never saved."""
    rows = ReferenceRequest.objects.with_clock().order_by("referee__place", "pk")
    found: ReferenceRequest | None = rows.filter(
        referee__application=application, referee__replaced_at=None
    ).first()
    return found or ReferenceRequest(referee=Referee(application=application, name=REFEREE))


def _to_referee(
    kind: WordingKind, application: Application, *, at: datetime
) -> reference_messages.ToReferee | reference_messages.Thanks:
    request = _request(application)
    if kind in (K.REFERENCE_THANKS, K.REFERENCE_KEPT):
        letter = Reference(received_at=at, counts=kind == K.REFERENCE_THANKS)
        return reference_messages.receipt(request, letter)
    facts = reference_messages.to_referee(request, again=kind == K.REFERENCE_AGAIN, link=False)
    return replace(facts, address=f"{settings.SITE_URL}/references/{STAND_IN}/")


def _to_applicant(application: Application, at: datetime) -> reference_messages.ToApplicant:
    request = _request(application)
    request.failure = Failure.ADDRESS
    return reference_messages.to_applicant(request, at=at)


_MAKERS: "Mapping[WordingKind, Callable[[Application, datetime], DataclassInstance]]" = {
    K.ROUND_EXTENDED: _extension,
    K.ROUND_EXTENDED_LATE: _extension_late,
    K.ROUND_CANCELLED: _cancellation_of_draft,
    K.ROUND_CANCELLED_SENT: _cancellation,
    K.LATE_GRANT: _grant,
    K.DOCUMENT_REFUSED: _file_of_draft,
    K.DOCUMENT_REFUSED_SENT: _file_sent,
    K.DRAFT_LAPSED: lambda application, _at: own_messages.lapse(application),
    K.CONFIRMATION: _arrival,
    K.PART_ASKED: _asked,
    K.CORRECTION_GRANTED: _granted,
    K.CORRECTION_DECLINED: _not_granted,
    K.ANSWERS_CHANGED: _changed,
    K.REFERENCE_RECEIVED: _to_applicant,
    K.REFERENCE_DECLINED: _to_applicant,
    K.REFERENCE_FAILED: _to_applicant,
    K.INTERVIEW_TIME: _interview,
    K.INTERVIEW_CHANGED: _changed_interview,
    K.INTERVIEW_REMINDER: _confirmed,
    K.INTERVIEW_UNCONFIRMED: _unconfirmed,
    K.WITHDRAWN: lambda application, _at: own_messages.withdrawal(application),
    K.TAKEN_BACK: lambda application, _at: own_messages.withdrawal(application),
}
