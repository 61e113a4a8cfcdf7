"""Opening what is kept apart, for staff who may: never without a reason, always with a record."""

from datetime import datetime

from django.db import transaction

from applications.domain import access, freezing
from applications.domain.errors import ReasonNeeded, Refused, UnknownSection
from applications.domain.submitted import ShownPart, sensitive_parts
from applications.models import Application, SensitiveOpening
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
