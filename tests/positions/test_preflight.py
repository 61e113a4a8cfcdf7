"""The pre-flight of a round and its drill: every surface at four instants, and nothing written."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jetportal.accounts.models import User
from positions import surfaces
from positions.domain import preflight, rounds
from positions.domain.errors import Refused
from positions.models import RecruitmentRound, Vacancy
from positions.surfaces import Shown
from tests.factories import CLOSES_AT, OPENS_AT, PUBLISHED_AT, TICK, make_round

pytestmark = pytest.mark.django_db

AT = datetime(2025, 1, 10, 20, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def loaded(round_: RecruitmentRound) -> RecruitmentRound:
    found = RecruitmentRound.objects.with_vacancies().get(pk=round_.pk)
    assert isinstance(found, RecruitmentRound)
    return found


def reported(round_: RecruitmentRound, at: datetime = AT) -> preflight.Report:
    return preflight.report(loaded(round_), at=at)


@pytest.fixture
def registered(monkeypatch) -> dict[str, surfaces.Surface]:
    """The surfaces of this program, in a registry that this test may change."""
    own = dict(surfaces.registered())
    monkeypatch.setattr(surfaces, "_surfaces", own)
    return own


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"opens_at": None},
        {"published_at": None},
        {"published_at": None, "opens_at": None},
        {"zone": "Asia/Tokyo"},
        {"zone": "America/New_York", "slug": "annual-2025"},
        {"is_demonstration": True},
        {"cancelled_at": OPENS_AT + SECOND},
        {"archived_at": CLOSES_AT},
    ],
    ids=lambda changes: ", ".join(changes) or "published",
)
def test_drill_of_a_right_round_is_green(changes):
    report = reported(make_round(**changes))

    assert report.faults == ()
    assert len(report.drills) == 4
    assert {len(drill.readings) for drill in report.drills} == {9}


def test_round_that_has_had_its_time_is_green():
    assert reported(make_round(), CLOSES_AT).green


def test_drill_asks_at_opening_and_closing_and_just_before():
    round_ = make_round()

    moments = preflight.moments_of(round_)

    assert [(moment.at, moment.accepts) for moment in moments] == [
        (OPENS_AT - SECOND, False),
        (OPENS_AT, True),
        (CLOSES_AT - TICK, True),
        (CLOSES_AT, False),
    ]


def test_drill_of_a_round_without_an_opening_begins_with_its_publishing():
    round_ = make_round(opens_at=None)

    moments = preflight.moments_of(round_)

    assert [moment.at for moment in moments[:2]] == [PUBLISHED_AT - SECOND, PUBLISHED_AT]


def test_every_expected_surface_registers_at_start_up():
    assert surfaces.registered().keys() == preflight.EXPECTED


def test_preflight_writes_nothing():
    round_ = loaded(make_round(published_at=None))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        preflight.report(round_, at=AT)

    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []
    assert round_.published_at is None


@pytest.mark.parametrize(
    ("shown", "fault"),
    [
        (Shown(CLOSES_AT, accepts=True), "It says open, and the round is closed."),
        (
            Shown(CLOSES_AT + timedelta(minutes=1), accepts=False),
            "Its deadline is Saturday, March 15, 2025, 12:00\xa0AM\xa0HST; "
            "that of the round is Friday, March 14, 2025, 11:59\xa0PM\xa0HST.",
        ),
        (
            Shown(None, accepts=False, words="Friday, March 14, 2025, 11:59 PM EST"),
            "It writes “Friday, March 14, 2025, 11:59 PM EST”, "
            "not Friday, March 14, 2025, 11:59\xa0PM\xa0HST.",
        ),
    ],
)
def test_surface_that_disagrees_is_red_and_says_in_what(registered, shown, fault):
    registered["JSON"] = lambda round_, at: shown
    round_ = make_round()

    report = reported(round_)

    assert f"Closing, JSON: {fault} {preflight.MEND}" in report.faults


@pytest.mark.parametrize("name", sorted(preflight.EXPECTED))
def test_surface_that_tells_nothing_is_red(registered, name):
    registered[name] = lambda round_, at: Shown(closes_at=None, accepts=None)

    faults = reported(make_round()).faults

    assert any(fault.startswith(f"Opening, {name}: It ") for fault in faults)
    assert all(fault.endswith(preflight.MEND) for fault in faults)


@pytest.mark.parametrize(
    ("left_out", "fault"),
    [
        ({"closes_at": None}, "It tells no deadline."),
        ({"accepts": None}, "It does not say whether it takes applications."),
        ({"words": ""}, "It does not write the deadline in words."),
    ],
)
def test_surface_that_leaves_one_thing_out_is_red(registered, left_out, fault):
    whole = registered["page of the round"]
    registered["page of the round"] = lambda round_, at: replace(whole(round_, at), **left_out)

    faults = reported(make_round()).faults

    assert f"Opening, page of the round: {fault} {preflight.MEND}" in faults


def test_place_of_job_postings_owes_nothing_of_a_round_that_offers_none(registered):
    registered["structured data"] = lambda round_, at: Shown(closes_at=None, accepts=None)

    assert reported(make_round(is_demonstration=True)).green


def test_surface_that_breaks_is_a_red_line_and_no_error_of_the_page(registered):
    def broken(round_: RecruitmentRound, at: datetime) -> Shown:
        raise KeyError("a missing word")

    registered["Atom feed"] = broken

    faults = reported(make_round()).faults

    assert len(faults) == 4
    assert all("Atom feed: It broke." in fault for fault in faults)


def test_surface_that_is_missing_is_red(registered):
    del registered["confirmation mail"]

    (fault,) = reported(make_round()).faults

    assert fault.endswith("Not asked: confirmation mail. Tell the developers.")


@pytest.mark.parametrize(
    ("changes", "at", "name"),
    [
        ({"published_at": None}, CLOSES_AT, "Deadline"),
        ({"posts": None}, AT, "Posts"),
        ({"departure_season": "summer 2024"}, AT, "Departure"),
        ({"published_at": None, "opens_at": None}, CLOSES_AT, "Opening"),
    ],
)
def test_check_that_fails_is_red_and_says_what_to_mend(changes, at, name):
    report = reported(make_round(**changes), at)

    red = {check.name: check for check in report.checks if not check.green}
    assert red[name].mend


def test_instant_that_is_not_that_of_its_wall_time_is_red():
    round_ = make_round()
    RecruitmentRound.objects.update(closes_time=time(17, 0))

    red = [check.name for check in reported(round_).checks if not check.green]

    assert red == ["Date, time and zone"]


def test_round_without_a_post_is_red():
    round_ = make_round()
    Vacancy.objects.all().delete()

    red = [check.mend for check in reported(round_).checks if not check.green]

    assert red == ["Add at least one post."]


def test_publishing_is_refused_while_the_preflight_is_red(registered):
    staff = User.objects.create_user("staff@jet.example", is_staff=True)
    round_ = make_round(published_at=None)
    registered["iCalendar"] = lambda round_, at: Shown(CLOSES_AT - TICK, accepts=None)

    with pytest.raises(Refused, match=r"^The pre-flight is red\. Opening - 1 second, iCalendar: "):
        rounds.publish(round_.pk, by=staff, at=AT)

    round_.refresh_from_db()
    assert round_.published_at is None


# --- the command ----------------------------------------------------------------------------------


def test_command_says_green_of_a_right_round(time_machine):
    time_machine.move_to(AT, tick=False)
    round_ = make_round()
    out = StringIO()

    call_command("drill_round", round_.slug, stdout=out)

    lines = out.getvalue().splitlines()
    assert lines[-1] == "Green: every place tells one deadline."
    assert f"Closing - 1 microsecond, {(CLOSES_AT - TICK).isoformat()}: open" in lines
    assert lines.count("  green verdict of sending") == 4


def test_command_ends_with_an_error_where_a_line_is_red(time_machine):
    time_machine.move_to(AT, tick=False)
    round_ = make_round(posts=None)
    out = StringIO()

    with pytest.raises(CommandError, match="Red: 1 to mend"):
        call_command("drill_round", round_.slug, stdout=out)

    assert "RED   Posts: " in out.getvalue()


def test_command_names_an_address_that_is_not_there():
    with pytest.raises(CommandError, match="There is no round at sea-nowhere"):
        call_command("drill_round", "sea-nowhere")
