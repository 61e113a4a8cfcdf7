"""The list of rounds by what the address asks for, and the past of SEA by sport."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from jetportal.pagecache import generations, middleware
from jetportal.pagecache.middleware import store
from positions.addresses import address_part
from positions.domain import catalogue
from positions.models import ContractingOrganization, RecruitmentRound, Sport
from tests.factories import CLOSES_AT, OPENS_AT, make_round, make_vacancy

pytestmark = pytest.mark.django_db

AT = OPENS_AT + timedelta(days=5)


@pytest.fixture(autouse=True)
def at(time_machine):
    def move(instant: datetime) -> None:
        time_machine.move_to(instant, tick=False)

    move(AT)
    return move


def make_sea(title: str, *posts: tuple[str | None, str], **changes) -> RecruitmentRound:
    """Store a round with a post for each sport (None: to be announced) and prefecture."""
    round_ = make_round(slug=f"sea-{title}", title=title, **changes)
    round_.vacancies.all().delete()
    for number, (sport, prefecture) in enumerate(posts, 1):
        make_vacancy(
            round_,
            number=number,
            sport=Sport.objects.get_or_create(name=sport)[0] if sport else None,
            prefecture=prefecture,
        )
    return round_


@pytest.fixture
def three_rounds():
    make_sea("bows", ("Archery", "Ehime"))
    make_sea("both", ("Baseball", "Osaka"), ("Field hockey", "Ehime"))
    make_sea("later", (None, ""))
    make_round(slug="annual-2026", title="annual", opens_at=None, closes_at=CLOSES_AT)


def titles(response) -> set[str]:
    return {row.title for row in response.context["rows"]}


def not_understood(response) -> bool:
    return "We did not understand" in response.content.decode()


@pytest.mark.usefixtures("three_rounds")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"bows", "both", "later", "annual"}),
        ("?sport=archery", {"bows"}),
        ("?sport=field-hockey", {"both"}),
        ("?prefecture=ehime", {"bows", "both"}),
        ("?prefecture=ehime&sport=archery", {"bows"}),
        ("?prefecture=osaka&sport=field-hockey", set()),  # it is played in Ehime
        ("?sport=archery&position=alt", set()),
        ("?sport=archery&state=open&position=sea&prefecture=ehime&zone=Asia/Tokyo", {"bows"}),
        ("?sport=", {"bows", "both", "later", "annual"}),
    ],
)
def test_rounds_are_filtered_by_sport_and_prefecture(client, query, found):
    response = client.get(f"/rounds/{query}")

    assert titles(response) == found
    assert not not_understood(response)


@pytest.mark.usefixtures("three_rounds")
@pytest.mark.parametrize(
    "query",
    [
        "?sport=judo",
        "?sport=Archery",
        "?sport=%00",
        "?sport=<script>alert(1)</script>",
        f"?sport={'x' * 5000}",
        "?prefecture=atlantis",
        "?prefecture=tokyo",  # a real one, in which no round has a post
        "?prefecture=%F0%9F%98%80",
        "?prefecture=%FF%FE",
    ],
)
def test_what_no_round_names_is_left_out_with_a_sentence(client, query):
    response = client.get(f"/rounds/{query}")

    assert titles(response) == {"bows", "both", "later", "annual"}
    assert not_understood(response)
    assert "alert(1)" not in response.content.decode()


@pytest.mark.usefixtures("three_rounds")
def test_a_flood_of_nonsense_is_kept_as_one_page(client):
    for number in range(9):
        client.get(f"/rounds/?sport=nonsense-{number}&prefecture=nowhere-{number}")

    assert len(store) == 1


@pytest.mark.usefixtures("three_rounds")
def test_filtered_pages_are_kept_apart(client, django_assert_num_queries):
    with django_assert_num_queries(6):  # the page with its 4, known sports, known prefectures
        client.get("/rounds/?sport=archery&prefecture=ehime")
    with django_assert_num_queries(3):
        client.get("/rounds/?sport=baseball&prefecture=ehime")

    with django_assert_num_queries(0):
        assert titles_of(client.get("/rounds/?sport=archery&prefecture=ehime")) == ["bows"]
        assert titles_of(client.get("/rounds/?sport=baseball&prefecture=ehime")) == []


def titles_of(response) -> list[str]:
    """Read the titles off the page: a kept one has no context."""
    return re.findall(r'class="row-title"><a href="[^"]+">([^<]+)</a>', response.content.decode())


@pytest.mark.usefixtures("three_rounds")
def test_new_sport_is_told_apart_from_its_first_round_on(client):
    unknown = client.get("/rounds/?sport=judo")
    with transaction.atomic():
        make_sea("mats", ("Judo", "Tokyo"))
        generations.bump()
    middleware.generations.forget()  # the second after which every process looks again is over

    assert not_understood(unknown)
    assert titles_of(client.get("/rounds/?sport=judo")) == ["mats"]
    assert len(titles_of(client.get("/rounds/?sport=nonsense"))) == 5


@pytest.mark.usefixtures("three_rounds")
def test_each_filter_keeps_what_the_others_have_chosen(client):
    found = client.get("/rounds/?sport=archery&state=open&zone=Asia/Tokyo").context["filters"]

    links = {
        filter_.label: {choice.words: choice.url for choice in filter_.choices} for filter_ in found
    }
    assert [*links] == ["By state", "By position", "By sport", "By prefecture"]
    assert links["By sport"] == {
        "Every sport": "?state=open&zone=Asia%2FTokyo",
        "Archery": "?state=open&sport=archery&zone=Asia%2FTokyo",
        "Baseball": "?state=open&sport=baseball&zone=Asia%2FTokyo",
        "Field hockey": "?state=open&sport=field-hockey&zone=Asia%2FTokyo",
    }
    assert links["By state"]["Past"] == "?state=past&sport=archery&zone=Asia%2FTokyo"
    chosen = [choice.words for filter_ in found for choice in filter_.choices if choice.chosen]
    assert chosen == ["Open now", "Every position", "Archery", "Every prefecture"]


def test_filters_with_nothing_to_choose_are_not_shown(client):
    make_round()

    found = client.get("/rounds/").context["filters"]

    assert [filter_.label for filter_ in found] == ["By state", "By position"]
    assert "Archived" not in [choice.words for choice in found[0].choices]


def test_archived_rounds_leave_the_list_and_stay_readable(client):
    make_sea("old", ("Kendo", "Nara"), opens_at=None, closes_at=OPENS_AT, archived_at=OPENS_AT)
    make_round(title="new")

    response = client.get("/rounds/")

    assert titles(response) == {"new"}
    assert titles(client.get("/rounds/?state=past")) == set()
    assert titles(client.get("/rounds/?state=archived")) == {"old"}
    assert titles(client.get("/rounds/?state=archived&sport=kendo")) == {"old"}
    assert client.get("/rounds/sea-old/").status_code == 200


def test_organization_brings_its_prefecture(client):
    round_ = make_round(title="office")
    place = ContractingOrganization.objects.create(name="City of Ōtsu", prefecture="Shiga")
    round_.vacancies.update(organization=place)

    assert titles(client.get("/rounds/?prefecture=shiga")) == {"office"}


def test_past_rounds_of_sea_are_shown_by_sport(client):
    catalogue.load()
    ended = {"opens_at": None, "closes_at": OPENS_AT}
    make_sea("both", ("Baseball", "Osaka"), ("Archery", "Ehime"), **ended)
    make_sea("bows", ("Archery", "Ehime"), opens_at=None, closes_at=AT)

    response = client.get("/positions/sea/")

    past = [(sport, [row.title for row in rows]) for sport, rows in response.context["past"]]
    assert past == [
        ("Archery", ["bows", "both"]),
        ("Baseball", ["both"]),
        ("Sport to be announced", ["Sports Exchange Advisor, summer 2024 departures"]),
    ]
    headings = re.findall(r"<h([34])[^>]*>(?:<a[^>]*>)?([^<]+)", response.content.decode())
    assert ("3", "Archery") in headings
    assert ("4", "bows") in headings


@pytest.mark.parametrize(
    ("name", "part"),
    [("Field hockey", "field-hockey"), ("柔道", "柔道"), ("Ski & snow", "ski-snow")],
)
def test_sports_are_written_in_addresses_as_people_would(name, part):
    assert address_part(name) == part
