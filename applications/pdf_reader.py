"""Read a PDF from standard input and print its number of pages, or what speaks against it.

The words are "locked", "active" (it would run or open something), "files" (it carries other files)
and "unreadable". Run as a process of its own, with limits set first, because the file comes from
anybody.
"""

import io
import resource
import sys
from collections.abc import Iterator
from typing import Any

SECONDS = 8
BYTES = 1024 * 1024 * 1024

# Names that stand as a key, or as the value of one of KINDS, wherever they are in the file.
ACTIVE = {"/JavaScript", "/JS", "/AA", "/Launch", "/RichMedia", "/RichMediaContent", "/XFA"}
FILES = {"/EmbeddedFile", "/EmbeddedFiles", "/EF"}
KINDS = ("/S", "/Type", "/Subtype")
# Dictionaries whose keys are names that a program made up: a font may well be called /AA.
MADE_UP = {"/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/Properties"}


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
        pages = str(len(reader.pages))
        return verdict(reader) or pages
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError):
        return "unreadable"
    except MemoryError:
        return "unreadable"


def verdict(reader: Any) -> str:
    """Say what the file does beside being read; empty where it does nothing."""
    found: set[str] = set()
    for thing in (reader.trailer, *every_object(reader)):
        found |= names_in(thing)
    if found & ACTIVE:
        return "active"
    return "files" if found & FILES else ""


def every_object(reader: Any) -> Iterator[Any]:
    """Yield every object of the file, whether or not anything leads to it."""
    from pypdf.generic import IndirectObject  # noqa: PLC0415

    for generation, places in list(reader.xref.items()):
        for number in list(places):
            yield reader.get_object(IndirectObject(number, generation, reader))
    for number in {packed for packed, _index in reader.xref_objStm.values()}:
        yield from unpacked(reader, reader.get_object(IndirectObject(number, 0, reader)))


def unpacked(reader: Any, packed: Any) -> Iterator[Any]:
    """Yield the objects of one object stream, each read once."""
    from pypdf.generic import StreamObject, read_object  # noqa: PLC0415

    if not isinstance(packed, StreamObject):
        return
    data, first = io.BytesIO(packed.get_data()), int(packed["/First"])
    head = data.read(first).split()
    for place in head[1 : 2 * int(packed["/N"]) : 2]:
        data.seek(first + int(place))
        yield read_object(data, reader)


def names_in(thing: Any) -> set[str]:
    """Collect the keys of an object, and its kinds; references are not followed."""
    found: set[str] = set()
    waiting: list[tuple[Any, bool]] = [(thing, False)]
    while waiting:
        part, made_up = waiting.pop()
        if isinstance(part, list):
            waiting += [(each, False) for each in part]
        elif isinstance(part, dict):
            found |= set() if made_up else set(part)
            found |= {str(part.raw_get(kind)) for kind in KINDS if kind in part}  # type: ignore[attr-defined]
            waiting += [(part.raw_get(key), key in MADE_UP) for key in part]  # type: ignore[attr-defined]
    return found


if __name__ == "__main__":
    limit()
    sys.stdout.write(describe(sys.stdin.buffer.read()))
