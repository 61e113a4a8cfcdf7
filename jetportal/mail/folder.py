"""Read back the mails of a development folder. Several mails may share a file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

# A line of dashes ends a mail; one inside a mail is not followed by the first header of the next.
END = re.compile(rb"\n-{79}\n(?=Content-Type: |\Z)")
FILES_READ = 50


@dataclass(frozen=True, slots=True)
class StoredMail:
    """One mail as it was handed over. `file` and `number` name it; `at` is when it was queued."""

    file: str
    number: int
    to: str
    subject: str
    at: datetime
    text: str


def newest(folder: Path) -> list[StoredMail]:
    """List the mails of the newest files, newest mail first."""
    files = sorted(folder.glob("*.log"), reverse=True)[:FILES_READ]
    mails = [mail for file in files for mail in mails_in(file)]
    return sorted(mails, key=lambda mail: mail.at, reverse=True)


def find(folder: Path, file: str, number: int) -> StoredMail | None:
    """Return one mail; `file` is only compared with names in the folder, never joined to a path."""
    known = (path for path in folder.glob("*.log") if path.stem == file)
    return next((mail for path in known for mail in mails_in(path) if mail.number == number), None)


def mails_in(path: Path) -> Iterator[StoredMail]:
    *complete, _unfinished = END.split(path.read_bytes())
    for number, part in enumerate(complete, start=1):
        message = message_from_bytes(part, policy=policy.default)
        yield StoredMail(
            file=path.stem,
            number=number,
            to=str(message["To"]),
            subject=str(message["Subject"]),
            at=sent_at(message),
            text=plain_text(message),
        )


def sent_at(message: EmailMessage) -> datetime:
    at = parsedate_to_datetime(str(message["Date"]))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def plain_text(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain",))
    return str(body.get_content()) if body is not None else ""
