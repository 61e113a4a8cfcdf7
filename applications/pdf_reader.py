"""Read a PDF from standard input and print its number of pages, "locked" or "unreadable".

Run as a process of its own, with limits set first, because the file comes from anybody.
"""

import io
import resource
import sys

SECONDS = 8
BYTES = 1024 * 1024 * 1024


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


def describe(content: bytes) -> str:
    from pypdf import PdfReader  # noqa: PLC0415  after the limits
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            return "locked"
        return str(len(reader.pages))
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError):
        return "unreadable"
    except MemoryError:
        return "unreadable"


if __name__ == "__main__":
    limit()
    sys.stdout.write(describe(sys.stdin.buffer.read()))
