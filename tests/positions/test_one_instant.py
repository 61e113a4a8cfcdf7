"""One round, one instant: what every surface says of a deadline, at its edges, in eight zones."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from positions.deadlines import last_minute
from positions.feeds.readings import closing, instant_in
from positions.models import RecruitmentRound
from positions.surfaces import Shown, register, registered
from tests.factories import make_round

pytestmark = pytest.mark.django_db

TICK = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
OURS = (
    "page of the round",
    "list of rounds",
    "JSON",
    "Atom feed",
    "iCalendar",
    "structured data",
)
SILENT = {"Atom feed", "iCalendar"}  # they name no state, so that a copy of them stays true

# Address, zone of the round, opening and end: in Hawaii, in the autumn night in which the clocks of
# America go back (in Denver that minute comes twice), and on the other side of the world.
ROUNDS = {
    "sea-2024-summer": (
        "Pacific/Honolulu",
        datetime(2024, 2, 20, 10, 0, tzinfo=UTC),
        datetime(2024, 4, 6, 10, 0, tzinfo=UTC),
    ),
    "annual-2025": (
        "America/New_York",
        datetime(2024, 9, 23, 4, 0, tzinfo=UTC),
        datetime(2024, 11, 3, 8, 0, tzinfo=UTC),
    ),
    "sea-2025-spring": (
        "Australia/Sydney",
        datetime(2024, 8, 1, 14, 0, tzinfo=UTC),
        datetime(2024, 10, 4, 7, 0, tzinfo=UTC),
    ),
}
# Ends of rounds in every zone: 11:59 PM in Hawaii, and around the change of clocks.
BEFORE = datetime(2024, 1, 1, tzinfo=UTC)
SPRING = datetime(2024, 4, 6, 10, 0, tzinfo=UTC)
AUTUMN = datetime(2024, 11, 16, 10, 0, tzinfo=UTC)
WINTER = datetime(2025, 3, 10, 4, 0, tzinfo=UTC)
EIGHT_ZONES = (
    "Pacific/Honolulu",
    "America/Anchorage",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "Pacific/Guam",
    "Asia/Tokyo",
)


@pytest.fixture(params=ROUNDS)
def round_(request) -> RecruitmentRound:
    zone, opens_at, closes_at = ROUNDS[request.param]
    make_round(
        slug=request.param,
        zone=zone,
        opens_at=opens_at,
        closes_at=closes_at,
        published_at=opens_at - timedelta(days=9),
    )
    return RecruitmentRound.objects.with_vacancies().get()


def shown(round_: RecruitmentRound, at: datetime) -> dict[str, Shown]:
    return {name: surface(round_, at) for name, surface in registered().items() if name in OURS}


def test_every_surface_of_this_app_is_registered():
    assert [name for name in registered() if name in OURS] == list(OURS)


def test_a_name_is_given_to_one_surface():
    register("JSON", registered()["JSON"])

    with pytest.raises(ValueError, match="'JSON'"):
        register("JSON", registered()["iCalendar"])


@pytest.mark.parametrize("moment", ["opening", "middle", "end"])
def test_every_surface_names_one_instant_in_one_sentence(round_, moment):
    at = {
        "opening": round_.opens_at,
        "middle": round_.opens_at + timedelta(days=3),
        "end": round_.closes_at - TICK,
    }[moment]

    told = shown(round_, at)

    silent = set() if round_.kind == "sea" else {"structured data"}
    assert {name for name, said in told.items() if said.closes_at is None} == silent
    spoken = [said for name, said in told.items() if name not in silent]
    assert {said.closes_at for said in spoken} == {round_.closes_at}
    assert {said.words for said in spoken} == {round_.deadline}
    assert {instant_in(said.words, round_) for said in spoken} == {round_.closes_at}


@pytest.mark.parametrize(
    ("edge", "offset", "accepted"),
    [
        ("opens_at", -SECOND, False),
        ("opens_at", -TICK, False),
        ("opens_at", 0 * SECOND, True),
        ("closes_at", -TICK, True),
        ("closes_at", 0 * SECOND, False),
    ],
)
def test_every_surface_opens_and_closes_at_the_microsecond(round_, edge, offset, accepted):
    at = getattr(round_, edge) + offset
    silent = SILENT if round_.kind == "sea" else {*SILENT, "structured data"}

    told = {name: said.accepts for name, said in shown(round_, at).items()}

    assert round_.accepts(at) is accepted
    assert told == {name: None if name in silent else accepted for name in OURS}


def test_cancelled_round_is_open_on_no_surface(round_):
    round_.cancelled_at = round_.opens_at + timedelta(days=1)

    told = shown(round_, round_.cancelled_at)

    assert True not in {said.accepts for said in told.values()}
    assert told["JSON"].accepts is False


@pytest.mark.parametrize("zone", EIGHT_ZONES)
def test_three_rounds_held_in_eight_zones_name_one_instant_each_on_every_surface(zone):
    ends = {"sea-2024-summer": SPRING, "annual-2025": AUTUMN, "sea-2025-spring": WINTER}
    for slug, closes_at in ends.items():
        make_round(slug=slug, zone=zone, opens_at=None, closes_at=closes_at, published_at=BEFORE)
    rounds = RecruitmentRound.objects.with_vacancies()

    told = {
        round_.slug: {
            (end, instant_in(said.words, round_))
            for said in shown(round_, round_.closes_at - TICK).values()
            if (end := said.closes_at)
        }
        for round_ in rounds
    }

    assert told == {slug: {(closes_at, closes_at)} for slug, closes_at in ends.items()}


@pytest.mark.parametrize("zone", EIGHT_ZONES)
@pytest.mark.parametrize(
    ("address", "beginning"),
    [
        ("/rounds/{}/", "The same moment for you"),
        ("/rounds/?state=open", "For you:"),
        ("/", "The same moment for you"),
    ],
)
def test_page_names_the_same_instant_in_the_zone_of_the_reader(
    round_, zone, address, beginning, time_machine
):
    time_machine.move_to(round_.opens_at, tick=False)

    page = Client().get(address.format(round_.slug), {"zone": zone, "state": "open"})

    there, abbreviation = reader_says(page.content.decode(), beginning)
    last = last_minute(closing(page.content.decode()))
    twice = [there.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1)]
    meant = {local.astimezone(UTC) for local in twice if local.tzname() == abbreviation}
    assert meant == {last} == {last_minute(round_.closes_at)}


def reader_says(page: str, beginning: str) -> tuple[datetime, str]:
    """Return wall time and zone on the reader's clock; its weekday must be that of its date."""
    words = page.split(beginning)[1].replace("\u00a0", " ")
    words = " ".join(unescape(re.sub(r"<[^>]+>", " ", words)).split())
    date = r"(\w+day), (\w+ \d+, \d{4}),? (\d+:\d\d) ([AP]M)"
    zone = r"(?:(?:\w+ ){2,3}Time \()?(\w+)"
    weekday, *parts, abbreviation = re.match(f"{date} {zone}", words).groups()
    wall = datetime.strptime(" ".join(parts), "%B %d, %Y %I:%M %p")  # noqa: DTZ007  wall time
    assert f"{wall:%A}" == weekday
    return wall, abbreviation


def test_surfaces_speak_of_a_draft_as_it_will_be(round_):
    RecruitmentRound.objects.update(published_at=None)
    draft = RecruitmentRound.objects.with_vacancies().get()
    draft.published_at = draft.opens_at - timedelta(days=1)

    assert {said.closes_at for said in shown(draft, draft.opens_at).values()} <= {
        round_.closes_at,
        None,
    }
    assert RecruitmentRound.objects.get().published_at is None
