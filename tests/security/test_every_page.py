"""Every page that links lead to, as each kind of person reads it, full of hostile text."""

import json
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

import pytest
import time_machine
from django.test import Client, override_settings
from django.urls import reverse

from applications.sections.registry import sections_for
from jetportal.accounts.models import User
from jetportal.mail.models import OutgoingMail
from tests.referees import token_of
from tests.security.crawling import Page, Reader, crawl, read_answer
from tests.security.safety import amiss, is_kept_nowhere
from tests.security.world import HOSTILE, NOW, World, rows, undone

pytestmark = pytest.mark.django_db

READERS = ("applicant", "office", "coordinator", "stranger")
OF_ONE_PERSON = ("/admin/", "/applications/", "/accounts/", "/references/", "/verify/")

GOOD = {200, 302}

Readings = Mapping[str, list[Page]]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with (
        override_settings(DEMO=True),  # the second factor has tests of its own
        time_machine.travel(NOW, tick=False),
        django_db_blocker.unblock(),
        undone(),
    ):
        yield rows()


@pytest.fixture(scope="module")
def readings(world: World) -> Readings:
    link = f"/references/{token_of(world.asked)}"
    behind = [f"{link}/{page}" for page in ("", "write/", "preview/", "decline/", "not-me/")]
    return {
        "applicant": crawl(browser(world.applicant), "/applications/", *entries_of(world)),
        "office": [*crawl(browser(world.office), "/admin/"), *opened_with_a_reason(world)],
        "coordinator": crawl(browser(world.coordinator), "/admin/"),
        "stranger": crawl(browser(None), "/", *behind),
    }


def browser(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def entries_of(world: World) -> Iterator[str]:
    """Yield the addresses of the first entry of every list; buttons lead there, no links."""
    for section in sections_for(world.draft.round):
        for declared in section.lists:
            place = [world.draft.key, section.key, declared.key, "00000001"]
            yield reverse("applications:entry", args=place)


def opened_with_a_reason(world: World) -> Iterator[Page]:
    """Read what staff must say a reason for: sensitive answers and letters."""
    desk = f"/admin/applications/application/{world.sent.pk}"
    client = browser(world.office)
    for path in (f"{desk}/sensitive/{part}/" for part in ("medical", "criminal", "grounds")):
        yield read_answer(path, client.post(path, {"reason": HOSTILE}))
    for letter in world.letters:
        path = f"{desk}/letter/{letter}/"
        yield read_answer(path, client.post(path))


@pytest.mark.parametrize("reader", READERS)
def test_page_carries_the_headers_of_safety(readings: Readings, reader: str):
    wrong = {page.path: amiss(page.answer) for page in readings[reader]}

    assert {path: names for path, names in wrong.items() if names} == {}


@pytest.mark.parametrize("reader", READERS)
def test_page_about_one_person_is_kept_nowhere(readings: Readings, reader: str):
    private = [page for page in readings[reader] if page.path.startswith(OF_ONE_PERSON)]

    assert len(private) > 4
    assert [page.path for page in private if not is_kept_nowhere(page.answer)] == []


@pytest.mark.parametrize("reader", READERS)
def test_stored_markup_stays_text(readings: Readings, reader: str):
    pages = readings[reader]

    assert [page.path for page in pages if page.answer.status_code not in GOOD] == []
    assert {page.path: page.alive for page in pages if page.alive} == {}
    assert [page.path for page in pages if not is_well_formed(page)] == []


def is_well_formed(page: Page) -> bool:
    """Read what is no page for people as its readers do."""
    kind = page.answer.get("Content-Type", "")
    if "xml" in kind:
        return bool(ElementTree.fromstring(page.body).tag)
    return not kind.startswith("application/json") or bool(json.loads(page.body))


def test_hostile_text_is_there_to_be_read(readings: Readings):
    """Nothing is shown above by showing nothing."""
    shown = {
        reader: sum(b"&lt;img src=x" in page.body for page in pages)
        for reader, pages in readings.items()
    }
    names = {page.name for pages in readings.values() for page in pages}

    assert shown["applicant"] > 30
    assert shown["office"] > 80
    assert shown["coordinator"] > 5
    assert shown["stranger"] > 10
    assert len(names) > 110


def test_mails_hold_no_markup_of_others(world: World):
    mails = list(OutgoingMail.objects.exclude(html=""))
    alive = {}
    for mail in mails:
        page = Page(f"mail {mail.pk}", None, b"")
        Reader(page).feed(mail.html)
        alive[mail.kind] = page.alive

    assert len(mails) > 8
    assert any("&lt;img src=x" in mail.html for mail in mails)
    assert {kind: found for kind, found in alive.items() if found} == {}
