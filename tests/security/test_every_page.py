"""Every page that links lead to, as each kind of person reads it, full of hostile text."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

import pytest
import time_machine
from django.test import Client, override_settings
from django.urls import reverse

from applications.models import Application, ReferenceRequest
from applications.sections.registry import sections_for
from jetportal.accounts.models import User
from jetportal.mail.models import OutgoingMail
from tests.applicants import make_application, make_user
from tests.referees import token_of
from tests.security.addresses import every_address
from tests.security.crawling import NOT_FOLLOWED, Form, Page, Reader, crawl, name_of, read_answer
from tests.security.replaying import ELSEWHERE, every_field, kept, plant
from tests.security.safety import amiss, is_kept_nowhere
from tests.security.world import HOSTILE, NOW, World, rows, undone

# The world is made, and read, once in each process that runs tests of this file.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("refusals_untold"),
]

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


# --- Forms sent with more than they ask for, and by others --------------------------------------


def test_nothing_is_kept_that_a_form_does_not_ask_for(world: World, readings: Readings):
    """Each form twice: as it is, and with a value for every field of every model."""
    plant()
    fields = every_field()
    changed, led, wrote = {}, {}, 0
    for client, form in forms_of(world, readings):
        sent = form.filled()
        extra = {name: value for name, value in fields.items() if name not in form.asks()}
        _, before = kept(client, form, sent)
        answer, after = kept(client, form, {**extra, "next": ELSEWHERE, **sent})
        wrote += bool(before)
        if before != after:
            changed[form.name] = [row for row in after if row not in before]
        if ELSEWHERE in answer.get("Location", ""):
            led[form.name] = answer["Location"]

    assert (len(fields) > 250, wrote > 45) == (True, True)
    assert changed == {}
    assert led == {}


def forms_of(world: World, readings: Readings) -> Iterator[tuple[Client, Form]]:
    """Yield one form of each name, with the browser of whoever read its page."""
    users = {"applicant": world.applicant, "office": world.office, "stranger": None}
    for reader, user in users.items():
        for form in named_once(readings[reader]).values():
            yield browser(user), form


def named_once(pages: list[Page]) -> dict[str, Form]:
    forms = (form for page in pages for form in page.forms)
    return {
        f.name: f for f in forms if f.method == "post" and name_of(f.action) not in NOT_FOLLOWED
    }


def test_nobody_sends_the_forms_of_somebody_else(world: World, readings: Readings):
    """Each form of an application by another person, who names the whole address."""
    other = browser(make_user("other@example.org"))
    theirs = {n: f for n, f in named_once(readings["applicant"]).items() if is_of(world, f.action)}

    heard = {name: kept(other, form, form.filled()) for name, form in theirs.items()}

    assert len(theirs) > 15
    assert {name: a.status_code for name, (a, _) in heard.items()} == dict.fromkeys(theirs, 404)
    assert {name: rows for name, (_, rows) in heard.items() if rows} == {}


def test_nobody_reaches_a_row_of_somebody_else_through_the_own_application(world: World):
    """The key of the application is mine, that of the document or the referee is not."""
    mine = make_application(applicant=make_user("other@example.org"), round_=world.draft.round)
    document, referee = world.draft.documents.all()[0], world.draft.referees.all()[0]
    other = browser(mine.applicant)
    places = {"key": mine.key, "document_key": document.key, "referee_key": referee.key}
    paths = [
        path
        for name, path in every_address(defaultdict(lambda: "none", places))
        if name.startswith("applications:")
        and (str(document.key) in path or str(referee.key) in path)
    ]
    sent = {"email": "mine@example.org", "name": "Mine", "kind": "sport", "confirm": "on"}
    sent |= {"title": "Dr.", "organization": "Mine", "relation": "Mine"}
    before = rows_of(world.draft)

    for path in paths:
        other.post(path, sent)
        assert b"okafor" not in other.get(path).content

    assert len(paths) > 7
    assert rows_of(world.draft) == before


def rows_of(application: Application) -> list[object]:
    return [
        list(application.documents.values()),
        list(application.referees.order_by("pk").values()),
        list(ReferenceRequest.objects.filter(referee__application=application).values()),
    ]


def test_nobody_opens_the_pages_of_somebody_else(world: World, readings: Readings):
    other = browser(make_user("other@example.org"))
    pages = [page.path for page in readings["applicant"] if is_of(world, page.path)]
    files = [page.path for page in readings["applicant"] if page.name == "applications:document"]

    assert len(pages) > 40
    assert {other.get(path).status_code for path in (*pages, *files)} == {404}


def is_of(world: World, path: str) -> bool:
    """Tell whether an address names one of the applications of the applicant."""
    return any(str(own.key) in path for own in (world.draft, world.sent, world.decided))
