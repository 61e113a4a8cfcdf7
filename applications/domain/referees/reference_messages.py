"""Mail about letters of reference: to referees in English and Japanese, to applicants."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from applications.domain.mailing.wordings import written, written_to
from applications.domain.names import SECTION, first_typed
from applications.domain.referees import reference_clock, request_log
from applications.models import Application, Failure, Reference, ReferenceRequest
from jetportal.mail.message import Message
from positions.deadlines import in_japanese, in_words, last_minute

TOKYO = ZoneInfo("Asia/Tokyo")
JAPANESE_KINDS = {  # what a referee of each position is asked for, as the program writes it
    "ALT": "外国語指導助手（ALT）",
    "CIR": "国際交流員（CIR）",
    "SEA": "スポーツ国際交流員（SEA）",
    "": "",
}


@dataclass(frozen=True, slots=True)
class ToReferee:
    """What every mail to a referee says: who asks, for what, until when on both clocks."""

    referee: str
    applicant: str
    position: str
    position_ja: str
    round_title: str
    deadline: str
    deadline_tokyo: str
    deadline_ja: str
    deadline_tokyo_ja: str
    address: str
    demonstration: bool
    again: bool = False


def asker(application: Application) -> str:
    """Write the applicant's name as it is spoken; empty while none is typed."""
    rows = application.sections.filter(section=SECTION).values_list("answers", flat=True)
    typed: dict[str, list[str]] = next(iter(rows), {})
    names = (first_typed(typed, "first_name"), first_typed(typed, "family_name"))
    return " ".join(name for name in names if name)


def to_referee(request: ReferenceRequest, *, again: bool = False, link: bool = True) -> ToReferee:
    referee, application = request.referee, request.referee.application
    round_, code = application.round, application.position_id or ""
    last = last_minute(reference_clock.ends_at(request))
    return ToReferee(
        referee=" ".join(part for part in (referee.title, referee.name) if part),
        applicant=asker(application) or "An applicant",
        position=f"{application.position.name} ({code})" if application.position else "",
        position_ja=JAPANESE_KINDS[code],
        round_title=round_.title,
        deadline=in_words(last, round_.zoneinfo),
        deadline_tokyo=in_words(last, TOKYO),
        deadline_ja=in_japanese(last, round_.zoneinfo),
        deadline_tokyo_ja=in_japanese(last, TOKYO),
        address=request_log.address(request) if link else "",
        demonstration=round_.is_demonstration,
        again=again,
    )


def request(row: ReferenceRequest, *, again: bool = False) -> Message:
    """Ask for the letter: the first time, or once more with the same link."""
    return _told("reference_request", row, to_referee(row, again=again))


def reminder(row: ReferenceRequest) -> Message:
    return _told("reference_reminder", row, to_referee(row))


def deadline_moved(row: ReferenceRequest) -> Message:
    """Tell the referee until when the letter now counts."""
    return _told("reference_extended", row, to_referee(row))


def refused(row: ReferenceRequest) -> Message:
    """Ask for another PDF in place of one that the virus scanner refused; the link is the same."""
    return _told("reference_unsafe", row, to_referee(row))


def cancelled(row: ReferenceRequest) -> Message:
    """Tell the referee that the letter is not needed any more, without a reason."""
    return _told("reference_cancelled", row, to_referee(row, link=False))


def _told(kind: str, row: ReferenceRequest, context: "ToReferee | Thanks") -> Message:
    """Write to the referee, in the words of the round."""
    return written_to(row.referee.email, kind, row.referee.application.round, context)


@dataclass(frozen=True, slots=True)
class Thanks:
    """The receipt of a letter; `counts` is False where it is only kept, because it was late."""

    referee: str
    applicant: str
    round_title: str
    received: str
    received_tokyo: str
    received_ja: str
    received_tokyo_ja: str
    counts: bool
    demonstration: bool


def thanks(row: ReferenceRequest, letter: Reference) -> Message:
    """Confirm to the referee that the letter arrived."""
    return _told("reference_thanks", row, receipt(row, letter))


def receipt(row: ReferenceRequest, letter: Reference) -> Thanks:
    referee, application = row.referee, row.referee.application
    zone = application.round.zoneinfo
    return Thanks(
        referee=" ".join(part for part in (referee.title, referee.name) if part),
        applicant=asker(application) or "An applicant",
        round_title=application.round.title,
        received=in_words(letter.received_at, zone),
        received_tokyo=in_words(letter.received_at, TOKYO),
        received_ja=in_japanese(letter.received_at, zone),
        received_tokyo_ja=in_japanese(letter.received_at, TOKYO),
        counts=letter.counts,
        demonstration=application.round.is_demonstration,
    )


@dataclass(frozen=True, slots=True)
class ToApplicant:
    """What every mail about a letter says to the applicant; nothing of the letter itself."""

    referee: str
    round_title: str
    instant: str
    instant_local: str
    deadline: str
    failure: str
    address: str
    demonstration: bool


def _to_applicant(row: ReferenceRequest, kind: str, at: datetime) -> Message:
    return written(kind, row.referee.application, to_applicant(row, at=at))


def to_applicant(row: ReferenceRequest, *, at: datetime) -> ToApplicant:
    application = row.referee.application
    round_, consulate = application.round, application.consulate
    page = reverse("applications:references", args=[application.key])
    local = ZoneInfo(consulate.zone) if consulate else round_.zoneinfo
    return ToApplicant(
        referee=row.referee.name,
        round_title=round_.title,
        instant=in_words(at, round_.zoneinfo),
        instant_local=in_words(at, local) if local.key != round_.zone else "",
        deadline=reference_clock.deadline(row),
        failure=FAILURES[Failure(row.failure)],
        address=f"{settings.SITE_URL}{page}",
        demonstration=round_.is_demonstration,
    )


# Why a request did not arrive, in words for the applicant.
FAILURES = {
    Failure.NONE: "",
    Failure.ADDRESS: "the mail server says this address does not exist",
    Failure.GAVE_UP: "their mail server took no mail from us for two days",
    Failure.STRANGER: "the person at this address says they are not your referee",
}


def received(row: ReferenceRequest, *, at: datetime) -> Message:
    return _to_applicant(row, "reference_received", at)


def declined(row: ReferenceRequest, *, at: datetime) -> Message:
    """Write that a referee declined; the reason stays with staff."""
    return _to_applicant(row, "reference_declined", at)


def failed(row: ReferenceRequest, *, at: datetime) -> Message:
    return _to_applicant(row, "reference_failed", at)
