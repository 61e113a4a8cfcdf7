"""People at their browsers: one connection each, from an address of their own, over TLS."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from tests.front import NAME
from tests.raw import FORM, TOKEN

PATIENCE = 60  # seconds for an answer


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer; times are seconds since 1970 by this machine's clock.

    `sent` is when its first byte was handed over, `answered` when the last byte of the answer was
    here. A `status` of 0 means that no whole answer came.
    """

    path: str
    sent: float
    answered: float
    status: int
    location: str = ""
    body: bytes = b""

    @property
    def seconds(self) -> float:
        return self.answered - self.sent


def address_of(number: int) -> str:
    """Return an address of the loopback network for person `number`."""
    return f"127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}"


class Browser:
    """Speaks HTTP/1.1 to the front server as one signed-in person; opens its line when needed."""

    def __init__(self, number: int, session: str, *, port: int, trust: ssl.SSLContext) -> None:
        self.source, self.port, self.trust = address_of(number), port, trust
        self.cookies = f"sessionid={session}; csrftoken={TOKEN}"
        self.line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> Exchange:
        return await self._exchange("GET", path, b"")

    async def post(self, path: str, fields: dict[str, list[str]] | None = None) -> Exchange:
        form = {"csrfmiddlewaretoken": TOKEN, **(fields or {})}
        return await self._exchange("POST", path, urlencode(form, doseq=True).encode())

    async def close(self) -> None:
        if self.line is not None:
            self.line[1].close()
        self.line = None

    async def _exchange(self, method: str, path: str, body: bytes) -> Exchange:
        sent = time.time()
        try:
            async with asyncio.timeout(PATIENCE):
                if self.line is None:
                    self.line = await self._opened()
                    sent = time.time()
                self.line[1].write(self._head(method, path, body) + body)
                status, location, words = await self._answer(self.line[0])
        except (OSError, EOFError, ValueError, TimeoutError):
            await self.close()
            return Exchange(path, sent, time.time(), 0)
        return Exchange(path, sent, time.time(), status, location, words)

    async def _opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(
            *("127.0.0.1", self.port),
            ssl=self.trust,
            server_hostname=NAME,
            local_addr=(self.source, 0),
        )

    def _head(self, method: str, path: str, body: bytes) -> bytes:
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {NAME}",
            f"Cookie: {self.cookies}",
            *([f"Origin: https://{NAME}", f"Content-Type: {FORM}"] if method == "POST" else []),
            *([f"Content-Length: {len(body)}"] if method == "POST" else []),
        ]
        return "\r\n".join([*lines, "", ""]).encode()

    async def _answer(self, reader: asyncio.StreamReader) -> tuple[int, str, bytes]:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, *lines = head.split("\r\n")
        headers = dict(parts(lines))
        if headers.get("transfer-encoding") == "chunked":
            body = b"".join([piece async for piece in chunks(reader)])
        else:
            body = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection") == "close":
            await self.close()
        return int(status.split()[1]), headers.get("location", ""), body


def parts(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, _, value = line.partition(":")
        yield name.lower(), value.strip()


async def chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while length := int(await reader.readline(), 16):
        yield await reader.readexactly(length)
        await reader.readline()
    await reader.readline()


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))
