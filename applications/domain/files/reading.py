"""Whether a file is a PDF we take: told by its content, never by its name."""

import re
import subprocess
import sys
from pathlib import Path

from applications.domain.errors import DocumentRefused

SIGNATURE = b"%PDF-"
MEGABYTE = 1024 * 1024
READING_SECONDS = 10
READER = Path(__file__).parents[2] / "pdf_reader.py"
ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")
LOOKED_AT = 1024  # bytes in which a browser looks for a page
WEB_PAGE = re.compile(rb"<(?:!doctype html|html|script|svg|body|iframe)\b", re.IGNORECASE)

UNREADABLE = (
    "The PDF cannot be opened: it is damaged. Save or scan it again and choose the new file."
)
VERDICTS = {
    "locked": "The PDF is locked with a password. Save it without one.",
    "active": "The PDF holds a script, or something that runs by itself. Print it to a new PDF, "
    "and choose that one.",
    "files": "The PDF carries other files inside it. Print it to a new PDF, and choose that one.",
}


def check(content: bytes, *, max_megabytes: int) -> int:
    """Return the number of pages of a PDF, or raise DocumentRefused with what to do.

    The file is opened in a process of its own, with limits on time and memory: a hostile one can
    harm nothing but itself.
    """
    if not content:
        raise DocumentRefused("The file is empty. Choose the PDF again.")
    if len(content) > max_megabytes * MEGABYTE:
        raise DocumentRefused(
            f"The file is larger than {max_megabytes} MB. Save it smaller, for example by "
            "scanning in gray, and choose it again."
        )
    if content.startswith(ARCHIVES):
        raise DocumentRefused("This is an archive, not a PDF. Unpack it and choose the PDF in it.")
    if not content.startswith(SIGNATURE):
        raise DocumentRefused("This is not a PDF. Save or scan the document as PDF and choose it.")
    if WEB_PAGE.search(content[:LOOKED_AT]):
        raise DocumentRefused("This is a web page and a PDF at once. Print it to a new PDF.")
    return _count_pages(content)


def _count_pages(content: bytes) -> int:
    try:
        result = subprocess.run(  # noqa: S603  our own script, the content goes to its input
            [sys.executable, "-I", str(READER)],
            input=content,
            capture_output=True,
            timeout=READING_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as problem:
        raise DocumentRefused(UNREADABLE) from problem
    answer = result.stdout.decode("ascii", "replace").strip()
    if not answer.isdigit() or answer == "0":
        raise DocumentRefused(VERDICTS.get(answer, UNREADABLE))
    return int(answer)
