"""Reading a site as a person does who follows every link, and what stands on its pages."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import Resolver404, resolve

PER_NAME = 2  # pages read of each name of an address, and of these all:
WHOLE = {"applications:section", "applications:entry", "applications:add_entry"}
NOT_FOLLOWED = {"account_logout", "admin:logout", "account_login"}
LEFT_OUT = {"file", "submit", "button", "reset", "image"}

Sent = dict[str, list[str]]


@dataclass
class Form:
    """A form as a browser sends it whose person changes nothing and presses the first button."""

    page: str
    action: str
    method: str
    sent: Sent = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    choices: Sent = field(default_factory=dict)

    def filled(self) -> Sent:
        """Return what is sent by a person who leaves nothing empty that can be filled."""
        return {
            name: values if any(values) else self._made_up(name)
            for name, values in self.sent.items()
        }

    def asks(self) -> set[str]:
        """Name what it asks for; parts of a date and lines of a table by their whole, too."""
        names = {*self.sent, *self.files}
        wholes = {
            part for name in names for part in (name.rpartition("_")[0], name.rpartition("-")[2])
        }
        return names | wholes

    def _made_up(self, name: str) -> list[str]:
        if name in self.choices:
            return [value for value in self.choices[name] if value][:1]
        return ["somebody@example.org" if "email" in name else "2"]

    @property
    def name(self) -> str:
        return f"{name_of(self.page)} -> {name_of(self.action)}"


@dataclass
class Page:
    path: str
    answer: HttpResponseBase
    body: bytes
    links: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    alive: list[str] = field(default_factory=list)  # what would run, had it been ours

    @property
    def name(self) -> str:
        return name_of(self.path)


def name_of(path: str) -> str:
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return ""


def crawl(client: Client, *starts: str) -> list[Page]:
    """Read what the links of one page after another lead to, some pages of each name."""
    waiting, known, read = list(starts), set(starts), list[Page]()
    by_name = Counter[str]()
    while waiting:
        path = waiting.pop(0)
        name = name_of(path)
        by_name[name] += 1
        if not name or name in NOT_FOLLOWED:
            continue
        if by_name[name] > PER_NAME and name not in WHOLE:
            continue
        page = opened(client, path)
        read.append(page)
        for link in page.links:
            if link not in known:
                known.add(link)
                waiting.append(link)
    return read


def opened(client: Client, path: str) -> Page:
    return read_answer(path, client.get(path))


def read_answer(path: str, answer: HttpResponseBase) -> Page:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    page = Page(path, answer, body)
    if "Location" in answer.headers:
        page.links += local(path, answer["Location"])
    if answer.get("Content-Type", "").startswith("text/html"):
        Reader(page).feed(body.decode())
    return page


def local(page: str, link: str) -> Iterator[str]:
    """Yield where a link leads within the site, one address for each page and its questions."""
    parts = urlsplit(urljoin(page, link))
    if not parts.netloc and parts.scheme in {"", "http", "https"}:
        yield parts.path


class Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.form: Form | None = None
        self.area = self.list = ""
        self.pressed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if any(name.startswith("on") for name in given) or given.get("src") == "x":
            self.page.alive.append(f"<{tag} {given}>")
        if tag == "a" and "href" in given:
            self.page.links += local(self.page.path, given["href"])
        elif tag == "form":
            action = next(local(self.page.path, given.get("action") or self.page.path), "")
            self.form = Form(self.page.path, action, given.get("method", "get").lower())
            self.pressed = False
            self.page.forms.append(self.form)
        elif self.form is not None:
            self._field(self.form, tag, given)

    def _field(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "input" and kind == "file":
            form.files.append(name)
        elif tag in {"input", "button"} and name and (kind == "submit" or tag == "button"):
            if not self.pressed:
                form.sent.setdefault(name, []).append(given.get("value", ""))
            self.pressed = True
        elif tag == "input" and name and kind not in LEFT_OUT:
            if kind not in {"radio", "checkbox"} or "checked" in given:
                form.sent.setdefault(name, []).append(given.get("value", "on"))
            else:
                form.sent.setdefault(name, [])
            if kind in {"radio", "checkbox"}:
                form.choices.setdefault(name, []).append(given.get("value", "on"))
        elif tag == "select" and name:
            self.list = name
            form.sent.setdefault(name, [])
        elif tag == "option" and self.list:
            form.choices.setdefault(self.list, []).append(given.get("value", ""))
            if "selected" in given:
                form.sent[self.list].append(given.get("value", ""))
        elif tag == "textarea" and name:
            self.area = name
            form.sent[name] = [""]

    def handle_data(self, text: str) -> None:
        if self.form is not None and self.area:
            self.form.sent[self.area] = [self.form.sent[self.area][0] + text]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "textarea":
            self.area = ""
        elif tag == "select":
            self.list = ""
