"""Documents: what is taken, what is refused and why, replacing and removing."""

import hashlib
import uuid
from datetime import datetime
from functools import partial
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction

from applications.domain.drafts import locked_draft
from applications.domain.reading import check
from applications.models import Document, Slot
from applications.sections.text import storable
from jetportal.accounts.models import User

NAME_LENGTH = 120


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
