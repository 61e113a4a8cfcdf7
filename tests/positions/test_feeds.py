"""What programs read: whether their own libraries take it, and whether it tells what is so."""

import json
import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import feedparser
import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from positions.domain import catalogue
from positions.models import (
    ChangeKind,
    Sport,
)
from tests.factories import CLOSES_AT, OPENS_AT, PUBLISHED_AT, TICK, make_round
from tests.positions.feeding import AT, KEPT, LASTMOD, LOC, ROUND, at, change, make_archery, portal
from tests.services import wait_until

__all__ = ["at", "portal"]

pytestmark = pytest.mark.django_db


def test_feed_is_accepted_with_an_entry_for_each_round(client):
    round_ = make_round(summary="Two posts & a <place> to be announced.")
    make_round(slug="sea-2025-later", is_demonstration=True)
    change(round_)

    read = feedparser.parse(client.get("/rounds/feed.atom").content)

    assert (read.bozo, read.version) == (False, "atom10")
    assert [entry.title for entry in read.entries] == [
        "Round sea-2025-summer",
        "Demonstration: Round sea-2025-later",
    ]
    first = read.entries[0]
    assert first.link == f"https://portal.jet.example{ROUND}"
    assert first.id == "tag:portal.jet.example,2024:rounds/sea-2025-summer"
    assert first.updated == "2025-02-05T10:00:00+00:00"
    assert first.published == "2025-01-15T20:00:00+00:00"
    assert "Deadline: Friday, March 14, 2025, 11:59 PM HST." in first.summary
    assert "Reason: The portal was slow." in first.summary
    assert "Two posts &amp; a &lt;place&gt; to be announced." in first.summary
    assert read.feed.updated == first.updated


def test_feed_without_a_round_is_accepted_too(client):
    read = feedparser.parse(client.get("/rounds/feed.atom").content)

    assert (read.bozo, read.entries) == (False, [])


@pytest.mark.parametrize("address", ["/rounds/feed.atom", f"{ROUND}deadline.ics"])
def test_words_of_a_feed_stay_true_from_publishing_to_long_after(client, at, address):
    make_round()

    told = []
    for instant in (PUBLISHED_AT, OPENS_AT, CLOSES_AT, CLOSES_AT + timedelta(days=400)):
        at(instant)
        told.append(client.get(address).content)

    text = told[0].replace(b"\r\n ", b"").replace(b"\\", b"").decode()
    assert set(told) == {told[0]}
    assert "Opening: Saturday, February 1, 2025, 12:00 AM HST." in text
    assert "Deadline: Friday, March 14, 2025, 11:59 PM HST." in text


def test_feed_of_a_cancelled_round_names_no_later_deadline(client):
    round_ = make_round(cancelled_at=AT)
    change(round_, at=AT - timedelta(days=2))
    change(round_, ChangeKind.CANCELLED, at=AT, reason="The notice was withdrawn.")

    (entry,) = feedparser.parse(client.get("/rounds/feed.atom").content).entries

    assert "cancelled. Reason: The notice was withdrawn." in entry.summary
    assert "extended" not in entry.summary
    assert "Deadline" not in entry.summary


def test_address_of_an_entry_outlives_its_changes(client, at):
    round_ = make_round()
    before = feedparser.parse(client.get("/rounds/feed.atom").content).entries[0]
    change(round_, at=AT + timedelta(hours=1))
    at(AT + timedelta(hours=2))

    after = feedparser.parse(client.get("/rounds/feed.atom").content).entries[0]

    assert (after.id, after.published) == (before.id, before.published)
    assert after.updated > before.updated


# --- iCalendar ----------------------------------------------------------------------------------


def events(response) -> dict[str, object]:
    """Return the events by UID, and refuse what the library could not read without a fault."""
    read = Calendar.from_ical(response.content)
    parts = list(read.walk())
    assert [part.errors for part in parts if part.errors] == []
    assert (read["VERSION"], read["METHOD"]) == ("2.0", "PUBLISH")
    lines = response.content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)
    return {str(event["UID"]): event for event in read.walk("VEVENT")}


def test_calendar_holds_the_last_minute_as_instants_in_utc(client):
    make_round(zone="America/New_York", closes_at=datetime(2025, 3, 15, 4, 0, tzinfo=UTC))

    response = client.get(f"{ROUND}deadline.ics")

    event = events(response)["deadline-sea-2025-summer@portal.jet.example"]
    assert event["DTSTART"].to_ical() == b"20250315T035900Z"
    assert event["DTEND"].to_ical() == b"20250315T040000Z"
    assert (event["SEQUENCE"], event["STATUS"]) == (0, "CONFIRMED")
    assert event["URL"] == f"https://portal.jet.example{ROUND}"
    assert "Deadline: Friday, March 14, 2025, 11:59 PM EDT." in event["DESCRIPTION"]
    alarm = event.walk("VALARM")[0]
    assert (alarm["ACTION"], alarm["TRIGGER"].dt) == ("DISPLAY", -timedelta(days=3))
    assert response["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert response["Content-Disposition"] == 'attachment; filename="sea-2025-summer.ics"'


def test_calendar_rises_in_sequence_with_each_change(client):
    round_ = make_round(cancelled_at=AT)
    change(round_, at=AT - timedelta(days=2))
    change(round_, ChangeKind.CANCELLED, at=AT, reason="The notice was withdrawn.")

    event = next(iter(events(client.get(f"{ROUND}deadline.ics")).values()))

    assert (event["SEQUENCE"], event["STATUS"]) == (2, "CANCELLED")
    assert event["LAST-MODIFIED"].dt == event["DTSTAMP"].dt == AT
    assert event.walk("VALARM") == []
    assert "The notice was withdrawn." in event["DESCRIPTION"]


def test_calendar_of_all_rounds_leaves_out_what_is_put_away(client):
    make_round()
    make_round(slug="sea-old", opens_at=None, closes_at=OPENS_AT, archived_at=OPENS_AT)
    make_round(slug="sea-past", opens_at=None, closes_at=OPENS_AT)
    make_round(slug="sea-draft", published_at=None)

    found = events(client.get("/rounds/deadlines.ics"))

    slugs = {uid.partition("@")[0] for uid in found}
    assert slugs == {"deadline-sea-2025-summer", "deadline-sea-past"}


@pytest.mark.parametrize("published_at", [None, AT + TICK])
def test_calendar_of_a_round_nobody_may_see_is_not_found(client, published_at):
    make_round(published_at=published_at)

    assert client.get(f"{ROUND}deadline.ics").status_code == 404


def test_sport_that_is_named_later_rises_in_every_feed(client, at, settings):
    settings.DEMO = True  # no second factor here
    round_ = make_round()
    post = round_.vacancies.get()
    judo = Sport.objects.create(name="Judo")
    before = risen(client)
    staff = Client()
    staff.force_login(
        get_user_model().objects.create_superuser("staff@jet.example", password="not in use")
    )
    saved = {
        "title": round_.title,
        "departure_season": round_.departure_season,
        "closing_soon_hours": "72",
        "purpose_max_words": "650",
        "purpose_max_characters": "4000",
        "documents_max_megabytes": "10",
        "vacancies-TOTAL_FORMS": "1",
        "vacancies-INITIAL_FORMS": "1",
        "vacancies-0-id": str(post.pk),
        "vacancies-0-round": round_.slug,
        "vacancies-0-posts": "2",
    }
    change_page = reverse("admin:positions_recruitmentround_change", args=[round_.pk])

    at(AT + timedelta(hours=1))
    assert staff.post(change_page, saved).status_code == 302
    wait_until(lambda: risen(client) == before, "feeds as they were: nothing was changed")
    assert staff.post(change_page, {**saved, "vacancies-0-sport": judo.pk}).status_code == 302

    later = "2025-02-06T11:00:00"
    risen_to = (f"{later}Z", f"{later}+00:00", f"{later}+00:00", 1, f"{later}Z")
    wait_until(lambda: risen(client) == risen_to, "feeds that have risen")
    assert before[3] == 0


def risen(client) -> tuple[object, ...]:
    """What tells readers of each feed that a round has changed."""
    told = json.loads(client.get("/api/v1/rounds.json").content)["rounds"][0]
    (entry,) = feedparser.parse(client.get("/rounds/feed.atom").content).entries
    (event,) = events(client.get(f"{ROUND}deadline.ics")).values()
    root = ET.fromstring(client.get("/sitemap.xml").content)
    (lastmod,) = [place.text for place in root.iter(LASTMOD)]
    modified = event["LAST-MODIFIED"].dt.isoformat()
    return told["changed_at"], modified, entry.updated, event["SEQUENCE"], lastmod


# --- JSON ---------------------------------------------------------------------------------------


def test_json_tells_a_round_as_it_is_documented(client):
    make_archery()

    told = json.loads(client.get("/api/v1/rounds.json").content)

    assert told == {
        "version": 1,
        "documentation": "https://portal.jet.example/api/",
        "rounds": [
            {
                "slug": "sea-2025-summer",
                "url": f"https://portal.jet.example{ROUND}",
                "calendar": f"https://portal.jet.example{ROUND}deadline.ics",
                "title": "Round sea-2025-summer",
                "kind": "sea",
                "position": ["SEA"],
                "departure_season": "summer 2025",
                "published_at": "2025-01-15T20:00:00Z",
                "changed_at": "2025-01-15T20:00:00Z",
                "opens_at": "2025-02-01T10:00:00Z",
                "closes_at": "2025-03-15T10:00:00Z",
                "zone": "Pacific/Honolulu",
                "deadline": "Friday, March 14, 2025, 11:59 PM HST",
                "cancelled": False,
                "demonstration": False,
                "vacancies": [
                    {
                        "position": "SEA",
                        "posts": 1,
                        "sport": "Archery",
                        "organization": "Board of Education",
                        "prefecture": "Ehime",
                    },
                    {
                        "position": "SEA",
                        "posts": 1,
                        "sport": None,
                        "organization": None,
                        "prefecture": None,
                    },
                ],
            }
        ],
    }


def test_json_tells_what_is_unknown_as_null_and_a_cycle_with_both_positions(client):
    make_round(slug="annual-2026", opens_at=None)

    told = json.loads(client.get("/api/v1/rounds.json").content)["rounds"][0]

    assert (told["opens_at"], told["position"]) == (None, ["ALT", "CIR"])
    assert [vacancy["posts"] for vacancy in told["vacancies"]] == [None, None]


def test_json_may_be_read_from_every_site_and_written_from_none(client):
    make_round()
    for _ in range(2):  # made, then kept
        response = client.get("/api/v1/rounds.json", headers={"origin": "https://else.example"})

        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Content-Type"] == "application/json"
    again = client.get("/api/v1/rounds.json", headers={"if-none-match": response["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again["Access-Control-Allow-Origin"] == "*"
    assert client.post("/api/v1/rounds.json").status_code == 405


def test_documentation_names_every_field_of_the_json(client):
    make_round()
    told = json.loads(client.get("/api/v1/rounds.json").content)["rounds"][0]

    page = client.get("/api/").content.decode()

    fields = {*told, *told["vacancies"][0]}
    assert {field for field in fields if not re.search(rf"\b{field}\b", page)} == set()


# --- Structured data ----------------------------------------------------------------------------


def test_sitemap_lists_every_page_that_may_be_read(client):
    catalogue.load()
    make_round()
    make_round(slug="sea-old", opens_at=None, closes_at=OPENS_AT, archived_at=OPENS_AT)
    make_round(slug="sea-draft", published_at=None)

    root = ET.fromstring(client.get("/sitemap.xml").content)

    listed = [place.text.removeprefix("https://portal.jet.example") for place in root.iter(LOC)]
    assert {client.get(path).status_code for path in listed} == {200}
    assert {ROUND, "/rounds/sea-old/", "/rounds/sea-2024-summer/", "/positions/alt/"} <= {*listed}
    assert len(listed) == len({*listed}) == 14
    robots = client.get("/robots.txt").content.decode()
    assert "Sitemap: https://portal.jet.example/sitemap.xml" in robots


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("address", "queries"), list(zip(KEPT, [4, 4, 4, 4, 1, 5], strict=True)))
def test_feeds_have_a_fixed_number_of_queries(
    client, rows, address, queries, django_assert_num_queries
):
    make_archery()
    for number in range(1, rows):
        make_round(slug=f"sea-2025-{number}")

    with django_assert_num_queries(queries):
        first = client.get(address)
    with django_assert_num_queries(0):
        second = client.get(address)

    assert (first.status_code, first.content) == (200, second.content)
    assert dict(first.headers) | {"X-Request-Id": ""} == (
        dict(second.headers) | {"X-Request-Id": ""}
    )
    assert not first.cookies


@pytest.mark.parametrize("address", KEPT)
def test_feeds_name_one_host_however_the_reader_reached_them(client, address, settings):
    settings.ALLOWED_HOSTS = ["*"]
    make_round()

    text = client.get(address, headers={"host": "elsewhere.example"}).content.decode()

    assert "elsewhere.example" not in text
    assert "testserver" not in text


@pytest.mark.parametrize(
    ("instant", "listed"), [(PUBLISHED_AT - TICK, False), (PUBLISHED_AT, True)]
)
@pytest.mark.parametrize(
    "address", ["/rounds/feed.atom", "/rounds/deadlines.ics", "/api/v1/rounds.json", "/sitemap.xml"]
)
def test_scheduled_round_appears_in_every_feed_at_its_instant(client, at, address, instant, listed):
    make_round()
    at(instant)

    assert (b"sea-2025-summer" in client.get(address).content) is listed


@pytest.mark.parametrize(
    "address", ["/", "/positions/sea/", "/rounds/", ROUND, "/deadlines/", "/privacy/", "/api/"]
)
def test_public_pages_say_what_a_shared_link_shows(client, address):
    catalogue.load()
    make_round()

    page = client.get(address, {"zone": "Asia/Tokyo"}).content.decode()

    told = dict(re.findall(r'<meta (?:name|property)="([\w:]+)" content="([^"]*)">', page))
    assert {"description", "og:title", "og:description", "og:type", "og:url", "og:image"} <= {*told}
    assert told["og:image"] == "https://portal.jet.example/static/img/share.png"
    assert told["og:url"] == f"https://portal.jet.example{address}"
    assert f'<link rel="canonical" href="https://portal.jet.example{address}">' in page
    assert 20 <= len(told["description"]) <= 200
    assert len(told["og:title"]) > 5
