"""Pages as a browser reads them, and a right answer for every input that is declared."""

from html.parser import HTMLParser

from django import forms
from django.http import QueryDict

from applications.sections import fields
from applications.sections.base import SectionForm
from applications.sections.wordings import Agreement

Typed = dict[str, list[str]]

LAST = {"until", "expires"}  # the later month of two
NO_TO = {"alone", "no_middle_name"}  # whose other answer asks for more
DATE = ("5", "13", "1996")


class Page(HTMLParser):
    """The inputs of a page, and the pairs of its description lists."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.inputs: Typed = {}
        self.pairs: list[tuple[str, str]] = []
        self._open: list[str] = []  # the text area, dt or dd that is open
        self._text: list[str] = []
        self._label = self._list = ""
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "input" and given.get("type") not in ("hidden", "submit"):
            chosen = given.get("type") not in ("radio", "checkbox") or "checked" in given
            if chosen:
                self.inputs.setdefault(name, []).append(given.get("value", "on"))
        elif tag == "select":
            self._list = name
        elif tag == "option" and "selected" in given:
            self.inputs.setdefault(self._list, []).append(given["value"])
        elif tag in ("textarea", "dt", "dd"):
            self._open, self._text, self._list = [tag], [], name

    def handle_endtag(self, tag: str) -> None:
        if self._open != [tag]:
            return
        text, self._open = "".join(self._text), []
        if tag == "textarea":
            self.inputs[self._list] = [text.removeprefix("\n")]
        elif tag == "dt":
            self._label = text.strip()
        else:
            self.pairs.append((self._label, text.strip()))

    def handle_data(self, text: str) -> None:
        if self._open:
            self._text.append(text)


def right_answers(form: SectionForm, place: str) -> tuple[Typed, list[tuple[str, str]]]:
    """Return what fills every input of an unbound form, and what each answer is in words."""
    typed: Typed = {}
    told: list[tuple[str, str]] = []
    for name, field in form.fields.items():
        if isinstance(field, fields.DateField):
            typed |= {
                f"{name}_{part}": [value]
                for part, value in zip(("month", "day", "year"), DATE, strict=True)
            }
            told.append((str(field.label), "May 13, 1996"))
            continue
        value, words = right_answer(name, field, place)
        if value:
            typed[name] = [value]
        told.append((str(field.label), words))
    return typed, told


def right_answer(name: str, field: forms.Field, place: str) -> tuple[str, str]:
    """Return what is sent, and its words; an empty one for a box that is not ticked."""
    if isinstance(field, Agreement):
        return "1", "Yes, wording 1"
    if isinstance(field, forms.BooleanField):
        return ("", "No") if name in NO_TO else ("on", "Yes")
    if isinstance(field, forms.ChoiceField):
        choices = [(str(key), str(words)) for key, words in field.choices if key]
        return choices[-1] if name in NO_TO or name == "way" else choices[0]
    assert isinstance(field, fields.Text), name
    text = right_text(name, field, f"{place}.{name}")
    return text, text


def right_text(name: str, field: fields.Text, mark: str) -> str:
    """Fill a text to its limit, with whatever is hard to show; formats as they are asked for."""
    formats = {
        fields.Email: "ana+弓@example.org".replace("弓", name),
        fields.Phone: "+1 (202) 555-0100",
        fields.Month: "2018-05" if name in LAST else "2014-09",
    }
    if type(field) in formats:
        return formats[type(field)]
    if isinstance(field, fields.Number):
        return str(field.high)
    if isinstance(field, fields.Address):
        return "\n".join(f"{mark} 東京都 <b>&amp; 'x' {line}" for line in range(5))
    hard = f"{mark} 弓道を教えたい “<b>&amp;</b>” %s {{{{ x }}}}"
    if not isinstance(field.widget, forms.Textarea):
        return hard[: field.max_characters].strip()
    most = min(field.max_characters, (field.max_words or field.max_characters) * 5)
    lines = (f"{hard} {number}\n\nあいう  {number}\n" for number in range(1, 200))
    return "".join(lines)[:most].strip()


def as_sent(typed: Typed) -> str:
    """Encode a form; line ends as browsers send them."""
    query = QueryDict(mutable=True)
    for name, values in typed.items():
        query.setlist(name, [value.replace("\n", "\r\n") for value in values])
    return query.urlencode()
