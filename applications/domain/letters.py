"""The referee's acts, by the link alone: open, save and return, submit, decline, "not me".

A letter that arrives in time counts; one that arrives after its end is kept sealed as late, and
staff may admit it. Every refused link says the same words (LinkDead).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction

from applications.domain import reference_clock, reference_messages, request_log
from applications.domain.errors import DraftOvertaken, LinkDead
from applications.domain.request_ends import ENDED
from applications.models import (
    Failure,
    LetterForm,
    LetterLanguage,
    Reference,
    ReferenceDraft,
    ReferenceRequest,
    RequestState,
)
from applications.models.reference import OPEN
from jetportal import sealing

DECLINED_UNSAID = "Declined without a reason"
LATE = "A letter arrived after its end and is kept"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it is handed in: ratings by criterion, and either typed words or a checked PDF.

    `content` is the PDF; without it and without `text` the file kept in the draft is taken.
    """

    ratings: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    language: LetterLanguage = LetterLanguage.ENGLISH
    content: bytes | None = None
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class Typing:
    """What a referee has saved so far; `version` 0: nothing yet."""

    typed: Mapping[str, list[str]]
    version: int = 0
    file_name: str = ""
    pages: int | None = None
    saved_at: datetime | None = None


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


def typing_of(request: ReferenceRequest) -> Typing:
    """Return what was saved; one query. Empty where no key of ours opens it."""
    draft = ReferenceDraft.objects.filter(request=request).first()
    return Typing({}) if draft is None else _typing(draft)


@transaction.atomic
def save_draft(
    token: str, typed: Mapping[str, Sequence[str]], *, seen_version: int | None, at: datetime
) -> Typing:
    """Keep what is typed, right or wrong. Raises LinkDead, DraftOvertaken.

    `seen_version` is that of the page (0: nothing was saved); None where there was no page.
    """
    request = _locked_alive(token, at)
    draft, kept = _draft(request, at), {name: list(values) for name, values in typed.items()}
    before = _typing(draft)
    if seen_version is not None and seen_version != before.version and kept != before.typed:
        raise DraftOvertaken(before.typed, before.version)
    _keep(draft, kept, at)
    _in_progress(request, at)
    return _typing(draft)


@transaction.atomic
def keep_file(token: str, *, name: str, content: bytes, pages: int, at: datetime) -> Typing:
    """Keep a checked PDF, sealed, in place of an earlier one until it is submitted."""
    request = _locked_alive(token, at)
    draft = _draft(request, at)
    _drop_later(draft)
    draft.file = ""
    draft.file_name, draft.pages = name, pages
    sealed = ContentFile(sealing.seal_bytes(content))
    draft.file.save("letter.pdf", sealed, save=False)
    _keep(draft, dict(_typing(draft).typed), at)
    _in_progress(request, at)
    return _typing(draft)


@transaction.atomic
def drop_file(token: str, *, at: datetime) -> None:
    """Take back the PDF that waits to be submitted. Raises LinkDead."""
    request = _locked_alive(token, at)
    draft = ReferenceDraft.objects.filter(request=request).first()
    if draft is not None and draft.file:
        _drop_later(draft)
        draft.file, draft.file_name, draft.pages = "", "", None
        _keep(draft, dict(_typing(draft).typed), at)


@transaction.atomic(durable=True)
def submit_letter(
    token: str, letter: Letter, *, received_at: datetime, recorded_at: datetime
) -> Reference:
    """Take a letter in: it counts, or is kept as late (`counts` is False); both are confirmed.

    Raises LinkDead; a second click finds the link used, and nothing is taken twice.
    """
    request = _locked(token)
    dead = why_dead(request, received_at)
    if dead and not (dead == "over" and request.referee.application.round.cancelled_at is None):
        raise LinkDead(dead)
    counts = not dead
    late = reference_clock.is_late(request, received_at)
    supersede(request, at=recorded_at)  # one kept as late, before the deadline was moved
    stored = store(request, letter, received_at=received_at, recorded_at=recorded_at)
    stored.late, stored.counts = late or not counts, counts
    stored.save()
    if counts:
        request.failure = Failure.NONE
        request_log.move(request, RequestState.RECEIVED, at=received_at)
        received = reference_messages.received(request, at=received_at)
        request_log.tell(request, "reference received", received, at=stored.recorded_at)
    else:
        request_log.note(request, at=received_at, reason=LATE)
    thanks = reference_messages.thanks(request, stored)
    request_log.tell(request, "reference thanks", thanks, at=stored.recorded_at)
    return stored


@transaction.atomic
def decline(token: str, *, reason: str, at: datetime) -> ReferenceRequest:
    """End the request at the referee's word; the applicant hears of it, not of the reason."""
    request = _locked_alive(token, at)
    request.failure = Failure.NONE
    request_log.move(
        request, RequestState.DECLINED, at=at, reason=reason.strip() or DECLINED_UNSAID
    )
    _forget(request)
    declined = reference_messages.declined(request, at=at)
    request_log.tell(request, "reference declined", declined, at=at)
    return request


@transaction.atomic
def not_me(token: str, *, at: datetime) -> ReferenceRequest:
    """Close this link at once: whoever has it is not the referee. The applicant is told."""
    request = _locked_alive(token, at)
    _forget(request)
    request_log.give_link(request)  # mailed to nobody yet
    request.failure = Failure.STRANGER
    request_log.move(request, RequestState.FAILED, at=at, reason="Not the person we meant")
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
    request: ReferenceRequest, letter: Letter, *, received_at: datetime, recorded_at: datetime
) -> Reference:
    """Return the sealed letter, not saved yet; the draft it was written in is gone."""
    words = json.dumps({"ratings": dict(letter.ratings), "text": letter.text}, ensure_ascii=False)
    stored = Reference(
        request=request,
        form=LetterForm.TYPED,
        language=letter.language,
        sealed=sealing.seal(words),
        received_at=received_at,
        recorded_at=max(recorded_at, received_at),
    )
    draft = ReferenceDraft.objects.filter(request=request).first()
    if letter.content is not None:
        stored.form, stored.pages = LetterForm.UPLOADED, letter.pages
        sealed = ContentFile(sealing.seal_bytes(letter.content))
        stored.file.save("letter.pdf", sealed, save=False)
    elif draft is not None and draft.file and not letter.text.strip():
        stored.form, stored.pages = LetterForm.UPLOADED, draft.pages
        stored.file = draft.file.name
        draft.file = ""
    if draft is not None:
        _drop_later(draft)
        draft.delete()
    return stored


def supersede(request: ReferenceRequest, *, at: datetime) -> None:
    """Let the letter that stands count no more; it is kept."""
    for letter in request.letters.standing():
        letter.superseded_at = max(at, letter.recorded_at)
        letter.save(update_fields=["superseded_at"])


def file_content(row: Reference | ReferenceDraft) -> bytes | None:
    """Return the PDF of a letter or draft; None where there is none or no key opens it."""
    if not row.file:
        return None
    with row.file.open("rb") as stream:
        return sealing.unseal_bytes(stream.read())


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


def _draft(request: ReferenceRequest, at: datetime) -> ReferenceDraft:
    kept: ReferenceDraft | None = ReferenceDraft.objects.filter(request=request).first()
    return kept or ReferenceDraft(request=request, version=0, saved_at=at)


def _keep(draft: ReferenceDraft, typed: Mapping[str, list[str]], at: datetime) -> None:
    draft.sealed = sealing.seal(json.dumps(typed, ensure_ascii=False))
    draft.version, draft.saved_at = draft.version + 1, at
    draft.save()


def _typing(draft: ReferenceDraft) -> Typing:
    words = sealing.unseal(draft.sealed) if draft.sealed else None
    typed = json.loads(words) if words else {}
    saved_at = draft.saved_at if draft.version else None
    return Typing(typed, draft.version, draft.file_name, draft.pages, saved_at)


def _forget(request: ReferenceRequest) -> None:
    """Delete what was saved and not submitted."""
    for draft in ReferenceDraft.objects.filter(request=request):
        _drop_later(draft)
        draft.delete()


def _drop_later(draft: ReferenceDraft) -> None:
    if draft.file:
        storage, name = draft.file.storage, str(draft.file.name)
        transaction.on_commit(partial(storage.delete, name), robust=True)
