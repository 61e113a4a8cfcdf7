"""How mail is handed to the mail server, in one place; the outbox says what leaves, and when."""

from contextlib import suppress
from email.utils import format_datetime
from types import TracebackType
from typing import Self

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from jetportal.mail.models import OutgoingMail

MAILS_PER_CONNECTION = 50  # many servers hang up after a hundred


class Postman:
    """One connection to the mail server, opened for the first mail and used for the next ones."""

    def __init__(self) -> None:
        self._backend: BaseEmailBackend | None = None
        self._carried = 0

    def send(self, mail: OutgoingMail) -> None:
        """Hand one mail over, or raise one of TROUBLE."""
        if self._carried >= MAILS_PER_CONNECTION:
            self.say_goodbye()
        if self._backend is None:
            backend = get_connection()
            backend.open()
            self._backend, self._carried = backend, 0
        self._carried += 1
        self._backend.send_messages([as_email(mail)])

    def hang_up(self) -> None:
        """Leave without a word: a server that stalls would make the farewell wait as well."""
        socket = getattr(self._backend, "connection", None)
        if socket is not None:
            socket.close()
        self._backend = None

    def say_goodbye(self) -> None:
        if self._backend is not None:
            with suppress(OSError):
                self._backend.close()
        self._backend = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.say_goodbye()


def as_email(mail: OutgoingMail) -> EmailMultiAlternatives:
    headers = {
        **dict(mail.headers),
        "Message-ID": mail.message_id,
        "Date": format_datetime(mail.created_at),
        "Auto-Submitted": "auto-generated",
    }
    email = EmailMultiAlternatives(mail.subject, mail.text, to=[mail.recipient], headers=headers)
    if mail.html:
        email.attach_alternative(mail.html, "text/html")
    if mail.attachment:
        email.attach(mail.attachment_name, mail.attachment, mail.attachment_kind)
    return email
