"""An SMTP server that answers as the test says and keeps what it was given."""

import asyncio
from collections import deque
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import Enum, auto
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.services import free_port


class Answer(Enum):
    """What the server does with one message, once all of it has arrived."""

    ACCEPT = auto()
    BUSY = auto()  # 451: try again later
    GREYLIST = auto()  # 450: not yet from you
    CLOSE = auto()  # 421: no more today
    REFUSE = auto()  # 550: never
    STALL = auto()  # silence until `release`, then accept
    DROP = auto()  # take the message, then hang up without a word


class MailReceiver:
    """`MailReceiver(Answer.BUSY)` refuses the first message for now and accepts all that follow.

    `messages` holds what was accepted, `dropped` what was taken without an answer; `attempts`
    counts every message offered.
    """

    def __init__(self, *answers: Answer) -> None:
        self.plan = deque(answers)
        self.messages: list[EmailMessage] = []
        self.dropped: list[EmailMessage] = []
        self.attempts = 0
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._released = asyncio.Event()

    def start(self) -> Self:
        self._controller.start()
        return self

    def stop(self) -> None:
        self.release()
        self._controller.stop(no_assert=True)

    def release(self) -> None:
        """Let stalled messages go on."""
        self._controller.loop.call_soon_threadsafe(self._released.set)

    def to(self, address: str) -> list[EmailMessage]:
        """Return the accepted messages to one address, oldest first."""
        return [message for message in self.messages if address in str(message["To"])]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        self.attempts += 1
        answer = self.plan.popleft() if self.plan else Answer.ACCEPT
        message = message_from_bytes(envelope.content or b"", policy=policy.default)
        if answer is Answer.BUSY:
            return "451 4.3.0 Busy, try again later"
        if answer is Answer.GREYLIST:
            return "450 4.2.0 Greylisted, try again later"
        if answer is Answer.CLOSE:
            return "421 4.3.2 Closing"
        if answer is Answer.REFUSE:
            return "550 5.1.1 No such mailbox"
        if answer is Answer.DROP:
            self.dropped.append(message)
            server.transport.abort()
            return "250 nobody hears this"
        if answer is Answer.STALL:
            await self._released.wait()
        self.messages.append(message)
        return "250 2.0.0 Accepted"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
