"""Letters at the desk: taking one in for a referee, opening a request again, admitting a late one.

Each act gives its reason, which the history keeps. Reading a letter is kept as well.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from applications.domain.access import sees_every_consulate, why_not_opened
from applications.domain.errors import Refused
from applications.domain.referees import (
    letter_files,
    letters,
    reference_clock,
    reference_messages,
    request_log,
)
from applications.domain.referees.letters import Letter
from applications.domain.referees.request_ends import ENDED
from applications.models import (
    Failure,
    LetterOpening,
    Reference,
    ReferenceRequest,
    RequestMailKind,
    RequestState,
)
from applications.models.reference import OPEN
from jetportal import sealing
from jetportal.accounts.models import User
from positions.deadlines import MINUTE

READ = "applications.read_letters"
DAYS = range(1, 31)  # for which a request may be opened again after its end


@dataclass(frozen=True, slots=True)
class OpenedLetter:
    """A letter in words; `pdf` is its file. `sealed` is True where no key of ours opens it."""

    ratings: dict[str, str]
    text: str
    pdf: bytes | None
    sealed: bool


def may_read(user: User) -> bool:
    return user.is_active and user.is_staff and user.has_perm(READ)


@transaction.atomic
def read(letter_id: int, *, by: User, at: datetime) -> OpenedLetter:
    """Open a letter for somebody who may read letters, and keep who and when. Raises Refused."""
    letter = Reference.objects.select_related("request__referee__application").get(pk=letter_id)
    _require_office(letter.request, by)
    if not may_read(by):
        raise Refused("Letters are read by those who have the right.")
    if letter.file and (refused := why_not_opened(letter)):
        raise Refused(refused)
    LetterOpening.objects.create(letter=letter, by=by, at=at)
    words = sealing.unseal(letter.sealed)
    content = json.loads(words) if words else {}
    pdf = letter_files.content_of(letter)
    sealed = words is None or (bool(letter.file) and pdf is None)
    return OpenedLetter(content.get("ratings", {}), content.get("text", ""), pdf, sealed)


def take_in(
    request_id: int, letter: Letter, *, reason: str, by: User, at: datetime, recorded_at: datetime
) -> Reference:
    """Take in a letter that came another way; it counts, and is marked late if it is.

    Raises Refused, NotStored, DocumentRefused.
    """
    letter = letters.checked(letter)
    with letter_files.stored(letter.content) as file, transaction.atomic(durable=True):
        request = _locked(request_id, by, reason)
        if request.state == RequestState.DRAFT:
            raise Refused("The applicant has not sent this request yet.")
        if request.state == RequestState.RECEIVED:
            raise Refused("The letter is in already. Open the request again first.")
        letters.supersede(request, at=recorded_at)
        stored = letters.store(request, letter, file, received_at=at, recorded_at=recorded_at)
        stored.late, stored.counts = reference_clock.is_late(request, at), True
        stored.by, stored.reason = by, reason.strip()
        stored.save()
        _received(request, stored, by=by, at=at, reason=f"Taken in: {reason.strip()}")
        return stored


@transaction.atomic(durable=True)
def admit(request_id: int, *, reason: str, by: User, at: datetime) -> Reference:
    """Let a letter that was kept as late count. Raises Refused."""
    request = _locked(request_id, by, reason)
    letter: Reference | None = request.letters.standing().filter(counts=False).first()
    if letter is None:
        raise Refused("There is no late letter to admit.")
    letter.counts, letter.by, letter.reason = True, by, reason.strip()
    letter.save(update_fields=["counts", "by", "reason"])
    _received(request, letter, by=by, at=at, reason=f"Admitted: {reason.strip()}")
    return letter


@transaction.atomic(durable=True)
def reopen(
    request_id: int, *, reason: str, days: int | None, by: User, at: datetime
) -> ReferenceRequest:
    """Let the referee write again, and send the link; a letter that is in counts no more.

    `days` give an end of its own, needed once the letters of the round are over. Raises Refused.
    """
    request = _locked(request_id, by, reason)
    if request.state == RequestState.DRAFT:
        raise Refused("The applicant has not sent this request yet.")
    if request.state in OPEN and reference_clock.accepts(request, at):
        raise Refused("This request is open already.")
    if days is not None:
        request.until_at = _end_in(days, at)
    if not reference_clock.accepts(request, at):
        raise Refused("Letters are over for this round. Say for how many days.", field="days")
    letters.supersede(request, at=at)
    request.failure = Failure.NONE
    request_log.move(
        request, RequestState.SENT, at=at, by=by, reason=f"Opened again: {reason.strip()}"
    )
    message = reference_messages.request(request, again=True)
    request_log.queue(request, RequestMailKind.AGAIN, message, at=at)
    return request


def _end_in(days: int, at: datetime) -> datetime:
    if days not in DAYS:
        raise Refused(f"Choose from {DAYS[0]} to {DAYS[-1]} days.", field="days")
    return (at + timedelta(days=days)).replace(second=0, microsecond=0) + MINUTE


def _locked(request_id: int, by: User, reason: str) -> ReferenceRequest:
    request = request_log.locked(pk=request_id)
    _require_office(request, by)
    if not reason.strip():
        raise Refused("Give the reason. It is kept in the history.", field="reason")
    if request.referee.replaced_at is not None:
        raise Refused("Somebody else was named in this place.")
    if request.referee.application.status in ENDED:
        raise Refused("This application has ended.")
    return request


def _require_office(request: ReferenceRequest, by: User) -> None:
    if not sees_every_consulate(by):
        raise Refused("This belongs to the program office.")
    if request.referee.application.applicant_id == by.pk:
        raise Refused("This is your own application. Somebody else at the desk does it.")


def _received(
    request: ReferenceRequest, letter: Reference, *, by: User, at: datetime, reason: str
) -> None:
    request.failure = Failure.NONE
    request_log.move(request, RequestState.RECEIVED, at=at, by=by, reason=reason)
    received = reference_messages.received(request, at=letter.received_at)
    request_log.tell(request, "reference received", received, at=at)
    thanks = reference_messages.thanks(request, letter)
    request_log.tell(request, "reference thanks", thanks, at=at)
