"""Text that is read from right to left, or that says so, turns nothing around but itself."""

import re
from html.parser import HTMLParser

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications.domain.access import PROGRAM_OFFICE
from applications.domain.form import drafts
from applications.exports.columns import neutralized
from applications.models import Application, Document, Status
from positions.models import RecruitmentRound
from tests.applicants import SENT_AT, STARTED_AT, answers_for, make_application, make_staff, move
from tests.applications.desk import LIST

pytestmark = pytest.mark.django_db

MARK = "\u202e"
NAME, FILE, TITLE = f"Ana{MARK}", f"pass{MARK}.pdf", f"Round{MARK}"
OWN_LINE = {"h1", "h2", "h3", "h4", "title", "option"}  # the mark ends with the line
VOID = {"meta", "link", "input", "img", "br", "hr", "col", "source", "wbr"}


class Turned(HTMLParser):
    """Collect the places where a mark is neither isolated nor alone on its line."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.seen = 0
        self.bare: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            safe = tag == "bdi" or "dir" in dict(attrs) or tag in OWN_LINE
            self.open.append((tag, safe and tag != "html"))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if MARK in data:
            self.seen += 1
            if not any(safe for _tag, safe in self.open):
                self.bare.append(data.strip())


def turned(client: Client, address: str) -> Turned:
    answer = client.get(address)
    assert answer.status_code == 200, address
    page = Turned()
    page.feed(answer.content.decode())
    return page


@pytest.fixture
def application() -> Application:
    application = make_application()
    identity = {**answers_for(application.round)["identity"], "first_name": [NAME]}
    applicant = application.applicant
    drafts.save_section(application.key, "identity", identity, by=applicant, at=STARTED_AT)
    Document.objects.update(name=FILE)
    RecruitmentRound.objects.update(title=TITLE)
    return Application.objects.get()


@pytest.mark.parametrize("name", ["tasks", "documents", "check", "discard", "withdraw", "receipt"])
def test_pages_of_the_applicant_keep_typed_text_apart(application, name):
    client = Client()
    client.force_login(application.applicant)
    with time_machine.travel(SENT_AT, tick=False):
        if name in {"withdraw", "receipt"}:
            move(application, Status.SUBMITTED, at=SENT_AT)
        page = turned(client, reverse(f"applications:{name}", args=[application.key]))

    assert page.seen > 0
    assert page.bare == []


def test_public_page_of_a_round_keeps_its_title_apart(application):
    assert turned(Client(), f"/rounds/{application.round_id}/").bare == []


@pytest.mark.parametrize("path", ["", "{pk}/change/", "{pk}/move/in_screening/", "move/"])
def test_desk_keeps_typed_text_apart(application, settings, path):
    settings.DEMO = True
    move(application, Status.SUBMITTED, at=SENT_AT)
    client = Client()
    client.force_login(make_staff("office@example.org", PROGRAM_OFFICE))
    many = f"move/in_screening/?pk={application.pk}"
    address = LIST + (many if path == "move/" else path.format(pk=application.pk))

    page = turned(client, address)

    assert page.seen > 0
    assert page.bare == []


def test_exported_cells_carry_no_marks():
    assert neutralized(f"{MARK}=1+1\u2069") == "'=1+1"
    assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", neutralized(f"\u200fA{MARK}b"))


@pytest.mark.parametrize("path", ["/rounds/{slug}/", "/rounds/{slug}/questions/"])
def test_title_of_the_window_carries_no_marks(application, path):
    page = Client().get(path.format(slug=application.round_id)).content.decode()

    (title,) = re.findall("<title>(.*?)</title>", page, re.DOTALL)
    assert "Round" in title
    assert MARK not in title


def test_title_of_the_window_at_the_desk_carries_no_marks(application, settings):
    settings.DEMO = True
    client = Client()
    client.force_login(make_staff("office@example.org", PROGRAM_OFFICE))
    move(application, Status.SUBMITTED, at=SENT_AT)

    page = client.get(f"{LIST}{application.pk}/change/").content.decode()

    (title,) = re.findall("<title>(.*?)</title>", page, re.DOTALL)
    assert MARK not in title
