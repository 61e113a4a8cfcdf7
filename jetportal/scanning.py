"""The virus scanner, if there is one: clamd, asked over a socket to look at what came in.

Bounded in time and free to fail: a scanner that is away holds nobody up. After a failure this
process leaves it alone for a while, or one that hangs would eat every thread.
"""

import logging
import socket
import struct
import threading
import time
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from django.conf import settings

logger = logging.getLogger(__name__)

PATIENCE = 2.0  # seconds to connect, and without any progress
LONGEST = 8.0  # seconds for one file in all
PAUSE = 10.0  # seconds without a further try after a failure
CHUNK = 64 * 1024
LONGEST_ANSWER = 4096  # bytes


class Verdict(StrEnum):
    """`OFF`: no scanner is set. `AWAY`: it did not say, for whatever reason."""

    OFF = "off"
    AWAY = "away"
    CLEAN = "clean"
    INFECTED = "infected"


class Rest:
    """Until when this process leaves a scanner that failed alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._address, self._until = "", 0.0

    def begin(self, address: str) -> None:
        with self._lock:
            self._address, self._until = address, time.monotonic() + PAUSE

    def lasts(self, address: str) -> bool:
        with self._lock:
            return address == self._address and time.monotonic() < self._until


_rest = Rest()


def is_on() -> bool:
    return bool(settings.CLAMD_URL)


def scan(content: bytes, *, now: bool = False) -> Verdict:
    """Ask the scanner about a file; never raises. `now` asks also one that has just failed."""
    address = settings.CLAMD_URL
    if not address:
        return Verdict.OFF
    if not now and _rest.lasts(address):
        return Verdict.AWAY
    try:
        answer = ask(address, content)
    except (OSError, ValueError) as problem:
        _rest.begin(address)
        logger.warning("virus scanner away error=%s", type(problem).__name__)
        return Verdict.AWAY
    return _understood(answer)


def _understood(answer: str) -> Verdict:
    """Read "stream: OK" and "stream: Eicar-Signature FOUND"; anything else says nothing."""
    if answer.endswith(" FOUND"):
        return Verdict.INFECTED
    if answer == "stream: OK":
        return Verdict.CLEAN
    logger.warning("virus scanner answered neither yes nor no")
    return Verdict.AWAY


def ask(address: str, content: bytes) -> str:
    """Send a file as INSTREAM (length before each piece, zero at the end); return the answer."""
    ends = time.monotonic() + LONGEST
    with _connected(address) as line:
        _send(line, b"zINSTREAM\0", ends)
        for start in range(0, len(content), CHUNK):
            piece = content[start : start + CHUNK]
            _send(line, struct.pack("!I", len(piece)) + piece, ends)
        _send(line, struct.pack("!I", 0), ends)
        return _answer(line, ends)


def _connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(PATIENCE)
            line.connect(unquote(parts.path))
        except OSError:
            line.close()
            raise
        return line
    return socket.create_connection((parts.hostname or "", parts.port or 3310), PATIENCE)


def _send(line: socket.socket, data: bytes, ends: float) -> None:
    line.settimeout(_left(ends))
    line.sendall(data)


def _answer(line: socket.socket, ends: float) -> str:
    said = b""
    while not said.endswith(b"\0"):
        line.settimeout(_left(ends))
        more = line.recv(LONGEST_ANSWER)
        said += more
        if not more or len(said) > LONGEST_ANSWER:
            raise ConnectionError("no whole answer")
    return said.rstrip(b"\0").decode("utf-8", "replace")


def _left(ends: float) -> float:
    """Return the seconds for the next step; raises TimeoutError where none are left."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return min(left, LONGEST)
