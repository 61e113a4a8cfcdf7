from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from positions.clocks import (
    Clocks,
    TimeLeft,
    clocks_for,
    duration_in_words,
    face,
    received_clocks,
    stamp,
    time_left,
)
from positions.clockwords import LOOKS, ZONE_NAMES
from positions.deadlines import HST, US_ZONES, ZONES, abbreviation, last_minute
from positions.models.rounds import ChangeKind, RecruitmentRound, RoundChange, RoundKind

CLOSES = datetime(2024, 4, 6, 10, tzinfo=UTC)
OPENS = datetime(2024, 2, 20, 19, tzinfo=UTC)
TICK = timedelta(microseconds=1)
NEW_YORK = ZoneInfo("America/New_York")


def sea_round(**changes: object) -> RecruitmentRound:
    facts: dict[str, object] = {
        "slug": "sea-2024-summer",
        "kind": RoundKind.SEA,
        "title": "SEA, summer 2024 departures",
        "closes_at": CLOSES,
        "opens_at": OPENS,
        "published_at": OPENS - timedelta(days=7),
    }
    return RecruitmentRound(**{**facts, **changes})


def at(moment: datetime, zone: ZoneInfo | None = NEW_YORK, **changes: object) -> Clocks:
    return clocks_for(sea_round(**changes), at=moment, zone=zone, with_left=True)


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Pacific/Honolulu", "Friday, April 5, 2024, 11:59 PM HST"),
        ("America/New_York", "Saturday, April 6, 2024, 5:59 AM EDT"),
        ("America/Chicago", "Saturday, April 6, 2024, 4:59 AM CDT"),
        ("America/Denver", "Saturday, April 6, 2024, 3:59 AM MDT"),
        ("America/Los_Angeles", "Saturday, April 6, 2024, 2:59 AM PDT"),
        ("America/Anchorage", "Saturday, April 6, 2024, 1:59 AM AKDT"),
        ("Asia/Tokyo", "Saturday, April 6, 2024, 6:59 PM JST"),
        ("Pacific/Guam", "Saturday, April 6, 2024, 7:59 PM ChST"),
    ],
)
def test_face_shows_the_last_minute_in_every_zone_of_the_brief(zone: str, shown: str) -> None:
    result = face(last_minute(CLOSES), ZoneInfo(zone), beside=HST)

    assert result.short.replace("\u00a0", " ") == shown
    assert result.other_day is (zone != "Pacific/Honolulu")


@pytest.mark.parametrize("month", [1, 7])
@pytest.mark.parametrize("zone", ZONES)
def test_every_choosable_zone_has_a_full_name_in_winter_and_summer(zone: str, month: int) -> None:
    local = datetime(2024, month, 15, 12, tzinfo=ZoneInfo(zone))

    assert abbreviation(local) in ZONE_NAMES


def test_face_names_the_zone_of_its_instant_not_of_the_year() -> None:
    summer = face(datetime(2024, 7, 1, 12, tzinfo=UTC), NEW_YORK)
    winter = face(datetime(2024, 12, 1, 12, tzinfo=UTC), NEW_YORK)

    assert (summer.zone_name, summer.abbreviation) == ("Eastern Daylight Time", "EDT")
    assert (winter.zone_name, winter.abbreviation) == ("Eastern Standard Time", "EST")


def test_face_turns_the_hands_to_its_minute() -> None:
    result = face(datetime(2024, 4, 3, 19, 30, tzinfo=UTC), HST)

    assert (result.time, result.meridiem) == ("9:30", "AM")
    assert (result.hour_angle, result.minute_angle) == (285, 180)


def test_face_of_noon_and_midnight_reads_twelve() -> None:
    noon = face(datetime(2024, 4, 3, 22, tzinfo=UTC), HST)
    midnight = face(datetime(2024, 4, 3, 10, tzinfo=UTC), HST)

    assert (noon.time, noon.meridiem) == ("12:00", "PM")
    assert (midnight.time, midnight.meridiem) == ("12:00", "AM")


@pytest.mark.parametrize(
    ("distance", "large", "small"),
    [
        (timedelta(days=2, hours=15, minutes=39, seconds=59), "2 days", "15 hours 39 minutes"),
        (timedelta(days=1), "1 day", ""),
        (timedelta(hours=15, minutes=1), "15 hours", "1 minute"),
        (timedelta(minutes=12, seconds=30), "12 minutes", ""),
        (timedelta(seconds=59), "under a minute", ""),
        (-TICK, "under a minute", ""),
    ],
)
def test_time_left_gives_two_parts_rounded_down(
    distance: timedelta, large: str, small: str
) -> None:
    assert time_left(CLOSES, CLOSES - distance) == TimeLeft("Time left", large, small)


@pytest.mark.parametrize(
    ("delta", "words"),
    [
        (timedelta(minutes=4, seconds=12), "4 minutes 12 seconds"),
        (timedelta(days=2, hours=2, minutes=12), "2 days 2 hours 12 minutes"),
        (timedelta(seconds=1), "1 second"),
        (TICK, "less than a second"),
    ],
)
def test_duration_is_told_to_the_second(delta: timedelta, words: str) -> None:
    assert duration_in_words(delta) == words


def test_duration_can_be_cut_to_its_largest_units() -> None:
    assert duration_in_words(timedelta(days=2, hours=2, minutes=12), units=2) == "2 days 2 hours"


@pytest.mark.parametrize(
    ("moment", "state", "label"),
    [
        (OPENS - TICK, "upcoming", "Opens"),
        (OPENS, "open", "The deadline"),
        (CLOSES - timedelta(hours=72) - TICK, "open", "The deadline"),
        (CLOSES - timedelta(hours=72), "soon", "The deadline"),
        (CLOSES - TICK, "soon", "The deadline"),
        (CLOSES, "closed", "The deadline was"),
    ],
)
def test_clocks_change_their_state_at_the_exact_instant(
    moment: datetime, state: str, label: str
) -> None:
    clocks = at(moment)

    assert (clocks.state, clocks.deciding.label) == (state, label)
    assert clocks.chip == LOOKS[state].chip


def test_clocks_of_an_upcoming_round_show_its_opening() -> None:
    clocks = at(OPENS - timedelta(days=41, hours=2))

    assert clocks.deciding.short.replace("\u00a0", " ") == "Tuesday, February 20, 2024, 9:00 AM HST"
    assert clocks.left == TimeLeft("Opens in", "41 days", "2 hours")
    assert clocks.foot.replace("\u00a0", " ") == "Closes Friday, April 5, 2024, 11:59 PM HST."


def test_clocks_of_a_closed_round_say_how_long_ago() -> None:
    assert at(CLOSES + timedelta(days=3, hours=5)).left == TimeLeft("Closed", "3 days ago")


def test_clocks_of_a_cancelled_round_say_so() -> None:
    clocks = at(CLOSES - timedelta(days=1), cancelled_at=CLOSES - timedelta(days=2))

    assert (clocks.state, clocks.chip.words) == ("cancelled", "Cancelled")
    assert clocks.left == TimeLeft("Cancelled", "1 day ago")


def test_clocks_for_a_cached_page_carry_no_distance() -> None:
    clocks = clocks_for(sea_round(), at=OPENS, zone=None)

    assert clocks.left is None
    assert (clocks.closes, clocks.target) == ("2024-04-06T10:00:00+00:00",) * 2


def test_clocks_offer_six_zones_only_while_the_own_one_is_unknown() -> None:
    unknown = at(OPENS, zone=None)
    known = at(OPENS)

    assert unknown.reader is None
    assert tuple(place.zone for place in unknown.elsewhere) == US_ZONES
    assert known.elsewhere == ()
    assert known.reader is not None
    assert known.reader.label == "The same moment for you"


def test_clocks_of_an_extended_round_give_both_dates_and_the_reason() -> None:
    change = RoundChange(
        kind=ChangeKind.EXTENDED,
        old_closes_at=CLOSES - timedelta(days=7),
        new_closes_at=CLOSES,
        reason="Storms closed three consulates.",
    )

    clocks = clocks_for(sea_round(), at=OPENS, zone=None, extension=change)

    assert clocks.deciding.label == "The deadline, extended"
    assert clocks.note.replace("\u00a0", " ") == (
        "The deadline was Friday, March 29, 2024, 11:59 PM HST. "
        "It is now Friday, April 5, 2024, 11:59 PM HST. Reason: Storms closed three consulates."
    )


def test_clocks_of_a_cancelled_round_tell_no_deadline_that_is_now() -> None:
    change = RoundChange(
        kind=ChangeKind.EXTENDED,
        old_closes_at=CLOSES - timedelta(days=7),
        new_closes_at=CLOSES,
        reason="Storms closed three consulates.",
    )
    round_ = sea_round(cancelled_at=OPENS + timedelta(days=1))

    before = clocks_for(round_, at=OPENS, zone=None, extension=change)
    after = clocks_for(round_, at=OPENS + timedelta(days=1), zone=None, extension=change)

    assert before.note
    assert after.note == ""


def test_received_clocks_stand_still_at_the_arrival() -> None:
    received_at = datetime(2024, 4, 4, 7, 47, 12, tzinfo=UTC)

    clocks = received_clocks(received_at, closes_at=CLOSES, zone=NEW_YORK)

    assert (clocks.state, clocks.chip.words, clocks.target) == ("received", "In time", "")
    assert (clocks.deciding.time, clocks.deciding.seconds) == ("9:47", 12)
    assert clocks.left == TimeLeft("Before the deadline", "2 days", "2 hours 12 minutes")


def test_received_clocks_claim_no_time_before_a_deadline_that_had_passed() -> None:
    clocks = received_clocks(CLOSES, closes_at=CLOSES, zone=None)

    assert (clocks.left, clocks.chip.words) == (None, "Received")


def test_stamp_dates_the_arrival_by_the_deciding_clock() -> None:
    result = stamp(datetime(2024, 4, 4, 7, 47, 12, tzinfo=UTC))

    assert (result.date, result.time) == ("2024.4.3", "9:47 PM HST")
    assert "Wednesday, April 3, 2024" in result.label
