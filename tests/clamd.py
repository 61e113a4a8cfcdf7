"""A virus scanner that speaks INSTREAM over TCP, and answers as the test says."""

import socket
import socketserver
import struct
import threading
from enum import Enum, auto
from types import TracebackType
from typing import Self

# Finds what every scanner finds: the string made for tests of scanners.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Mood(Enum):
    """What the scanner does with a file, once all of it has arrived."""

    JUDGE = auto()
    HANG = auto()  # silence until the server stops
    FULL = auto()  # "size limit exceeded", as a real one says of a file over its limit
    DROP = auto()  # hang up without a word


class Scanner(socketserver.ThreadingTCPServer):
    """`with Scanner() as scanner` listens; `seen` holds every file it was shown."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, mood: Mood = Mood.JUDGE) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.mood, self.seen, self.over = mood, list[bytes](), threading.Event()
        self.url = f"tcp://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        self.shutdown()
        self.server_close()


class Conversation(socketserver.StreamRequestHandler):
    server: Scanner

    def handle(self) -> None:
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while size := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        self.server.seen.append(content)
        self._answer(content)

    def _answer(self, content: bytes) -> None:
        mood = self.server.mood
        if mood is Mood.HANG:
            self.server.over.wait()
        elif mood is Mood.FULL:
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
        elif mood is Mood.DROP:
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            found = b"Eicar-Signature FOUND" if EICAR in content else b"OK"
            self.wfile.write(b"stream: " + found + b"\0")
