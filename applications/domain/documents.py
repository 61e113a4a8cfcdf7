"""Documents: what is taken, what is refused and why, replacing and removing."""

import hashlib
import subprocess
import sys
import uuid
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction

from applications.domain.drafts import locked_draft
from applications.domain.errors import DocumentRefused
from applications.models import Document, Slot
from applications.sections.text import storable
from jetportal.accounts.models import User

SIGNATURE = b"%PDF-"
MEGABYTE = 1024 * 1024
READING_SECONDS = 10
NAME_LENGTH = 120


def check(content: bytes, *, max_megabytes: int) -> int:
    """Return the number of pages of a PDF, or raise DocumentRefused with what to do.

    The file is opened in a process of its own, with limits on time and memory: a hostile one can
    harm nothing but itself.
    """
    if not content:
        raise DocumentRefused("The file is empty. Choose the PDF again.")
    if len(content) > max_megabytes * MEGABYTE:
        raise DocumentRefused(
            f"The file is larger than {max_megabytes} MB. Save it smaller, for example by "
            "scanning in gray, and choose it again."
        )
    if not content.startswith(SIGNATURE):
        raise DocumentRefused("This is not a PDF. Save or scan the document as PDF and choose it.")
    return _count_pages(content)


def _count_pages(content: bytes) -> int:
    reader = Path(__file__).parent.parent / "pdf_reader.py"
    try:
        result = subprocess.run(  # noqa: S603  our own script, the content goes to its input
            [sys.executable, "-I", str(reader)],
            input=content,
            capture_output=True,
            timeout=READING_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as problem:
        raise DocumentRefused(_UNREADABLE) from problem
    answer = result.stdout.decode("ascii", "replace").strip()
    if answer == "locked":
        raise DocumentRefused("The PDF is locked with a password. Save it without one.")
    if not answer.isdigit() or answer == "0":
        raise DocumentRefused(_UNREADABLE)
    return int(answer)


_UNREADABLE = (
    "The PDF cannot be opened: it is damaged. Save or scan it again and choose the new file."
)


def attach(
    key: UUID, slot: Slot, *, name: str, content: bytes, max_megabytes: int, by: User, at: datetime
) -> Document:
    """Put a PDF into a slot, in place of an earlier one. Raises DocumentRefused, NotEditable.

    The file is checked before any lock is taken; when it is refused, the earlier one stays.
    """
    pages = check(content, max_megabytes=max_megabytes)
    document = Document(
        key=uuid.uuid4(),
        slot=slot,
        name=shown_name(name),
        size=len(content),
        pages=min(pages, 32767),
        sha256=hashlib.sha256(content).hexdigest(),
        received_at=at,
    )
    return _put(document, content, key=key, by=by)


@transaction.atomic
def _put(document: Document, content: bytes, *, key: UUID, by: User) -> Document:
    """Store the file and its row; a file whose row did not come about is deleted again."""
    document.application = locked_draft(key, by)
    _delete(document.application.documents.filter(slot=document.slot).first())
    document.file.save("document.pdf", ContentFile(content), save=False)
    try:
        document.save()
    except DatabaseError:
        document.file.delete(save=False)
        raise
    return document


@transaction.atomic
def remove(key: UUID, slot: Slot, *, by: User) -> None:
    """Take the file out of a slot; an empty slot stays empty. Raises NotEditable."""
    application = locked_draft(key, by)
    _delete(application.documents.filter(slot=slot).first())


def _delete(document: Document | None) -> None:
    if document is None:
        return
    document.delete()
    transaction.on_commit(partial(document.file.delete, save=False), robust=True)


def shown_name(name: str) -> str:
    """Keep the end of a long name: what it is called by there, it is known by to its owner."""
    plain = storable(" ".join(name.replace("\x00", "").split())) or "document.pdf"
    return plain if len(plain) <= NAME_LENGTH else "…" + plain[1 - NAME_LENGTH :]
