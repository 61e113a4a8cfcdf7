"""What the log holds: one event per line, and nothing about anybody.

Every line of web, worker and clock passes here as it is written. Of an error it keeps the kind, the
place in the code and the name of the database's rule, never its words: those quote what people
typed. Links that open something, queries of addresses and mail addresses are cut out. What other
code attaches to a record (a request, the arguments of a job) is not written at all.
"""

import json
import logging
import re
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from itertools import islice
from types import TracebackType
from typing import Any

NO_REQUEST = "-"
FRAMES = 25  # of an error, the nearest to it: a page's blocks within blocks would fill the disk
LINKS = 5  # errors of one chain, the newest
LONG = 8  # characters: what an error says, where that is no mere number
current_request_id: ContextVar[str] = ContextVar("request_id", default=NO_REQUEST)

OPENS = r"(/watch/(?:confirm|renew|stop)/|/references/)[^\s/?\"']+"  # links that open something
# What must not be read, and what stands in its place.
CUTS = tuple(
    (re.compile(pattern, re.DOTALL), instead)
    for pattern, instead in (
        (OPENS, r"\1…"),
        (r"(/[^\s?\"']*)\?[^\s\"']+", r"\1?…"),
        (r"[^\s@/<>\"'=:]+@[^\s@/<>\"',;]+", "…@…"),
        (r"\b(Invalid request)\b.*", r"\1"),  # gunicorn: the address, and a piece of what it sent
    )
)


def without_links(words: str) -> str:
    """Cut from a text what opens a letter or a watch for whoever has it."""
    return re.sub(OPENS, r"\1…", words)


def words_of(record: logging.LogRecord) -> str:
    """Return what a record says, without what it quotes."""
    try:
        words = record.getMessage()
    except Exception:  # noqa: BLE001  a slip in a call must not print its arguments to stderr
        words = str(record.msg)
    if record.exc_info and record.exc_info[1]:
        for error in chain(record.exc_info[1]):
            for quoted in (repr(error), str(error)):
                if len(quoted) >= LONG or (quoted and words.endswith(quoted)):
                    words = words.replace(quoted, kind(error))
    for pattern, instead in CUTS:
        words = pattern.sub(instead, words)
    return words


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those it came from, the newest first."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        hidden = following.__suppress_context__
        following = following.__cause__ or (None if hidden else following.__context__)


def kind(error: BaseException) -> str:
    """Name an error; one of the database also by its code and the rule that was broken."""
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    rule = getattr(getattr(error, "diag", None), "constraint_name", None)
    facts = [str(fact) for fact in (getattr(error, "pgcode", None), rule) if fact]
    return f"{name} ({' '.join(facts)})" if facts else name


def trace_of(error: BaseException) -> str:
    """Write where an error came from, the first cause on top: places and kinds, no values."""
    parts = []
    for link in reversed(list(islice(chain(error), LINKS))):
        parts += [*places(link.__traceback__), f"{kind(link)}\n"]
    return "".join(parts).rstrip("\n")


def places(frames: TracebackType | None) -> list[str]:
    return traceback.format_list(traceback.extract_tb(frames, limit=-FRAMES))


def request_of(record: logging.LogRecord) -> str:
    """Name the request of a line; one written after the last layer still has it at hand."""
    request = getattr(record, "request", None)
    return getattr(request, "request_id", None) or current_request_id.get()


def event(record: logging.LogRecord) -> dict[str, Any]:
    """Return everything that may be written of a record, in its order."""
    told = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "process": record.process,
        "request": request_of(record),
        "event": words_of(record),
    }
    error = record.exc_info and record.exc_info[1]
    return {**told, "trace": trace_of(error)} if error else told


class ObjectFormatter(logging.Formatter):
    """One object of JSON per line, for machines."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(event(record))


class LineFormatter(logging.Formatter):
    """One line per event, for people; the trace of an error stands beneath."""

    def format(self, record: logging.LogRecord) -> str:
        told = event(record)
        line = "{at} {level} {logger} request={request} {event}".format_map(told)
        line = "".join(sign if sign.isprintable() else " " for sign in line)
        return f"{line}\n{told['trace']}" if "trace" in told else line
