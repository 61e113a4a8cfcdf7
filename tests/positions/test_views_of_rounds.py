"""The page of a round, and its line among the others: clocks, states, rules."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from positions.deadlines import ZONES
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
from tests.positions.public_pages import AT, ROUND, at, official_lists, text_of

__all__ = ["at", "official_lists"]

pytestmark = pytest.mark.django_db


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
