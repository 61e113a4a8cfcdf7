"""PDFs of letters in the storage: sealed, written before a lock, deleted after a commit."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction

from applications.domain.errors import DocumentRefused, NotStored
from applications.domain.files.documents import INFECTED, SCANS
from applications.models import Reference, ReferenceDraft, Scan
from applications.models.document import JUDGED
from applications.models.letter import stored_letter
from jetportal import scanning, sealing
from jetportal.scanning import Verdict

logger = logging.getLogger(__name__)


def scanned(content: bytes) -> Scan:
    """Show a PDF to the virus scanner, before any lock. Raises DocumentRefused."""
    verdict = scanning.scan(content)
    if verdict is Verdict.INFECTED:
        raise DocumentRefused(INFECTED)
    return SCANS[verdict]


def mark(row: Reference | ReferenceDraft, scan: Scan, at: datetime) -> None:
    """Set what the scanner said, and when; the caller saves."""
    row.scan, row.scanned_at = scan, at if scan in JUDGED else None


@contextmanager
def stored(content: bytes | None) -> Iterator[str]:
    """Write a PDF, sealed, and yield its name; delete it again where its row does not come about.

    Yields nothing for no PDF. Raises NotStored where the storage is away.
    """
    if content is None:
        yield ""
        return
    storage = Reference._meta.get_field("file").storage
    name = _write(storage, content)
    try:
        yield name
    except BaseException:
        _forget(storage, name)
        raise


def _write(storage: Storage, content: bytes) -> str:
    wanted = stored_letter(None, "")
    try:
        return storage.save(wanted, ContentFile(sealing.seal_bytes(content)))
    except Exception as problem:  # whatever storage it is, and whatever has happened to it
        logger.error("storage took no letter error=%s", type(problem).__name__)
        _forget(storage, wanted)
        raise NotStored from problem


def _forget(storage: Storage, name: str) -> None:
    """Delete a file that nothing refers to; where that fails, it stays as one too many."""
    with suppress(Exception):
        storage.delete(name)


def content_of(row: Reference | ReferenceDraft) -> bytes | None:
    """Return the PDF of a letter or draft; None where there is none or no key opens it."""
    if not row.file:
        return None
    with row.file.open("rb") as stream:
        return sealing.unseal_bytes(stream.read())


def drop_later(draft: ReferenceDraft) -> None:
    """Delete the file of a draft once the transaction is committed."""
    if draft.file:
        storage, name = draft.file.storage, str(draft.file.name)
        transaction.on_commit(partial(storage.delete, name), robust=True)
