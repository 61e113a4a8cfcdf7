"""`python -m benchmarks.sink PORT FILE`: accept all mail, write a line of JSON for each.

A line holds Message-ID, recipient and when the message was here; it is written before the answer.
"""

import json
import signal
import sys
import time
from email.parser import BytesHeaderParser
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Keeper:
    def __init__(self, file: Path) -> None:
        self.file = file.open("a", buffering=1)
        self.parser = BytesHeaderParser()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        content = envelope.content
        head = self.parser.parsebytes(content if isinstance(content, bytes) else b"")
        line = {"id": head["Message-ID"], "to": envelope.rcpt_tos, "at": time.time()}
        self.file.write(json.dumps(line) + "\n")
        return "250 2.0.0 Accepted"


def main() -> None:
    port, file = sys.argv[1:]
    controller = Controller(Keeper(Path(file)), hostname="127.0.0.1", port=int(port))
    controller.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    controller.stop(no_assert=True)


if __name__ == "__main__":
    main()
