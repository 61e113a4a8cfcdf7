"""Documents: adding, replacing and removing them, and opening what is stored."""

import hashlib
import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import IO, cast
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction

from applications.domain.errors import (
    DocumentRefused,
    NotAskedFor,
    NotStored,
    Unopenable,
)
from applications.domain.files import slots
from applications.domain.files.reading import check
from applications.domain.form import completeness
from applications.domain.form.drafts import locked_draft
from applications.domain.form.limits import documents_at_most
from applications.models import SINGLE_SLOTS, Document, Scan, Slot
from applications.sections.text import storable
from jetportal import scanning
from jetportal.accounts.models import User
from jetportal.scanning import Verdict
from jetportal.sealing import seal_bytes, unseal_bytes

logger = logging.getLogger(__name__)

NAME_LENGTH = 120
MOST_PAGES = 32_767  # what the column holds
INFECTED = (
    "The virus scanner refused this file. Nothing was stored. Make the PDF again on a computer "
    "that is checked, or scan the paper."
)
SCANS = {Verdict.OFF: Scan.NONE, Verdict.AWAY: Scan.WAITING, Verdict.CLEAN: Scan.CLEAN}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: its name and its content; `instead_of` is the key of what it replaces."""

    slot: Slot
    name: str
    content: bytes
    instead_of: UUID | None = None


def attach(key: UUID, upload: Upload, *, max_megabytes: int, by: User, at: datetime) -> Document:
    """Put a PDF into a slot: beside what is there, or in place of it where the slot holds one.

    Read, scanned and stored before any lock is taken; when it is refused, nothing changes. The
    same file a second time is the same document. Raises DocumentRefused, NotAskedFor where the
    application has no such slot, NotStored where the storage is away, NotEditable.
    """
    document = as_document(upload, max_megabytes=max_megabytes, at=at)
    with stored(key, document, upload.content):
        return _put(document, key=key, instead_of=upload.instead_of, by=by)


def as_document(upload: Upload, *, max_megabytes: int, at: datetime) -> Document:
    """Read and scan a file; neither it nor its row is stored yet. Raises DocumentRefused."""
    pages = check(upload.content, max_megabytes=max_megabytes)
    verdict = scanning.scan(upload.content)
    if verdict is Verdict.INFECTED:
        raise DocumentRefused(INFECTED)
    scan = SCANS[verdict]
    return Document(
        key=uuid.uuid4(),
        slot=upload.slot,
        name=shown_name(upload.name),
        size=len(upload.content),
        pages=min(pages, MOST_PAGES),
        sha256=hashlib.sha256(upload.content).hexdigest(),
        received_at=at,
        scan=scan,
        scanned_at=at if scan is Scan.CLEAN else None,
    )


@contextmanager
def stored(key: UUID, document: Document, content: bytes) -> Iterator[None]:
    """Write the file, and delete it again where its row does not come about within."""
    storage = document.file.storage
    body = seal_bytes(content) if document.is_sensitive else content
    wanted = f"{key}/{document.file_name}"
    try:
        document.file = storage.save(wanted, ContentFile(body))
    except Exception as problem:  # whatever storage it is, and whatever has happened to it
        logger.error("storage took no file error=%s", type(problem).__name__)
        _forget(storage, wanted)
        raise NotStored from problem
    try:
        yield
    except BaseException:
        _forget(storage, document.file.name)
        raise
    if document.pk is None:
        _forget(storage, document.file.name)


def _forget(storage: Storage, name: str) -> None:
    """Delete a file that nothing refers to; where that fails, it stays as one too many."""
    with suppress(Exception):
        storage.delete(name)


@transaction.atomic
def _put(document: Document, *, key: UUID, instead_of: UUID | None, by: User) -> Document:
    """Write the row of a stored file; the earlier one of a single slot, or `instead_of`, goes."""
    application = locked_draft(key, by)
    loaded = completeness.load(application)
    state = slots.state(loaded, Slot(document.slot))
    if state.ask is slots.Ask.NOT:
        raise NotAskedFor
    same = next((each for each in state.documents if each.sha256 == document.sha256), None)
    gone = tuple(
        each
        for each in state.documents
        if each != same and (each.key == instead_of or document.slot in SINGLE_SLOTS)
    )
    every = sum(len(files) for files in loaded.documents.values())
    most = documents_at_most(application.round)
    if same is None and every - len(gone) >= most:
        raise DocumentRefused(
            f"Your application holds {most} files, and takes no more. Remove one first, or put "
            "several papers into one PDF."
        )
    for each in gone:
        _delete(each)
    if same is not None:
        return same
    document.application = application
    document.save()
    return document


@transaction.atomic
def remove(key: UUID, document_key: UUID, *, by: User) -> None:
    """Remove a file; doing it twice is doing it once. Raises NotEditable."""
    application = locked_draft(key, by)
    for document in application.documents.filter(key=document_key):
        _delete(document)


def _delete(document: Document) -> None:
    document.delete()
    transaction.on_commit(partial(document.file.delete, save=False), robust=True)


def opened(document: Document) -> IO[bytes]:
    """Open the PDF, unsealed where it is sealed. Raises FileNotFoundError, Unopenable."""
    try:
        file = cast("IO[bytes]", document.file.open("rb"))
    except FileNotFoundError:
        raise
    except OSError as problem:
        logger.error("storage gave no file error=%s", type(problem).__name__)
        raise Unopenable from problem
    if not document.is_sensitive:
        return file
    with file:
        content = unseal_bytes(file.read())
    if content is None:
        raise Unopenable
    return BytesIO(content)


def shown_name(name: str) -> str:
    """Keep the end of a long name: what it is called by there, it is known by to its owner."""
    plain = storable(" ".join(name.replace("\x00", "").split())) or "document.pdf"
    return plain if len(plain) <= NAME_LENGTH else "…" + plain[1 - NAME_LENGTH :]
