"""The one rule of "late": half-open, the same in Python and in SQL, to the microsecond."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from positions.deadlines import end_of_minute
from positions.models import RecruitmentRound, RoundState
from tests.factories import CLOSES_AT, OPENS_AT, PUBLISHED_AT, TICK, make_round, make_vacancy

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

ZONES_OF_THE_BRIEF = [
    "Pacific/Honolulu",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "Asia/Tokyo",
    "Pacific/Guam",
]


def verdicts(round_: RecruitmentRound, at: datetime) -> tuple[bool, bool]:
    """What Python and SQL say about one instant."""
    in_sql = RecruitmentRound.objects.accepting(at).filter(pk=round_.pk).exists()
    return round_.accepts(at), in_sql


@pytest.mark.parametrize(
    ("at", "accepted"),
    [
        (OPENS_AT - TICK, False),
        (OPENS_AT, True),
        (CLOSES_AT - TICK, True),
        (CLOSES_AT, False),
    ],
)
def test_round_window_is_half_open_in_python_and_in_sql(at, accepted):
    round_ = make_round()

    assert verdicts(round_, at) == (accepted, accepted)


@pytest.mark.parametrize("zone", ZONES_OF_THE_BRIEF)
@pytest.mark.parametrize("day", [datetime(2024, 4, 5), datetime(2024, 11, 15)])
def test_round_window_counts_the_whole_last_minute_in_its_own_zone(zone, day):
    closes_at = end_of_minute(day.replace(hour=23, minute=59), ZoneInfo(zone))
    round_ = make_round(
        zone=zone, opens_at=None, closes_at=closes_at, published_at=datetime(2024, 1, 1, tzinfo=UTC)
    )
    last = day.replace(hour=23, minute=59, second=59, microsecond=999_999, tzinfo=ZoneInfo(zone))
    midnight = (day + timedelta(days=1)).replace(tzinfo=ZoneInfo(zone))

    round_.refresh_from_db()

    assert verdicts(round_, last) == (True, True)
    assert verdicts(round_, midnight) == (False, False)


@pytest.mark.parametrize(
    ("at", "accepted"), [(PUBLISHED_AT - TICK, False), (PUBLISHED_AT, True), (CLOSES_AT, False)]
)
def test_round_with_unknown_opening_is_open_from_its_publication(at, accepted):
    round_ = make_round(opens_at=None)

    assert verdicts(round_, at) == (accepted, accepted)


def test_round_not_published_accepts_nothing():
    round_ = make_round(published_at=None)

    assert verdicts(round_, OPENS_AT) == (False, False)
    assert round_.state(OPENS_AT) == RoundState.DRAFT


@pytest.mark.parametrize(("at", "accepted"), [(-TICK, True), (timedelta(0), False), (TICK, False)])
def test_round_cancelled_accepts_nothing_from_that_instant(at, accepted):
    cancelled_at = OPENS_AT + timedelta(days=3)
    round_ = make_round(cancelled_at=cancelled_at)

    assert verdicts(round_, cancelled_at + at) == (accepted, accepted)


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (PUBLISHED_AT - TICK, RoundState.SCHEDULED),
        (PUBLISHED_AT, RoundState.UPCOMING),
        (OPENS_AT, RoundState.OPEN),
        (CLOSES_AT - TICK, RoundState.OPEN),
        (CLOSES_AT, RoundState.CLOSED),
    ],
)
def test_round_state_changes_at_its_instants(at, state):
    assert make_round().state(at) == state


@pytest.mark.parametrize(
    ("at", "upcoming", "past"),
    [
        (PUBLISHED_AT - TICK, False, False),
        (OPENS_AT - TICK, True, False),
        (OPENS_AT, False, False),
        (CLOSES_AT - TICK, False, False),
        (CLOSES_AT, False, True),
    ],
)
def test_round_lists_agree_with_its_state(at, upcoming, past):
    make_round()

    assert RecruitmentRound.objects.upcoming(at).exists() is upcoming
    assert RecruitmentRound.objects.past(at).exists() is past


def test_round_next_change_walks_through_its_instants():
    round_ = make_round()
    soon = CLOSES_AT - timedelta(hours=72)

    changes = [round_.next_change(at) for at in (PUBLISHED_AT, OPENS_AT, soon, CLOSES_AT)]

    assert changes == [OPENS_AT, soon, CLOSES_AT, None]


@pytest.mark.parametrize("code", ["ALT", "CIR"])
def test_annual_positions_never_sit_in_an_sea_round(code):
    round_ = make_round()

    with pytest.raises(IntegrityError, match="sea_posts_only_in_sea_rounds"), transaction.atomic():
        make_vacancy(round_, code)


def test_sea_posts_never_sit_in_an_annual_round():
    round_ = make_round(slug="annual-2026")

    with pytest.raises(IntegrityError, match="sea_posts_only_in_sea_rounds"), transaction.atomic():
        make_vacancy(round_, "SEA")


def test_round_closes_after_it_opens():
    with pytest.raises(IntegrityError, match="round_closes_after_it_opens"), transaction.atomic():
        make_round(opens_at=CLOSES_AT)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"published_at": CLOSES_AT}, "round_is_shown_before_it_closes"),
        ({"cancelled_at": PUBLISHED_AT - TICK}, "only_a_published_round_is_cancelled"),
        ({"cancelled_at": CLOSES_AT, "published_at": None}, "only_a_published_round_is_cancelled"),
    ],
)
def test_database_refuses_times_that_cannot_be(changes, constraint):
    make_round()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        RecruitmentRound.objects.update(**changes)
