"""One mail in words, and what may not stand in it."""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

SUBJECT_LENGTH = 200
# What would begin another header line, or what no mail and no database can hold.
UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\u0085\u2028\u2029\ud800-\udfff]")
# Tabs and line ends are the only control characters a body may hold.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


ATTACHED = re.compile(r"[A-Za-z0-9._-]{1,60}")
TEXT_KIND = re.compile(r"text/[a-z]{1,20}")


class UnsendableError(ValueError):
    """Say why a message may not enter the outbox, without quoting it."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One text that comes with a mail, such as a calendar entry; `kind` is its media type."""

    name: str
    kind: str
    content: str


@dataclass(frozen=True, slots=True)
class Message:
    """Rendered words for one person. Refuses what could smuggle a header or could never leave."""

    kind: str
    to: str
    subject: str
    text: str
    html: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    attachment: Attachment | None = None

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
        if self.attachment is not None:
            _require_attachable(self.attachment)


def _require_attachable(attached: Attachment) -> None:
    named = ATTACHED.fullmatch(attached.name) and TEXT_KIND.fullmatch(attached.kind)
    if not named or not attached.content or UNWRITABLE.search(attached.content):
        raise UnsendableError("An attachment is a text with a plain name.")
