"""The public pages over HTTP: what they show at which instant, and what they cost."""

import json
import re
from datetime import timedelta
from itertools import pairwise

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model

from tests.factories import (
    CLOSES_AT,
    OPENS_AT,
    PUBLISHED_AT,
    TICK,
    make_round,
)
from tests.positions.public_pages import AT, PAGES, ROUND, at, official_lists, text_of

__all__ = ["at", "official_lists"]

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("official_lists")
@pytest.mark.parametrize("address", PAGES)
def test_public_page_answers_with_one_heading_and_a_strict_policy(client, address):
    response = client.get(address)

    page = response.content.decode()
    assert response.status_code == 200
    assert len(re.findall(r"<h1[ >]", page)) == 1
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page)
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "unsafe-inline" not in response["Content-Security-Policy"]
    assert not response.cookies


@pytest.mark.usefixtures("official_lists")
@pytest.mark.parametrize("address", PAGES)
def test_public_page_has_headings_in_order(client, address):
    levels = [
        int(level) for level in re.findall(r"<h([1-6])[ >]", client.get(address).content.decode())
    ]

    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


@pytest.mark.usefixtures("official_lists")
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/", 4),
        ("/positions/", 5),
        ("/positions/alt/", 7),
        ("/positions/sea/", 7),
        ("/rounds/", 4),
        ("/rounds/sea-2024-summer/", 5),
        ("/rounds/annual-2025/", 5),
        ("/deadlines/", 1),
        ("/accessibility/", 1),
        ("/privacy/", 1),
    ],
)
def test_public_page_has_a_fixed_number_of_queries(
    client, address, queries, django_assert_num_queries
):
    with django_assert_num_queries(queries):
        client.get(address)

    with django_assert_num_queries(0):
        client.get(address)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"), [("/", 6), ("/positions/sea/", 7), ("/rounds/", 4), (ROUND, 6)]
)
@pytest.mark.usefixtures("at")
def test_pages_of_rounds_have_a_fixed_number_of_queries(
    client, rows, address, queries, django_assert_num_queries
):
    make_round()
    for number in range(1, rows):
        make_round(slug=f"sea-2025-{number}")

    with django_assert_num_queries(queries):
        response = client.get(address)

    assert response.status_code == 200


@pytest.mark.usefixtures("official_lists")
@pytest.mark.parametrize("address", PAGES)
def test_public_page_reads_no_session_for_a_visitor_who_has_one(client, address):
    client.force_login(get_user_model().objects.create(email="amelia.reyes@example.org"))
    client.get(address)

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)

    assert settings.SESSION_COOKIE_NAME in client.cookies
    assert "My applications" in response.content.decode()
    assert [q["sql"] for q in queries if "django_session" in q["sql"] or "user" in q["sql"]] == []


@pytest.mark.usefixtures("official_lists")
@pytest.mark.parametrize(("slug", "number"), [("alt", 8), ("cir", 6), ("sea", 5)])
def test_position_page_shows_its_duties_as_one_list(client, slug, number):
    page = client.get(f"/positions/{slug}/").content.decode()

    lists = re.findall(r'<ol class="duties">(.*?)</ol>', page, re.DOTALL)
    outer = re.sub(r"<ul>.*?</ul>", "", lists[0], flags=re.DOTALL)
    assert len(lists) == 1
    assert outer.count("<li>") == number


@pytest.mark.usefixtures("official_lists")
def test_cir_page_marks_the_fifth_line_as_a_requirement(client):
    page = client.get("/positions/cir/").content.decode()

    assert page.count("<li>Requirement: Semi-advanced to advanced Japanese.</li>") == 1


@pytest.mark.usefixtures("official_lists")
def test_sea_page_says_why_nothing_is_open_and_shows_the_past(client):
    words = text_of(client.get("/positions/sea/"))

    assert "No SEA posts are open now" in words
    assert "The last round closed on Friday, April 5, 2024, 11:59 PM HST." in words
    assert "2 posts. Sport and place to be announced" in words


@pytest.mark.usefixtures("official_lists")
def test_positions_page_shows_the_interview_locations_and_the_terms(client):
    words = text_of(client.get("/positions/"))

    assert "Guam, Northern Mariana Islands" in words
    assert "About 35 hours a week" in words
    assert words.count("Group A") + words.count("Group B") == 17


@pytest.mark.usefixtures("official_lists")
@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (OPENS_AT - TICK, "Applications open later Opens Saturday, February 1, 2025, 12:00 AM HST"),
        (OPENS_AT, "Applications are open Closes Friday, March 14, 2025, 11:59 PM HST."),
        (CLOSES_AT, "No SEA posts are open now"),
    ],
)
def test_position_page_says_first_what_is_open(client, at, instant, words):
    make_round()
    at(instant)

    assert words in text_of(client.get("/positions/sea/"))


def test_position_page_without_a_catalogue_is_not_found(client):
    assert client.get("/positions/alt/").status_code == 404


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (PUBLISHED_AT, "Opens Saturday, February 1, 2025"),
        (OPENS_AT - TICK, "Opens Saturday, February 1, 2025"),
        (OPENS_AT, "Closes Friday, March 14, 2025"),
        (CLOSES_AT - TICK, "Closes Friday, March 14, 2025"),
        (CLOSES_AT, "Closed Friday, March 14, 2025"),
    ],
)
def test_rounds_page_says_where_a_round_stands(client, at, instant, words):
    make_round()
    at(instant)

    assert words in text_of(client.get("/rounds/"))


@pytest.mark.parametrize(
    ("instant", "first"), [(OPENS_AT - TICK, None), (OPENS_AT, True), (CLOSES_AT, None)]
)
def test_home_shows_the_round_that_closes_first_while_it_is_open(client, at, instant, first):
    round_ = make_round()
    make_round(slug="sea-2025-later", closes_at=CLOSES_AT + timedelta(days=9), opens_at=CLOSES_AT)
    at(instant)

    shown = client.get("/").context["first"]

    if instant == CLOSES_AT:
        assert shown.slug == "sea-2025-later"
    else:
        assert shown == (round_ if first else None)


def test_home_lists_all_open_rounds_earliest_deadline_first(client, at):
    make_round(slug="sea-2025-b", closes_at=CLOSES_AT + timedelta(days=2))
    make_round(slug="sea-2025-a")
    make_round(slug="sea-2025-c", closes_at=CLOSES_AT + timedelta(days=3))

    context = client.get("/").context

    assert context["first"].slug == "sea-2025-a"
    assert [row.title for row in context["also_open"]] == ["Round sea-2025-b", "Round sea-2025-c"]


def test_home_tells_the_last_minute_of_a_round_that_closed_in_the_end(client, at, official_lists):
    past = {"opens_at": None, "published_at": PUBLISHED_AT}
    days = [OPENS_AT - timedelta(days=number) for number in (1, 2, 3)]
    make_round(slug="sea-put-away", closes_at=days[0], archived_at=days[0], **past)
    make_round(slug="sea-withdrawn", closes_at=days[1], cancelled_at=days[2], **past)
    make_round(slug="sea-running", cancelled_at=AT)
    make_round(slug="sea-done", closes_at=days[2], **past)
    at(AT)

    page = client.get("/").content.decode()

    assert "The last minute of: Round sea-done" in page


def test_home_without_any_round_says_when_there_will_be_one(client, at):
    assert "No round takes applications now" in text_of(client.get("/"))


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["open", "coming", "annual", "past"]),
        ("?state=open", ["open"]),
        ("?state=upcoming", ["coming", "annual"]),
        ("?state=past", ["past"]),
        ("?position=sea", ["open", "coming", "past"]),
        ("?position=alt", ["annual"]),
        ("?position=cir&state=upcoming", ["annual"]),
        ("?position=cir&state=open", []),
        ("?state=nonsense", ["open", "coming", "annual", "past"]),
        ("?state=open&position=%00%F0%9F%98%80", ["open"]),
        ("?state=open&state=past", ["past"]),
        ("?unknown=1", ["open", "coming", "annual", "past"]),
    ],
)
def test_rounds_page_filters_by_state_and_position(client, at, query, titles):
    make_round(slug="sea-open", title="open")
    make_round(slug="sea-coming", title="coming", opens_at=AT + timedelta(days=1))
    make_round(
        slug="annual-2026",
        title="annual",
        opens_at=AT + timedelta(days=2),
        closes_at=CLOSES_AT + timedelta(days=90),
    )
    make_round(slug="sea-past", title="past", closes_at=AT, opens_at=OPENS_AT)

    response = client.get(f"/rounds/{query}")

    assert [row.title for row in response.context["rows"]] == titles
    understood = "nonsense" not in query and "%00" not in query
    assert ("We did not understand" in text_of(response)) is not understood


@pytest.mark.parametrize(
    "address",
    [
        "/rounds/nope/",
        "/rounds/%00/",
        "/rounds/" + "x" * 500 + "/",
        "/positions/xyz/",
        "/positions/ALT/",
        "/nothing/",
    ],
)
def test_unknown_address_is_not_found(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("published_at", [None, AT + TICK])
def test_round_not_yet_published_is_hidden_everywhere(client, at, published_at):
    shown, hidden = make_round(), make_round(slug="sea-hidden", published_at=published_at)

    listed = text_of(client.get("/rounds/")) + text_of(client.get("/"))

    assert shown.title in listed
    assert hidden.title not in listed
    assert client.get("/rounds/sea-hidden/").status_code == 404


def test_scheduled_round_appears_at_its_instant(client, at):
    make_round(slug="sea-soon", published_at=AT + TICK, opens_at=None)
    before = client.get("/rounds/").context["rows"]
    at(AT + TICK)

    after = client.get("/rounds/").context["rows"]

    assert (len(before), len(after)) == (0, 1)


def test_server_time_is_the_clock_that_decides_and_is_never_kept(client, at):
    response = client.get("/time")

    assert json.loads(response.content) == {"now": AT.isoformat()}
    assert "no-store" in response["Cache-Control"]


def test_robots_stay_out_of_what_is_personal(client):
    lines = client.get("/robots.txt").content.decode().splitlines()

    assert lines[0] == "User-agent: *"
    assert "Disallow: /applications/" in lines


@pytest.mark.parametrize("address", ["/", "/rounds/", "/time"])
def test_public_page_takes_no_post(client, address):
    assert client.post(address).status_code == 405
