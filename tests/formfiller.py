"""Fills and sends every form of a page as a browser would, with words of its own in every field."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

BOUNDARY = "line-between-fields"
TYPED = {"text", "search", "email", "tel", "url", "password", ""}


@dataclass
class Field:
    name: str
    kind: str
    value: str = ""


@dataclass
class Form:
    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    def body(self, words: str, address: str, file: bytes) -> tuple[str, bytes]:
        """Return content type and body: our words wherever something can be typed."""
        if any(one.kind == "file" for one in self.fields):
            return f"multipart/form-data; boundary={BOUNDARY}", self._parts(words, address, file)
        pairs = [(one.name, typed(one, words, address)) for one in self.fields]
        return "application/x-www-form-urlencoded", urlencode(pairs).encode()

    def _parts(self, words: str, address: str, file: bytes) -> bytes:
        whole = io.BytesIO()
        for one in self.fields:
            head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{one.name}"'
            if one.kind == "file":
                kind = "Content-Type: application/pdf"
                whole.write(f'{head}; filename="{words}.pdf"\r\n{kind}\r\n\r\n'.encode() + file)
            else:
                whole.write(f"{head}\r\n\r\n{typed(one, words, address)}".encode())
            whole.write(b"\r\n")
        whole.write(f"--{BOUNDARY}--\r\n".encode())
        return whole.getvalue()


def typed(one: Field, words: str, address: str) -> str:
    if one.kind == "email" or "email" in one.name:
        return address
    return words if one.kind in TYPED | {"textarea"} else one.value


class Forms(HTMLParser):
    """`Forms.of(page)`: the forms of a page, with the first choice where there is a choice."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.now: Form | None = None
        self.select: Field | None = None

    @classmethod
    def of(cls, page: str) -> list[Form]:
        reader = cls()
        reader.feed(page)
        return reader.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.now = Form(said.get("action", ""), said.get("method", "get").lower())
            self.found.append(self.now)
        elif self.now is None:
            return
        elif tag == "option" and self.select is not None:
            self.select.value = self.select.value or said.get("value", "")
        elif said.get("name") and tag in {"input", "textarea", "select"}:
            self.now.fields += self._read(tag, said)

    def _read(self, tag: str, said: dict[str, str]) -> Iterator[Field]:
        kind = said.get("type", "") if tag == "input" else tag
        one = Field(said["name"], kind, said.get("value", "on" if kind == "checkbox" else ""))
        if kind == "radio" and any(other.name == one.name for other in self.now.fields):
            return
        if tag == "select":
            self.select = one
        if kind not in {"submit", "button", "image"}:
            yield one

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.now = None
        elif tag == "select":
            self.select = None
