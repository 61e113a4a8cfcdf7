"""As many requests as a server takes, at little cost for whoever asks.

One request is written once and sent again and again over a few open lines; of the answer only the
length is read. Over TLS, requests are sent in bunches, or asking would cost more than answering.
"""

import selectors
import socket
import ssl
import time
from dataclasses import dataclass

LINES = 16
BUNCH = 32


@dataclass(frozen=True, slots=True)
class Target:
    """A page on a server of this machine; with `trust`, over TLS under the name `host`."""

    port: int
    path: str
    host: str
    headers: str = ""
    trust: ssl.SSLContext | None = None

    @property
    def request(self) -> bytes:
        return f"GET {self.path} HTTP/1.1\r\nHost: {self.host}\r\n{self.headers}\r\n".encode()

    def connect(self) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.trust.wrap_socket(line, server_hostname=self.host) if self.trust else line


def answer_length(target: Target) -> int:
    """Ask once and return how many bytes the whole answer has; refuse one that is no success."""
    with target.connect() as line:
        line.sendall(target.request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += line.recv(65536)
        head, _, body = received.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{target.path} answers {head.splitlines()[0]!r}")
        lengths = [row for row in head.lower().splitlines() if row.startswith(b"content-length:")]
        length = int(lengths[0].partition(b":")[2])
        while len(body) < length:
            body += line.recv(65536)
    return len(head) + 4 + length


def rate(target: Target, *, seconds: float) -> float:
    """Return the answers per second, in so many seconds."""
    return _bunched(target, seconds) if target.trust else _one_by_one(target, seconds)


def _one_by_one(target: Target, seconds: float) -> float:
    """Keep every line busy with one request at a time."""
    request, chooser, length = target.request, selectors.DefaultSelector(), answer_length(target)
    left: dict[socket.socket, int] = {}
    for line in [target.connect() for _ in range(LINES)]:
        chooser.register(line, selectors.EVENT_READ)
        left[line] = length
        line.sendall(request)
    answers, begun = 0, time.perf_counter()
    while (now := time.perf_counter()) - begun < seconds:
        for key, _ in chooser.select(1):
            busy = key.fileobj
            assert isinstance(busy, socket.socket)
            piece = busy.recv(262_144)
            if not piece:
                raise RuntimeError(f"{target.path}: the server hung up")
            left[busy] -= len(piece)
            if left[busy] <= 0:
                answers, left[busy] = answers + 1, length
                busy.sendall(request)
    for line in left:
        line.close()
    return answers / (now - begun)


def _bunched(target: Target, seconds: float) -> float:
    """Send bunches over two lines in turn: one is answered while the other is read."""
    length = answer_length(target) * BUNCH
    lines, bunch = [target.connect(), target.connect()], target.request * BUNCH
    for line in lines:
        line.sendall(bunch)
    bunches, begun = 0, time.perf_counter()
    while (now := time.perf_counter()) - begun < seconds:
        line = lines[bunches % len(lines)]
        left = length
        while left > 0:
            piece = line.recv(min(left, 262_144))
            if not piece:
                raise RuntimeError(f"{target.path}: the server hung up")
            left -= len(piece)
        line.sendall(bunch)
        bunches += 1
    for line in lines:
        line.close()
    return bunches * BUNCH / (now - begun)
