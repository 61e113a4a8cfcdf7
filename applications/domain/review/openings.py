"""Opening what is kept apart, for staff who may: never without a reason, always with a record."""

import hashlib
from datetime import datetime

from django.db import transaction

from applications.domain import access
from applications.domain.errors import ReasonNeeded, Refused, UnknownSection
from applications.domain.files import documents
from applications.domain.form import freezing
from applications.domain.form.submitted import ShownPart, sensitive_parts
from applications.models import Application, Document, SensitiveOpening
from applications.models.answers import SENSITIVE
from jetportal.accounts.models import User


@transaction.atomic
def open_part(
    application: Application, section_key: str, *, reason: str, by: User, at: datetime
) -> ShownPart:
    """Return one sensitive section as it was sent, and keep who opened it and why.

    Raises Refused where the person may not, gives no reason, or where no key opens it; then nothing
    is kept. UnknownSection for what is no sensitive section of this application.
    """
    if section_key not in SENSITIVE:
        raise UnknownSection
    record(application, section_key, reason=reason, by=by, at=at)
    frozen = freezing.current(application)
    if frozen is None or not freezing.is_intact(frozen):
        raise Refused("The stored answers do not match their fingerprint. Tell the administrator.")
    parts = sensitive_parts(frozen)
    if parts is None:
        raise Refused("This part cannot be opened: its key is missing. Tell the administrator.")
    for part in parts:
        if part.key == section_key:
            return part
    raise UnknownSection


@transaction.atomic
def open_file(document: Document, *, reason: str, by: User, at: datetime) -> bytes:
    """Return one sensitive PDF as it was uploaded, and keep who opened it and why.

    Raises Refused where the person may not, gives no reason, or where it is not checked, not there,
    not as it came, or no key opens it; then nothing is kept.
    """
    if not document.is_sensitive:
        raise Refused("This file is not kept apart.")
    if why := access.why_not_opened(document):
        raise Refused(why)
    record(document.application, document.slot, reason=reason, by=by, at=at)
    try:
        with documents.opened(document) as file:
            content = file.read()
    except OSError as problem:  # gone, or the storage is away
        raise Refused("The stored file was not found. Tell the administrator.") from problem
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise Refused("The stored file does not match its fingerprint. Tell the administrator.")
    return content


def record(
    application: Application, part: str, *, reason: str, by: User, at: datetime
) -> SensitiveOpening:
    """Keep that a part is opened: a section, or the slot of a document. Raises Refused."""
    if not access.may_open_sensitive(by, application):
        raise Refused("This part is opened by named staff of the program office.")
    if not reason.strip():
        raise ReasonNeeded
    opening: SensitiveOpening = SensitiveOpening.objects.create(
        application=application, part=part, reason=reason.strip(), by=by, at=at
    )
    return opening
