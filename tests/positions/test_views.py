"""The public pages over HTTP: what they show at which instant, and what they cost."""

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse

from positions.deadlines import ZONES
from positions.domain import catalogue
from positions.models import ChangeKind, RoundChange
from tests.factories import (
    CLOSES_AT,
    OPENS_AT,
    PUBLISHED_AT,
    TICK,
    make_position_type,
    make_round,
    make_vacancy,
)

pytestmark = pytest.mark.django_db

AT = OPENS_AT + timedelta(days=5)
ROUND = "/rounds/sea-2025-summer/"
PAGES = [
    "/",
    "/positions/",
    "/positions/alt/",
    "/positions/cir/",
    "/positions/sea/",
    "/rounds/",
    "/rounds/sea-2024-summer/",
    "/rounds/annual-2025/",
    "/deadlines/",
    "/accessibility/",
    "/privacy/",
]


@pytest.fixture
def at(time_machine):
    """Set the clock of the portal; it stands still."""

    def move(instant: datetime) -> None:
        time_machine.move_to(instant, tick=False)

    move(AT)
    return move


@pytest.fixture
def official_lists():
    catalogue.load()


def text_of(response) -> str:
    """The words of a page, without its tags, spaces made plain."""
    words = re.sub(r"<(script|template)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", words).replace("\u00a0", " ").split())


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


def test_round_page_shows_both_clocks_and_the_way_to_apply(client, at):
    make_round()

    response = client.get(f"{ROUND}?zone=America/New_York")

    words = text_of(response)
    assert "Friday, March 14, 2025 11:59 PM Hawaii Standard Time (HST)" in words
    assert "Saturday, March 15, 2025 5:59 AM Eastern Daylight Time (EDT), New York" in words
    assert "The whole minute counts" in words
    start = reverse("applications:start", args=["sea-2025-summer"])
    assert response.content.decode().count(f'href="{start}"') == 2


@pytest.mark.parametrize("instant", [OPENS_AT - TICK, CLOSES_AT])
def test_round_page_outside_the_window_offers_no_way_to_apply(client, at, instant):
    make_round()
    at(instant)

    response = client.get(ROUND)

    assert response.status_code == 200
    assert "/applications/start/" not in response.content.decode()


def test_round_page_without_a_zone_shows_the_six_zones(client, at):
    make_round()

    words = text_of(client.get(ROUND))

    assert "New York Saturday 5:59 AM EDT" in words
    assert "Anchorage Saturday 1:59 AM AKDT" in words


@pytest.mark.parametrize("zone", sorted(ZONES))
def test_round_page_speaks_every_zone_that_can_be_chosen(client, at, zone):
    make_round()

    response = client.get(ROUND, {"zone": zone})

    assert response.context["clocks"].reader.zone == zone


@pytest.mark.parametrize("zone", ["Nowhere/Here", "<script>alert(1)</script>", "\x00", "x" * 4000])
def test_round_page_leaves_out_a_zone_it_does_not_know(client, at, zone):
    make_round()

    response = client.get(ROUND, {"zone": zone})

    assert response.status_code == 200
    assert response.context["clocks"].reader is None
    assert "We did not understand" in text_of(response)
    assert "alert(1)" not in response.content.decode()


def test_round_page_with_an_unknown_opening_says_so(client, at):
    make_round(opens_at=None)

    assert "Date not in the published notice" in text_of(client.get(ROUND))


@pytest.mark.usefixtures("official_lists")
@pytest.mark.parametrize(
    ("instant", "states"),
    [
        (datetime(2024, 9, 23, 9, 59, tzinfo=UTC), ["next", "ahead", "ahead", "ahead", "ahead"]),
        (datetime(2024, 9, 23, 10, 0, tzinfo=UTC), ["done", "next", "ahead", "ahead", "ahead"]),
        (datetime(2024, 11, 16, 10, 0, tzinfo=UTC), ["done", "done", "ahead", "ahead", "ahead"]),
    ],
)
def test_round_page_draws_the_way_of_a_round(client, at, instant, states):
    at(instant)

    stations = client.get("/rounds/annual-2025/").context["stations"]

    assert [station.state for station in stations] == states
    assert stations[2].when == (
        "Online, late January to early February 2025, on dates set by each office; "
        "notices in January"
    )


@pytest.mark.usefixtures("official_lists")
@pytest.mark.parametrize(
    ("instant", "done"),
    [
        (datetime(2026, 1, 1, 9, 59, tzinfo=UTC), False),  # New Year's Eve in Hawaii
        (datetime(2026, 1, 1, 10, 0, tzinfo=UTC), True),
    ],
)
def test_round_whose_year_of_departure_is_over_has_nothing_ahead(client, at, instant, done):
    at(instant)

    stations = client.get("/rounds/annual-2025/").context["stations"]

    assert {station.state for station in stations[2:]} == {"done" if done else "ahead"}


def test_way_of_a_round_of_the_past_leaves_out_what_was_never_announced(client, at):
    make_round(interviews="", results="")
    at(datetime(2026, 6, 1, tzinfo=UTC))

    stations = client.get(ROUND).context["stations"]

    assert [station.title for station in stations] == ["Opened", "Deadline", "Departure"]


def test_round_page_marks_a_demonstration(client, at):
    make_round(is_demonstration=True)

    assert "demonstration: not a real round" in text_of(client.get(ROUND))
    assert "Demonstration: not a real round" in text_of(client.get("/rounds/"))


def test_round_page_tells_an_extension_with_both_dates_and_the_reason(client, at):
    round_ = make_round()
    RoundChange.objects.create(
        round=round_,
        kind=ChangeKind.EXTENDED,
        at=AT,
        by=get_user_model().objects.create(email="staff@example.org"),
        reason="The portal was slow.",
        old_closes_at=CLOSES_AT - timedelta(days=7),
        new_closes_at=CLOSES_AT,
    )

    words = text_of(client.get(ROUND))

    assert "The deadline, extended" in words
    assert (
        "The deadline was Friday, March 7, 2025, 11:59 PM HST. It is now Friday, March 14, 2025, "
        "11:59 PM HST. Reason: The portal was slow."
    ) in words


def test_cancelled_round_stays_readable_with_its_reason(client, at):
    round_ = make_round(cancelled_at=AT)
    RoundChange.objects.create(
        round=round_,
        kind=ChangeKind.CANCELLED,
        at=AT,
        by=get_user_model().objects.create(email="staff@example.org"),
        reason="The organization withdrew its notice.",
        old_closes_at=CLOSES_AT,
    )

    response = client.get(ROUND)

    words = text_of(response)
    assert "This round was cancelled" in words
    assert "The organization withdrew its notice." in words
    assert "/applications/start/" not in response.content.decode()
    assert "Cancelled Thursday, February 6, 2025" in text_of(client.get("/rounds/?state=past"))


@pytest.mark.usefixtures("official_lists")
def test_annual_round_page_tells_rules_of_one_position_apart(client, at):
    rules = client.get("/rounds/annual-2025/").context["requirements"]

    named = [(topic, codes) for topic, codes, _ in rules]
    assert named.count(("Citizenship", "")) == 1
    assert ("Japanese", "ALT") in named
    assert ("Japanese", "CIR") in named


@pytest.mark.usefixtures("official_lists")
def test_the_round_of_2024_is_open_until_the_end_of_its_last_minute(client, at):
    closing = datetime(2024, 4, 6, 10, 0, tzinfo=UTC)
    at(closing - TICK)
    last = client.get("/rounds/sea-2024-summer/").content.decode()
    at(closing)
    late = client.get("/rounds/sea-2024-summer/").content.decode()

    assert "Apply for this round" in last
    assert "Apply for this round" not in late


def test_rounds_page_adds_the_time_of_the_reader_who_chose_a_zone(client, at):
    make_round()

    row = client.get("/rounds/?zone=Asia/Tokyo").context["rows"][0]

    assert row.when_soft == (
        "11:59\u00a0PM\u00a0HST. For you: Saturday, March 15, 2025, 6:59\u00a0PM\u00a0JST"
    )


def test_upcoming_round_tells_its_deadline_too(client, at):
    make_round()
    at(PUBLISHED_AT)

    row = client.get("/rounds/").context["rows"][0]

    assert row.when_soft == (
        "12:00\u00a0AM\u00a0HST. Closes Friday, March 14, 2025, 11:59\u00a0PM\u00a0HST"
    )


def test_posts_are_told_as_far_as_they_are_known(client, at):
    round_ = make_round(posts=None)
    make_vacancy(round_, number=2, posts=1)

    assert client.get("/rounds/").context["rows"][0].soft == (
        "Number of posts to be announced. Sport and place to be announced"
    )


def test_position_card_names_the_round_that_closes_first(client, at):
    make_round(closes_at=AT + timedelta(hours=5))
    make_position_type("ALT")

    alt, sea = client.get("/").context["cards"]

    assert (alt.chip.words, alt.when) == (
        "Not open now",
        "The yearly round opens in late September.",
    )
    assert sea.chip.words == "Closing soon"
    assert sea.when.startswith("Closes Thursday, February 6, 2025, 4:59")


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
