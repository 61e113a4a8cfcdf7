"""How much paper a text fills: an estimate, for a preview."""

import re
from collections.abc import Iterator
from unicodedata import east_asian_width

# Letter paper, 1-inch margins, 12 pt, double-spaced: what a word processor makes of it.
LINES_PER_PAGE = 23
LINE_WIDTH = 92  # characters; Chinese and Japanese ones are as wide as two
PARAGRAPH = re.compile("[^\n]*\n|[^\n]+")


def pages(text: str) -> tuple[str, ...]:
    """Divide `text` where its pages end, by the two numbers above; joined they are `text` again.

    It is an estimate: letters are taken as equally wide, which no printed font does, so a real
    page can end a line or two earlier or later. An empty text fills one page.
    """
    lines = list(_lines(text)) or [""]
    starts = range(0, len(lines), LINES_PER_PAGE)
    return tuple("".join(lines[start : start + LINES_PER_PAGE]) for start in starts)


def _lines(text: str) -> Iterator[str]:
    """Yield the lines as they stand on paper, each with the spaces and the line end after it."""
    for paragraph in PARAGRAPH.findall(text):
        yield from _wrapped(paragraph)


def _wrapped(paragraph: str) -> Iterator[str]:
    """Break at spaces, and inside words that are longer than a line; spaces hang over the edge."""
    start = gap = width = 0
    for place, sign in enumerate(paragraph):
        width += _width(sign)
        if sign.isspace():
            gap = place + 1
        elif width > LINE_WIDTH:
            cut = gap if gap > start else place
            yield paragraph[start:cut]
            start, width = cut, sum(map(_width, paragraph[cut : place + 1]))
    yield paragraph[start:]


def _width(sign: str) -> int:
    return 2 if east_asian_width(sign) in "WF" else 1
