"""From wall time to instant and back, in every zone of the program's deadlines."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from positions.deadlines import (
    HST,
    US_ZONES,
    ZONES,
    NoSuchMinute,
    deadline_in_words,
    end_of_minute,
    in_words,
    instant_of,
    last_minute,
    zone_named,
)

APRIL = datetime(2024, 4, 5, 23, 59)
CLOSES_AT = datetime(2024, 4, 6, 10, 0, tzinfo=UTC)


def test_end_of_minute_is_the_first_instant_that_is_late():
    assert end_of_minute(APRIL) == CLOSES_AT


def test_end_of_minute_keeps_the_same_hour_in_winter():
    assert end_of_minute(datetime(2024, 11, 15, 23, 59)) == datetime(
        2024, 11, 16, 10, 0, tzinfo=UTC
    )


def test_end_of_minute_ignores_seconds_that_were_typed():
    assert end_of_minute(APRIL.replace(second=59, microsecond=999_999)) == CLOSES_AT


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Pacific/Honolulu", "Friday, April 5, 2024, 11:59\u00a0PM\u00a0HST"),
        ("America/New_York", "Saturday, April 6, 2024, 5:59\u00a0AM\u00a0EDT"),
        ("America/Chicago", "Saturday, April 6, 2024, 4:59\u00a0AM\u00a0CDT"),
        ("America/Denver", "Saturday, April 6, 2024, 3:59\u00a0AM\u00a0MDT"),
        ("America/Los_Angeles", "Saturday, April 6, 2024, 2:59\u00a0AM\u00a0PDT"),
        ("America/Anchorage", "Saturday, April 6, 2024, 1:59\u00a0AM\u00a0AKDT"),
        ("Asia/Tokyo", "Saturday, April 6, 2024, 6:59\u00a0PM\u00a0JST"),
        ("Pacific/Guam", "Saturday, April 6, 2024, 7:59\u00a0PM\u00a0ChST"),
    ],
)
def test_deadline_in_words_names_weekday_date_time_and_zone(zone, words):
    assert deadline_in_words(CLOSES_AT, ZoneInfo(zone)) == words


def test_deadline_in_words_follows_daylight_saving():
    closes_at = datetime(2024, 11, 16, 10, 0, tzinfo=UTC)

    assert deadline_in_words(closes_at, ZoneInfo("America/New_York")) == (
        "Saturday, November 16, 2024, 4:59\u00a0AM\u00a0EST"
    )


@pytest.mark.parametrize("zone", sorted(ZONES))
@pytest.mark.parametrize("month", [1, 4, 7, 11])
def test_end_of_minute_is_one_minute_after_the_wall_time_in_every_zone(zone, month):
    wall = datetime(2025, month, 14, 23, 59)

    end = end_of_minute(wall, ZoneInfo(zone))

    shown = last_minute(end).astimezone(ZoneInfo(zone))
    assert shown.replace(tzinfo=None) == wall
    assert end - instant_of(wall, ZoneInfo(zone)) == timedelta(minutes=1)


@pytest.mark.parametrize(
    "wall",
    [
        pytest.param(datetime(2025, 3, 9, 2, 30), id="skipped in spring"),
        pytest.param(datetime(2025, 11, 2, 1, 30), id="repeated in autumn"),
    ],
)
def test_instant_of_refuses_a_minute_at_which_clocks_change(wall):
    with pytest.raises(NoSuchMinute, match="Clocks in New York change"):
        instant_of(wall, ZoneInfo("America/New_York"))


@pytest.mark.parametrize(
    ("wall", "zone"),
    [
        (datetime(9999, 12, 31, 23, 59), "Pacific/Honolulu"),
        (datetime(9999, 12, 31, 23, 59), "UTC"),
        (datetime(1, 1, 1, 0, 0), "Asia/Tokyo"),
    ],
)
def test_end_of_minute_refuses_the_ends_of_time(wall, zone):
    with pytest.raises(NoSuchMinute, match="too far away"):
        end_of_minute(wall, ZoneInfo(zone))


def test_instant_of_knows_no_such_minute_in_hawaii():
    walls = [datetime(2025, 3, 9, 2, 30), datetime(2025, 11, 2, 1, 30)]

    assert [instant_of(wall) for wall in walls] == [wall.replace(tzinfo=HST) for wall in walls]


def test_end_of_minute_before_a_skipped_hour_is_the_real_next_instant():
    end = end_of_minute(datetime(2025, 3, 9, 1, 59), ZoneInfo("America/New_York"))

    assert end == datetime(2025, 3, 9, 7, 0, tzinfo=UTC)
    assert in_words(end, ZoneInfo("America/New_York")).endswith("3:00\u00a0AM\u00a0EDT")


def test_in_words_writes_noon_and_midnight_as_twelve():
    noon = datetime(2025, 1, 1, 22, 0, tzinfo=UTC)

    assert in_words(noon) == "Wednesday, January 1, 2025, 12:00\u00a0PM\u00a0HST"
    assert in_words(noon + timedelta(hours=12)) == (
        "Thursday, January 2, 2025, 12:00\u00a0AM\u00a0HST"
    )


@pytest.mark.parametrize("name", ["", None, "Nowhere/Here", "../etc/passwd", "a\x00b", "x" * 500])
def test_zone_named_knows_no_nonsense(name):
    assert zone_named(name) is None


def test_zone_named_returns_a_zone():
    assert zone_named("Asia/Tokyo") == ZoneInfo("Asia/Tokyo")


def test_the_six_zones_of_the_united_states_can_be_chosen():
    assert set(US_ZONES) <= set(ZONES)
