"""The referee's acts, by the link alone: open, save and return, submit, decline, "not me".

A letter that arrives in time counts; one that arrives after its end is kept sealed as late, and
staff may admit it. Every refused link says the same words (LinkDead).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction

from applications.domain.errors import DraftOvertaken, DraftUnreadable, LinkDead
from applications.domain.referees import (
    letter_drafts,
    letter_files,
    reference_clock,
    reference_messages,
    request_log,
)
from applications.domain.referees.letter_drafts import Typing, typing_in
from applications.domain.referees.request_ends import ENDED, STRANGER
from applications.models import (
    Failure,
    LetterForm,
    LetterLanguage,
    Reference,
    ReferenceRequest,
    RequestState,
    Scan,
)
from applications.models.reference import OPEN
from jetportal import sealing

DECLINED_UNSAID = "Declined without a reason"
LATE = "A letter arrived after its end and is kept"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it is handed in: ratings by criterion, and either typed words or a checked PDF.

    `content` is the PDF; without it and without `text` the file kept in the draft is taken.
    `seen_version` is that of the draft which was looked over; None: what is saved does not matter.
    """

    ratings: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    language: LetterLanguage = LetterLanguage.ENGLISH
    content: bytes | None = None
    pages: int | None = None
    seen_version: int | None = None
    scan: Scan = Scan.NONE


def checked(letter: Letter) -> Letter:
    """Show the PDF that comes with it to the virus scanner. Raises DocumentRefused."""
    if letter.content is None:
        return letter
    return replace(letter, scan=letter_files.scanned(letter.content))


def by_token(token: str, *, at: datetime) -> ReferenceRequest:
    """Return the request of a link that leads to a form at `at`, or raise LinkDead."""
    rows = ReferenceRequest.objects.with_clock()
    request: ReferenceRequest | None = rows.filter(token_digest=request_log.digest(token)).first()
    if request is None:
        raise LinkDead("unknown")
    return _alive(request, at)


@transaction.atomic
def start(token: str, *, at: datetime) -> ReferenceRequest:
    """Record that the referee has opened the request; the second time nothing. Raises LinkDead."""
    request = _locked_alive(token, at)
    if request.state in (RequestState.SENT, RequestState.FAILED):
        _open(request, at)
    return request


@transaction.atomic
def save_draft(
    token: str, typed: Mapping[str, Sequence[str]], *, seen_version: int | None, at: datetime
) -> Typing:
    """Keep what is typed, right or wrong. Raises LinkDead, DraftOvertaken, DraftUnreadable.

    `seen_version` is that of the page (0: nothing was saved); None where there was no page.
    """
    request = _locked_alive(token, at)
    draft = letter_drafts.saved_or_new(request, at)
    kept, before = {name: list(values) for name, values in typed.items()}, typing_in(draft)
    if before.unreadable:
        raise DraftUnreadable
    if seen_version is not None and seen_version != before.version and kept != before.typed:
        raise DraftOvertaken(before.typed, before.version)
    letter_drafts.keep(draft, at, typed=kept)
    _in_progress(request, at)
    return typing_in(draft)


def keep_file(token: str, *, name: str, content: bytes, pages: int, at: datetime) -> Typing:
    """Keep a checked PDF, sealed, in place of an earlier one until it is submitted.

    Raises LinkDead, NotStored, and DocumentRefused where the virus scanner refuses it.
    """
    scan = letter_files.scanned(content)
    with letter_files.stored(content) as file, transaction.atomic():
        request = _locked_alive(token, at)
        draft = letter_drafts.saved_or_new(request, at)
        letter_files.drop_later(draft)
        draft.file, draft.file_name, draft.pages = file, name, pages
        letter_files.mark(draft, scan, at)
        letter_drafts.keep(draft, at)
        _in_progress(request, at)
        return typing_in(draft)


@transaction.atomic
def drop_file(token: str, *, at: datetime) -> None:
    """Take back the PDF that waits to be submitted. Raises LinkDead."""
    request = _locked_alive(token, at)
    draft = letter_drafts.saved(request)
    if draft is not None and draft.file:
        letter_files.drop_later(draft)
        letter_drafts.take_file(draft)
        letter_drafts.keep(draft, at)


def submit_letter(
    token: str, letter: Letter, *, received_at: datetime, recorded_at: datetime
) -> Reference:
    """Take a letter in: it counts, or is kept as late (`counts` is False); both are confirmed.

    Raises LinkDead (a second click finds the link used, and nothing is taken twice), NotStored,
    DocumentRefused, and DraftOvertaken where another window has saved since it was looked over.
    """
    letter = checked(letter)
    with letter_files.stored(letter.content) as file, transaction.atomic(durable=True):
        request = _locked(token)
        dead = why_dead(request, received_at)
        if dead and not (dead == "over" and request.referee.application.round.cancelled_at is None):
            raise LinkDead(dead)
        _require_seen(request, letter)
        supersede(request, at=recorded_at)  # one kept as late, before the deadline was moved
        stored = store(request, letter, file, received_at=received_at, recorded_at=recorded_at)
        stored.counts = not dead
        stored.late = not stored.counts or reference_clock.is_late(request, received_at)
        stored.save()
        _confirm(request, stored)
        return stored


def _require_seen(request: ReferenceRequest, letter: Letter) -> None:
    if letter.seen_version is None:
        return
    kept = letter_drafts.typing_of(request)
    if kept.version != letter.seen_version:
        raise DraftOvertaken(kept.typed, kept.version)


def _confirm(request: ReferenceRequest, letter: Reference) -> None:
    """Move the request where the letter counts, and tell whom it concerns."""
    at = letter.received_at
    if letter.counts:
        request.failure = Failure.NONE
        request_log.move(request, RequestState.RECEIVED, at=at)
        received = reference_messages.received(request, at=at)
        request_log.tell(request, "reference received", received, at=letter.recorded_at)
    else:
        request_log.note(request, at=at, reason=LATE)
    thanks = reference_messages.thanks(request, letter)
    request_log.tell(request, "reference thanks", thanks, at=letter.recorded_at)


@transaction.atomic
def decline(token: str, *, reason: str, at: datetime) -> ReferenceRequest:
    """End the request at the referee's word; the applicant hears of it, not of the reason."""
    request = _locked_alive(token, at)
    request.failure = Failure.NONE
    request_log.move(
        request, RequestState.DECLINED, at=at, reason=reason.strip() or DECLINED_UNSAID
    )
    letter_drafts.forget(request)
    declined = reference_messages.declined(request, at=at)
    request_log.tell(request, "reference declined", declined, at=at)
    return request


@transaction.atomic
def not_me(token: str, *, at: datetime) -> ReferenceRequest:
    """Close this link at once: whoever has it is not the referee. The applicant is told."""
    request = _locked_alive(token, at)
    letter_drafts.forget(request)
    request_log.give_link(request)  # mailed to nobody yet
    request.failure = Failure.STRANGER
    request_log.move(request, RequestState.FAILED, at=at, reason=STRANGER)
    failed = reference_messages.failed(request, at=at)
    request_log.tell(request, "reference failed", failed, at=at)
    return request


def why_dead(request: ReferenceRequest, at: datetime) -> str:
    """Say why a link leads nowhere at `at`; empty where it leads to the form."""
    application = request.referee.application
    revoked = request.state == RequestState.CANCELLED or request.referee.replaced_at is not None
    if revoked or application.status in ENDED:
        return "revoked"
    if request.state not in OPEN:
        return "used"
    if reference_clock.accepts(request, at):
        return ""
    return "used" if request.letters.standing().exists() else "over"


def store(
    request: ReferenceRequest,
    letter: Letter,
    file: str,
    *,
    received_at: datetime,
    recorded_at: datetime,
) -> Reference:
    """Return the sealed letter, not saved yet; the draft it was written in is gone.

    `file` is the name of the sealed PDF that came with it, empty where none did.
    """
    words = json.dumps({"ratings": dict(letter.ratings), "text": letter.text}, ensure_ascii=False)
    stored = Reference(
        request=request,
        form=LetterForm.TYPED,
        language=letter.language,
        sealed=sealing.seal(words),
        received_at=received_at,
        recorded_at=max(recorded_at, received_at),
    )
    draft = letter_drafts.saved(request)
    if file:
        stored.form, stored.pages, stored.file = LetterForm.UPLOADED, letter.pages, file
        letter_files.mark(stored, letter.scan, received_at)
    elif draft is not None and draft.file and not letter.text.strip():
        stored.form, stored.pages = LetterForm.UPLOADED, draft.pages
        stored.scan, stored.scanned_at = draft.scan, draft.scanned_at
        stored.file = letter_drafts.take_file(draft)
    if draft is not None:
        letter_drafts.close(draft)
    return stored


def supersede(request: ReferenceRequest, *, at: datetime) -> None:
    """Let the letter that stands count no more; it is kept."""
    for letter in request.letters.standing():
        letter.superseded_at = max(at, letter.recorded_at)
        letter.save(update_fields=["superseded_at"])


def _locked(token: str) -> ReferenceRequest:
    try:
        return request_log.locked(token_digest=request_log.digest(token))
    except ReferenceRequest.DoesNotExist as problem:
        raise LinkDead("unknown") from problem


def _locked_alive(token: str, at: datetime) -> ReferenceRequest:
    return _alive(_locked(token), at)


def _alive(request: ReferenceRequest, at: datetime) -> ReferenceRequest:
    if dead := why_dead(request, at):
        raise LinkDead(dead)
    return request


def _open(request: ReferenceRequest, at: datetime) -> None:
    request.failure, request.opened_at = Failure.NONE, request.opened_at or at
    request_log.move(request, RequestState.OPENED, at=at)


def _in_progress(request: ReferenceRequest, at: datetime) -> None:
    if request.state != RequestState.IN_PROGRESS:
        request.failure, request.opened_at = Failure.NONE, request.opened_at or at
        request_log.move(request, RequestState.IN_PROGRESS, at=at)
