"""Text as people type it: what can be stored, and how it is counted."""

import re

REPLACEMENT = "\ufffd"

# PostgreSQL stores neither U+0000 nor half of a surrogate pair.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

# A word is a run of anything but white space; static/js/counter.js holds the same rule.
WORD = re.compile("[^\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


def storable(text: str) -> str:
    """Return `text` with line ends as LF and what cannot be stored as U+FFFD; nothing is cut."""
    return UNSTORABLE.sub(REPLACEMENT, text.replace("\r\n", "\n").replace("\r", "\n"))


def count_characters(text: str) -> int:
    """Count Unicode code points, as the counter in the browser does."""
    return len(text)


def count_words(text: str) -> int:
    return sum(1 for _ in WORD.finditer(text))


def folded(name: str) -> str:
    """Fold a name for prefix search: lower case, single spaces."""
    return " ".join(name.casefold().split())[:200]
