"""Text into a PDF: every character that was typed, in lines that fit, on numbered pages.

Latin text is set in a font every reader has, all else in a built-in Japanese one, sign by sign.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import letter
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from applications.exports.content import Copy, is_latin

JAPANESE = "HeiseiKakuGo-W5"
LATIN, LATIN_BOLD = "Helvetica", "Helvetica-Bold"
WIDTH, HEIGHT = letter
MARGIN = 56.0
BOTTOM = 76.0
LINE = WIDTH - 2 * MARGIN
TAB = "    "
INK, SOFT = HexColor("#1a1a1a"), HexColor("#59595c")


@dataclass(frozen=True, slots=True)
class Style:
    size: float
    leading: float
    bold: bool = False
    color: Color = INK


pdfmetrics.registerFont(UnicodeCIDFont(JAPANESE))  # by name; every reader brings its own shapes

TITLE = Style(20, 27, bold=True)
HEADING = Style(13, 20, bold=True)
LABEL = Style(9, 13, color=SOFT)
WORDS = Style(10.5, 15)
NONE = Style(10.5, 15, color=SOFT)
FOOT = Style(7.5, 10, color=SOFT)


@dataclass(frozen=True, slots=True)
class Block:
    """Text in one style; `above` is the space before it, `keep` lines must follow on its page."""

    text: str
    style: Style
    above: float = 0
    keep: float = 0


def written(copy: Copy) -> bytes:
    """Return the PDF."""
    pages = list(_pages(_blocks(copy)))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=letter, lang="en-US", pageCompression=1)
    canvas.setTitle(copy.title)
    canvas.setCreator("JET Program portal")
    for number, lines in enumerate(pages, 1):
        for line, style, height in lines:
            _draw(canvas, line, style, MARGIN, height)
        _draw(canvas, f"{copy.foot}    Page {number} of {len(pages)}", FOOT, MARGIN, 42)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _blocks(copy: Copy) -> Iterator[Block]:
    yield Block(copy.title, TITLE)
    for label, words in copy.facts:
        yield from _answer(label, words)
    for title, answers in copy.parts:
        yield Block(title, HEADING, above=18, keep=60)
        for label, words in answers:
            yield from _answer(label, words)


def _answer(label: str, words: str) -> Iterator[Block]:
    yield Block(label, LABEL, above=7, keep=WORDS.leading)
    yield Block(words, WORDS) if words else Block("No answer", NONE)


Placed = tuple[str, Style, float]


def _pages(blocks: Iterable[Block]) -> Iterator[list[Placed]]:
    """Place line after line; a label never stands alone at the foot of a page."""
    page: list[Placed] = []
    height = HEIGHT - MARGIN
    for block in blocks:
        height -= block.above
        need = block.style.leading + block.keep
        for line in wrapped(block.text, block.style):
            if page and height - need < BOTTOM:
                yield page
                page, height = [], HEIGHT - MARGIN
            height -= block.style.leading
            page.append((line, block.style, height))
            need = block.style.leading
    yield page


def wrapped(text: str, style: Style) -> Iterator[str]:
    """Break text into lines that fit: after a space where there is one, else anywhere."""
    for paragraph in text.replace("\t", TAB).split("\n"):
        start, width, last = 0, 0.0, 0
        for place, sign in enumerate(paragraph):
            step = _width(sign, style)
            if width + step > LINE and sign != " " and place > start:
                cut = last if last > start else place
                yield paragraph[start:cut]
                start = cut
                width = sum(_width(other, style) for other in paragraph[start:place])
            width += step
            if sign == " " or not is_latin(sign):
                last = place + 1
        yield paragraph[start:]


def _draw(canvas: Canvas, line: str, style: Style, left: float, height: float) -> None:
    words = canvas.beginText(left, height)
    words.setFillColor(style.color)
    for font, signs in groupby(line, lambda sign: _font(sign, bold=style.bold)):
        words.setFont(font, style.size)
        words.textOut("".join(signs))
    canvas.drawText(words)


def _font(sign: str, *, bold: bool) -> str:
    if not is_latin(sign):
        return JAPANESE
    return LATIN_BOLD if bold else LATIN


@lru_cache(maxsize=8192)
def _width(sign: str, style: Style) -> float:
    return float(pdfmetrics.stringWidth(sign, _font(sign, bold=style.bold), style.size))
