"""What a referee has saved and not sent: sealed, counted by versions, never put over unread."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from applications.domain.referees import letter_files
from applications.models import ReferenceDraft, ReferenceRequest, Scan
from jetportal import sealing


@dataclass(frozen=True, slots=True)
class Typing:
    """What a referee has saved so far; `version` 0: nothing yet.

    `unreadable`: something is saved, and no key of ours opens it. `refused`: the virus scanner
    refused the PDF after it was taken, so it is gone.
    """

    typed: Mapping[str, list[str]]
    version: int = 0
    file_name: str = ""
    pages: int | None = None
    saved_at: datetime | None = None
    unreadable: bool = False
    refused: bool = False


def typing_of(request: ReferenceRequest) -> Typing:
    """Return what was saved; one query."""
    draft = saved(request)
    return Typing({}) if draft is None else typing_in(draft)


def typing_in(draft: ReferenceDraft) -> Typing:
    words = sealing.unseal(draft.sealed) if draft.sealed else "{}"
    return Typing(
        typed=json.loads(words) if words else {},
        version=draft.version,
        file_name=draft.file_name,
        pages=draft.pages,
        saved_at=draft.saved_at if draft.version else None,
        unreadable=words is None,
        refused=draft.scan == Scan.REFUSED,
    )


def saved(request: ReferenceRequest) -> ReferenceDraft | None:
    """Return the row, read anew; None where nothing was saved."""
    row: ReferenceDraft | None = ReferenceDraft.objects.filter(request=request).first()
    return row


def saved_or_new(request: ReferenceRequest, at: datetime) -> ReferenceDraft:
    return saved(request) or ReferenceDraft(
        request=request, sealed=_sealed({}), version=0, saved_at=at
    )


def keep(
    draft: ReferenceDraft, at: datetime, *, typed: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Save the row as its next version; without `typed` the words stay as they are."""
    if typed is not None:
        draft.sealed = _sealed(typed)
    draft.version, draft.saved_at = draft.version + 1, at
    draft.save()


def _sealed(typed: Mapping[str, Sequence[str]]) -> str:
    return sealing.seal(json.dumps(dict(typed), ensure_ascii=False))


def take_file(draft: ReferenceDraft) -> str:
    """Return the name of the PDF that waits, which belongs to a letter from now on."""
    name = str(draft.file.name)
    draft.file, draft.file_name, draft.pages = "", "", None
    draft.scan, draft.scanned_at = Scan.NONE, None
    return name


def close(draft: ReferenceDraft) -> None:
    """Delete what a letter was made of; what no key opens is kept, as nobody has read it."""
    letter_files.drop_later(draft)
    if typing_in(draft).unreadable:
        take_file(draft)
        draft.save()
    else:
        draft.delete()


def forget(request: ReferenceRequest) -> None:
    """Delete what was saved and not sent, at the referee's word."""
    for draft in ReferenceDraft.objects.filter(request=request):
        letter_files.drop_later(draft)
        draft.delete()
