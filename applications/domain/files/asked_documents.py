"""A document that the program office asked for after sending: taken while it is open."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from applications.domain import corrections, messages
from applications.domain.errors import CorrectionClosed, DocumentRefused, Refused
from applications.domain.files import documents
from applications.domain.files.documents import Upload
from applications.domain.form import completeness, freezing
from applications.domain.form.completeness import Loaded
from applications.domain.form.limits import documents_at_most
from applications.models import SINGLE_SLOTS, Application, Document
from applications.sections.registry import DOCUMENTS
from jetportal.accounts.models import User
from jetportal.mail import outbox
from jetportal.mail.models import Lane


def add(key: UUID, upload: Upload, *, max_megabytes: int, by: User, at: datetime) -> Document:
    """Put a PDF into a slot that is open at `at`, as a new version of what was sent.

    In a slot of one file the earlier one counts no more, and is kept; in any slot, so does what the
    virus scanner refused. The same file a second time is the same document.
    Raises CorrectionClosed, NotChangeable, DocumentRefused, NotStored.
    """
    document = documents.as_document(upload, max_megabytes=max_megabytes, at=at)
    with documents.stored(key, document, upload.content):
        return _put(document, key=key, by=by, at=at)


@transaction.atomic(durable=True)
def _put(document: Document, *, key: UUID, by: User, at: datetime) -> Document:
    application = corrections.locked(by, key=key)
    if not is_open(application, document.slot, at=at):
        raise CorrectionClosed
    loaded = completeness.load(application)
    there = loaded.documents.get(document.slot, ())
    same = next((each for each in there if each.sha256 == document.sha256), None)
    if same is not None:
        return same
    single = document.slot in SINGLE_SLOTS
    gone = tuple(each for each in there if single or not each.counts)
    _require_room(loaded, less=len(gone))
    for each in gone:
        each.replaced_at = max(at, each.received_at)
        each.save(update_fields=["replaced_at"])
    document.application = application
    document.save()
    _freeze(loaded, document, gone, at=at)
    return document


def is_open(application: Application, slot: str, *, at: datetime) -> bool:
    """Tell whether the document is asked for, and may come in at `at`."""
    running = application.corrections.running(at)
    return bool(running.filter(section=DOCUMENTS, slot=slot).exists())


def _require_room(loaded: Loaded, *, less: int) -> None:
    most = documents_at_most(loaded.application.round)
    if sum(len(files) for files in loaded.documents.values()) - less >= most:
        raise DocumentRefused(
            f"Your application holds {most} files, and takes no more. Write to us, and we help."
        )


def _freeze(
    loaded: Loaded, document: Document, gone: tuple[Document, ...], *, at: datetime
) -> None:
    """Write the new version and the mail about it."""
    application, before = loaded.application, freezing.current(loaded.application)
    if before is None or not freezing.is_intact(before):
        raise Refused("This cannot be changed here now. Write to us with the reference number.")
    there = tuple(each for each in loaded.documents.get(document.slot, ()) if each not in gone)
    after = replace(loaded, documents={**loaded.documents, document.slot: (*there, document)})
    frozen = freezing.freeze_documents(before, after, at=at)
    outbox.enqueue(
        messages.answers_changed(application, "Documents", frozen),
        key=f"changed:{application.pk}:{frozen.version}",
        lane=Lane.FIRST,
        at=at,
    )
