"""What an error of the mail server means for the mail: later, never, or not this mail's fault."""

import re
import smtplib
from dataclasses import dataclass

from celery.exceptions import SoftTimeLimitExceeded

from jetportal.mail.models import Outcome

SERVICE_CLOSING = 421
PERMANENT = 500
ADDRESS = re.compile(r"<?[^\s<>]+@[^\s<>]+>?")
DETAIL_LENGTH = 200

# Everything smtplib and sockets raise is an OSError; a ValueError is a message nobody can write.
TROUBLE = (OSError, ValueError, SoftTimeLimitExceeded)


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    code: int | None = None
    detail: str = ""


ACCEPTED = Verdict(Outcome.SENT)


def verdict(error: Exception) -> Verdict:
    """Sort one of TROUBLE.

    A refused recipient or body speaks about this mail: 4xx heals, 5xx never does. A refused
    greeting, sign-in or sender speaks about the server or our settings, so no mail dies of it.
    """
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return Verdict(Outcome.FAILED, detail=f"no message can be made: {type(error).__name__}")
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, reply = next(iter(error.recipients.values()))
        return _answer(code, reply, final=code >= PERMANENT)
    if isinstance(error, smtplib.SMTPDataError):
        return _answer(error.smtp_code, error.smtp_error, final=error.smtp_code >= PERMANENT)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return _answer(error.smtp_code, error.smtp_error, final=False)
    if isinstance(error, smtplib.SMTPResponseException):
        return _unreachable(error, error.smtp_code, error.smtp_error)
    return _unreachable(error)


def _answer(code: int, reply: bytes | str, *, final: bool) -> Verdict:
    if code == SERVICE_CLOSING:
        return Verdict(Outcome.UNREACHABLE, code, _words(reply))
    return Verdict(Outcome.FAILED if final else Outcome.RETRY, _known(code), _words(reply))


def _unreachable(error: Exception, code: int | None = None, reply: bytes | str = "") -> Verdict:
    detail = _words(f"{type(error).__name__}: {_words(reply) or error}")
    return Verdict(Outcome.UNREACHABLE, _known(code), detail)


def _known(code: int | None) -> int | None:
    """Drop what is no SMTP code: smtplib says -1 where it could not read one."""
    return code if code is not None and 200 <= code <= 599 else None  # noqa: PLR2004  RFC 5321


def _words(reply: bytes | str) -> str:
    """Make a reply safe to keep: servers like to repeat the address, logs must not."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return ADDRESS.sub("(address)", " ".join(printable.split()))[:DETAIL_LENGTH]
