"""Have all of a request before anything is decided by the time at which it came."""

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO

from django.conf import settings
from django.http import HttpRequest

IN_MEMORY = 256 * 1024  # bytes; more waits in a temporary file
PIECE = 64 * 1024

CUT_SHORT, TOO_SLOW, LENGTH_MISSING, TOO_LARGE = 400, 408, 411, 413


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
    with SpooledTemporaryFile(IN_MEMORY) as file:
        yield _unfit_by_head(request) or _take_in(request, file)


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
        file.write(piece)
        left -= len(piece)
    file.seek(0)
    request._stream = file  # type: ignore[assignment]  # as its asynchronous door does
    return None
