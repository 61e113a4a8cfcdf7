"""The outbox: everything that leaves by mail is a row first. See docs/decisions/0005.

`enqueue` stores a mail in the caller's transaction, `claim_next` leases one, `deliver` and
`deliver_due` hand it to the mail server. No lock is held while sending. A mail leaves at least
once, and every copy of it carries the same Message-ID and Date.
"""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import F

from jetportal.mail.models import Lane, OutgoingMail, OutgoingMailQuerySet
from jetportal.mail.nudge import nudge

LEASE = timedelta(minutes=2)  # above the longest task (CELERY_TASK_SOFT_TIME_LIMIT)
SUBJECT_LENGTH = 200
# What would begin another header line, or what no mail and no database can hold.
UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\u0085\u2028\u2029\ud800-\udfff]")
# Tabs and line ends are the only control characters a body may hold.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")

Clock = Callable[[], datetime]


class UnsendableError(ValueError):
    """Say why a message may not enter the outbox, without quoting it."""


@dataclass(frozen=True, slots=True)
class Message:
    """Rendered words for one person. Refuses what could smuggle a header or could never leave."""

    kind: str
    to: str
    subject: str
    text: str
    html: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        try:
            validate_email(self.to)
        except ValidationError:
            raise UnsendableError("The recipient is not an e-mail address.") from None
        if not 0 < len(self.subject.strip()) <= len(self.subject) <= SUBJECT_LENGTH:
            raise UnsendableError(f"A subject has 1 to {SUBJECT_LENGTH} characters.")
        if not self.text.strip() or UNWRITABLE.search(self.text + self.html):
            raise UnsendableError("A mail says something, without control characters.")
        lines = [self.to, self.subject, *(value for _, value in self.headers)]
        if any(UNSENDABLE.search(line) for line in lines):
            raise UnsendableError("A header holds a line end or a control character.")
        if not all(HEADER_NAME.fullmatch(name) for name, _ in self.headers):
            raise UnsendableError("A header has no proper name.")


def enqueue(
    message: Message, *, key: str, lane: Lane, at: datetime, secret: bool = False
) -> OutgoingMail:
    """Store one mail in the caller's transaction; a second call with `key` returns the first row.

    The words of a `secret` mail are blanked once it has been sent. After the commit a worker is
    told, unless the lane is the bulk one, which the sweep takes; a broker that is away costs the
    caller about a second at most and never the saved work.
    """
    mail, created = OutgoingMail.objects.get_or_create(
        key=key,
        defaults={
            "kind": message.kind,
            "lane": lane,
            "recipient": message.to,
            "subject": message.subject,
            "text": message.text,
            "html": message.html,
            "headers": [list(header) for header in message.headers],
            "message_id": new_message_id(),
            "secret": secret,
            "created_at": at,
            "queued_at": at,
            "due_at": at,
        },
    )
    if created and lane != Lane.BULK:
        transaction.on_commit(partial(nudge, mail.pk), robust=True)
    return mail


def new_message_id() -> str:
    return f"<{uuid.uuid4().hex}@{settings.SITE.hostname}>"


def claim_next(*, at: datetime) -> OutgoingMail | None:
    """Lease the next due mail, first lane first: a dead worker's mail comes back by itself."""
    return _claim(OutgoingMail.objects.due(at), at=at)


def claim(pk: int, *, at: datetime) -> OutgoingMail | None:
    """Lease this mail if it is due and nobody else has it."""
    return _claim(OutgoingMail.objects.due(at).filter(pk=pk), at=at)


def _claim(candidates: OutgoingMailQuerySet, *, at: datetime) -> OutgoingMail | None:
    """Lease the first of the candidates. The conditional update decides, on every database.

    Where the database can, rows another worker holds are skipped instead of waited for; SQLite's
    transactions begin as writers and take turns.
    """
    rows = candidates.order_by("lane", "due_at", "pk")
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        mail = rows.first()
        if mail is None:
            return None
        unclaimed = candidates.filter(pk=mail.pk, attempts=mail.attempts)
        if not unclaimed.update(due_at=at + LEASE, attempts=F("attempts") + 1):
            return None
    mail.due_at, mail.attempts = at + LEASE, mail.attempts + 1
    return mail
