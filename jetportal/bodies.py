"""Have all of a request before anything is decided by the time at which it came."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from tempfile import SpooledTemporaryFile
from typing import IO

from django.conf import settings
from django.http import HttpRequest

logger = logging.getLogger(__name__)

IN_MEMORY = 256 * 1024  # bytes; more waits in a temporary file
PIECE = 64 * 1024

CUT_SHORT, TOO_SLOW, LENGTH_MISSING, TOO_LARGE, NO_ROOM = 400, 408, 411, 413, 503


def announced_length(request: HttpRequest) -> int:
    """Return the length of the body in bytes; nonsense and a negative one count as none."""
    try:
        return max(0, int(request.META.get("CONTENT_LENGTH") or 0))
    except ValueError:
        return 0


def longest(request: HttpRequest) -> int:
    """Return how many bytes a body of this kind may have."""
    upload = request.META.get("CONTENT_TYPE", "").startswith("multipart/form-data")
    return settings.MAX_UPLOAD_BYTES if upload else settings.MAX_FORM_BYTES


@contextmanager
def whole(request: HttpRequest) -> Iterator[int | None]:
    """Take in the body, which views then read as ever; yield the status that refuses it, or None.

    Of a body that is too large, or whose length is not told, nothing is read.
    """
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed below, where that may fail
    try:
        yield _unfit_by_head(request) or _take_in(request, file)
    finally:
        with suppress(OSError):  # what a full disk has not taken is tried once more here
            file.close()


def _unfit_by_head(request: HttpRequest) -> int | None:
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        return LENGTH_MISSING
    return TOO_LARGE if announced_length(request) > longest(request) else None


def _take_in(request: HttpRequest, file: IO[bytes]) -> int | None:
    left, source = announced_length(request), request.META["wsgi.input"]
    if not left:
        return None
    while left:
        try:
            piece = source.read(min(PIECE, left))
        except TimeoutError:
            return TOO_SLOW
        except OSError:
            return CUT_SHORT
        if not piece:
            return CUT_SHORT
        left -= len(piece)
        if not _kept(file, piece, last=not left):
            return NO_ROOM
    request._stream = file  # type: ignore[assignment]  # as its asynchronous door does
    return None


def _kept(file: IO[bytes], piece: bytes, *, last: bool) -> bool:
    """Write a piece, and after the last one go back to the start; tell whether there was room."""
    try:
        file.write(piece)
        if last:
            file.seek(0)
    except OSError as problem:
        logger.error("no room for a request error=%s", type(problem).__name__)
        return False
    return True
