"""`{name}` in words that staff write: a closed set of names, each a text and nothing else.

There is no way from a name to anything else: no attributes, no formats, no code. What a
placeholder stands for is put in once, so that a text with braces in it stays a text. See
docs/decisions/0033.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from django.utils.html import conditional_escape, format_html, format_html_join, urlize
from django.utils.safestring import SafeString

from jetportal.mail.message import Message
from jetportal.mail.rendering import render

NAME = re.compile(r"\{([a-z_]{1,20})\}")
PARAGRAPHS = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
APPLIED = "you applied on our portal"
LONGEST_SUBJECT, LONGEST_TEXT = 150, 8000
LINKS = frozenset({"link"})
PLACES = frozenset({"where"})  # links among other words
PEOPLE = frozenset({"applicant", "referee"})  # names that others read, from right to left too
LONG = LINKS | {"missing", "sent", "words", "reason", "failure", "where", "elsewhere"}


@dataclass(frozen=True, slots=True)
class Words:
    """Subject and text as staff write them."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One name that may be written, what it becomes, and whether the text must have it."""

    name: str
    meaning: str
    required: bool = False

    @property
    def written(self) -> str:
        return f"{{{self.name}}}"


def problems(words: Words, offered: Collection[Placeholder]) -> dict[str, list[str]]:
    """Say what is wrong with the words, by "subject" and "text"; empty: they can be sent."""
    names = {placeholder.name for placeholder in offered}
    found = {
        "subject": [
            *_wrong(words.subject, names, longest=LONGEST_SUBJECT),
            *(
                f"{{{name}}} is too long for a subject. Write it in the text."
                for name in dict.fromkeys(NAME.findall(words.subject))
                if name in LONG & names
            ),
        ],
        "text": [
            *_wrong(words.text, names, longest=LONGEST_TEXT),
            *(
                f"{placeholder.written} is missing: {placeholder.meaning}."
                for placeholder in offered
                if placeholder.required and placeholder.written not in words.text
            ),
        ],
    }
    return {field: wrong for field, wrong in found.items() if wrong}


def _wrong(text: str, names: Collection[str], *, longest: int) -> Iterator[str]:
    if not text.strip():
        yield "Write something here."
    if len(text) > longest:
        yield f"This is too long: {len(text):,} characters, and at most {longest:,} fit."
    for name in dict.fromkeys(NAME.findall(text)):
        if name not in names:
            yield f"{{{name}}} stands for nothing in this mail. The list tells what there is."
    if re.search(r"[{}]", NAME.sub("", text)):
        yield "A { or } stands alone. They belong around a name of the list, such as {reference}."


def filled(text: str, values: Mapping[str, str]) -> str:
    """Put the values in, once. Raises KeyError for a name that has none."""
    return NAME.sub(lambda match: values[match[1]], text)


def filled_html(text: str, values: Mapping[str, str]) -> SafeString:
    """Write the text as paragraphs, everything escaped, links as links. Raises KeyError."""
    paragraphs = [part for part in PARAGRAPHS.split(text.strip()) if part.strip()]
    return format_html_join("\n", "<p>{}</p>", ((_inline(part, values),) for part in paragraphs))


def _inline(paragraph: str, values: Mapping[str, str]) -> SafeString:
    pieces = NAME.split(paragraph)  # every second one is a name
    return format_html_join(
        "",
        "{}",
        (
            (_value(piece, values) if number % 2 else _lines(piece),)
            for number, piece in enumerate(pieces)
        ),
    )


def _value(name: str, values: Mapping[str, str]) -> SafeString:
    value = values[name]
    if name in LINKS:
        return format_html('<a href="{0}">{0}</a>', value)
    if name in PLACES:
        return SafeString(urlize(value, nofollow=False, autoescape=True))
    if name in PEOPLE:
        return format_html("<bdi>{}</bdi>", value)
    return _lines(value)


def _lines(text: str) -> SafeString:
    return SafeString(conditional_escape(text).replace("\n", "<br>"))


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What the frame of such a mail takes: words that are whole already."""

    line: str
    text: str
    html: SafeString
    demonstration: bool
    named_by: str
    because: str


def message(
    kind: str,
    words: Words,
    values: Mapping[str, str],
    *,
    to: str,
    demonstration: bool,
    named_by: str = "",
    because: str = APPLIED,
) -> Message:
    """Write the mail: text and HTML in the frame of every mail. Raises KeyError, UnsendableError.

    Line ends in a value become spaces in the subject, so that none begins another header.
    `because` tells the reader why they have it, or `named_by`, who named them as a referee.
    """
    context = OwnWords(
        line=filled(words.subject, values),
        text=filled(words.text, values),
        html=filled_html(words.text, values),
        demonstration=demonstration,
        named_by=named_by,
        because=because,
    )
    return replace(render("own_words", to=to, context=context), kind=kind)
