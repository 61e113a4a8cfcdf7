"""A notice from Japan becomes an open round: one form at the desk, read back, then published."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from jetportal.accounts.models import User
from positions.deadlines import end_of_minute
from positions.models import ContractingOrganization, RecruitmentRound, RoundState, Sport
from tests.factories import make_position_type, make_round, make_vacancy
from tests.services import wait_until

pytestmark = pytest.mark.django_db

MARCH = datetime(2024, 3, 1, 20, 0, tzinfo=UTC)
APRIL_12 = {"closes_weekday": "4", "closes_on": "2024-04-12", "closes_time": "23:59"}
APRIL_6 = datetime(2024, 4, 6, 10, 0, tzinfo=UTC)
RIGHTS = [f"{right}_recruitmentround" for right in ("add", "change", "view", "publish")]


def page(name: str, *args: object) -> str:
    return reverse(f"admin:positions_recruitmentround_{name}", args=args)


@pytest.fixture(autouse=True)
def in_march_2024(settings):
    """The desk without its second factor, on the day the notice arrives."""
    settings.DEMO = True
    with time_machine.travel(MARCH, tick=False) as clock:
        yield clock


@pytest.fixture
def staff() -> Client:
    make_position_type("SEA")
    user = User.objects.create_user("staff@jet.example", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=RIGHTS))
    client = Client()
    client.force_login(user)
    return client


def notice(**changes: str) -> dict[str, str]:
    """The published facts of 2024: no sport, no place, no opening date."""
    return {
        "departure_season": "summer 2024",
        "posts": "2",
        "sport": "",
        "new_sport": "",
        "organization": "",
        "new_organization": "",
        "prefecture": "",
        "documents_asked": "",
        "special_requirements": "",
        "closes_weekday": "4",
        "closes_on": "2024-04-05",
        "closes_time": "23:59",
        "zone": "Pacific/Honolulu",
        "opens_on": "",
        "opens_time": "",
        "slug": "",
        "source": "",
        **changes,
    }


def publish(staff: Client, round_: RecruitmentRound, *, follow: bool = False, **answers: str):
    """Read the page and press its button."""
    read = staff.get(page("publish", round_.pk)).context["read"]
    return staff.post(page("publish", round_.pk), {**answers, "read": read}, follow=follow)


def text_of(response) -> str:
    return response.content.decode().replace("\xa0", " ")


def test_round_of_2024_opens_from_its_facts_alone(staff):
    checked = staff.post(page("notice"), notice())
    saved = staff.post(page("notice_confirm"), notice())
    round_ = RecruitmentRound.objects.get()
    preflight = staff.get(saved.url)
    published = publish(staff, round_)

    assert checked.status_code == 200
    assert not preflight.context["report"].faults
    assert published.url == page("change", round_.pk)
    round_.refresh_from_db()
    assert (round_.slug, round_.title) == (
        "sea-2024-summer",
        "Sports Exchange Advisor, summer 2024 departures",
    )
    assert (round_.closes_at, round_.opens_at, round_.published_at) == (APRIL_6, None, MARCH)
    assert list(round_.vacancies.values_list("key", "posts", "sport", "organization")) == [
        ("sea-2024-summer/sea/1", 2, None, None)
    ]
    assert round_.state(MARCH) == RoundState.OPEN
    public = reverse("positions:round", args=[round_.slug])
    wait_until(lambda: Client().get(public).status_code == 200, "the page of the round")


def test_facts_are_read_back_in_words_of_every_zone_before_anything_is_saved(staff):
    text = text_of(staff.post(page("notice"), notice()))

    for words in (
        "Applications must reach us by Friday, April 5, 2024, 11:59 PM HST (Hawaii Standard Time).",
        "Sports Exchange Advisor, summer 2024 departures",
        "/rounds/sea-2024-summer/",
        "2. Sport and place to be announced",
        "Saturday, April 6, 2024, 9:59 AM UTC",
        "Saturday, April 6, 2024, 5:59 AM EDT",
        "Saturday, April 6, 2024, 4:59 AM CDT",
        "Saturday, April 6, 2024, 3:59 AM MDT",
        "Saturday, April 6, 2024, 2:59 AM PDT",
        "Saturday, April 6, 2024, 1:59 AM AKDT",
        "Saturday, April 6, 2024, 6:59 PM JST",
        "Saturday, April 6, 2024, 7:59 PM ChST",
    ):
        assert words in text
    assert not RecruitmentRound.objects.exists()


THURSDAY = "April 5, 2024 is a Friday, not a Thursday. Look at the notice again."


@pytest.mark.parametrize("name", ["notice", "notice_confirm"])
@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"closes_weekday": "3"}, "closes_weekday", THURSDAY),
        ({"closes_weekday": ""}, "closes_weekday", "Fill this in."),
        ({"closes_weekday": "8"}, "closes_weekday", "Choose one of the answers offered here."),
        (
            {"closes_on": "2024-03-01", "closes_time": "09:59"},
            "closes_on",
            "Friday, March 1, 2024, 9:59\xa0AM\xa0HST is over. Choose a later deadline.",
        ),
        ({"opens_on": "2024-04-06"}, "closes_on", "The deadline must be after the opening"),
        ({"opens_time": "08:00"}, "opens_on", "Give the date as well"),
        ({"posts": "0"}, "posts", "Write 1 or more."),
        ({"posts": ""}, "posts", "Fill this in."),
        ({"departure_season": "summer"}, "departure_season", "Name the year of departure as well"),
        ({"slug": "annual-2024"}, "slug", "The address begins with sea-"),
        ({"new_organization": "Ehime City"}, "prefecture", "Say in which prefecture it is."),
        ({"prefecture": "Atlantis"}, "prefecture", "Choose one of the answers offered here."),
        ({"new_sport": "null\x00byte"}, "new_sport", "a character that cannot be kept"),
        ({"zone": "Mars/Olympus"}, "zone", "Choose one of the answers offered here."),
    ],
)
def test_mistake_is_told_beside_its_field_and_nothing_is_saved(staff, name, changes, field, words):
    response = staff.post(page(name), notice(**changes))

    errors = dict(response.context["form"].errors)
    assert response.status_code == 409
    assert list(errors) == [field]
    assert words in errors[field][0]
    assert not RecruitmentRound.objects.exists()


def test_weekday_that_contradicts_its_date_is_refused_in_the_draft_too(staff):
    round_ = make_round(slug="sea-2024-summer", published_at=None, opens_at=None, closes_at=APRIL_6)
    post = round_.vacancies.get()
    answers = {
        "title": round_.title,
        "departure_season": "summer 2024",
        "closes_weekday": "3",
        "closes_on": "2024-04-05",
        "closes_time": "23:59",
        "zone": "Pacific/Honolulu",
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

    response = staff.post(page("change", round_.pk), answers)

    errors = response.context["adminform"].form.errors
    assert errors == {"closes_weekday": [THURSDAY]}


def test_second_round_at_the_address_is_refused_with_another_one_to_use(staff):
    make_round(slug="sea-2024-summer")
    make_round(slug="sea-2024-summer-2")

    refused = staff.post(page("notice"), notice())
    taken = staff.post(page("notice_confirm"), notice(slug="sea-2024-summer-3"))

    told = (
        "There is a round at sea-2024-summer already. Look whether it is this one; if the notice "
        "is another, write sea-2024-summer-3."
    )
    assert dict(refused.context["form"].errors) == {"slug": [told]}
    assert taken.status_code == 302
    assert RecruitmentRound.objects.filter(slug="sea-2024-summer-3").exists()


def test_sport_and_organization_new_to_us_are_stored_with_the_draft(staff):
    facts = {"new_sport": "Archery", "new_organization": "Ehime Board", "prefecture": "Ehime"}

    staff.post(page("notice"), notice(**facts))
    assert not Sport.objects.exists()
    staff.post(page("notice_confirm"), notice(**facts))

    post = RecruitmentRound.objects.get().vacancies.get()
    assert (post.sport.name, str(post.organization)) == ("Archery", "Ehime Board, Ehime")
    assert post.prefecture == ""


@pytest.mark.parametrize(
    ("facts", "title"),
    [
        ({"new_sport": "Judo"}, "Sports Exchange Advisor, Judo, summer 2024 departures"),
        ({"prefecture": "Ehime"}, "Sports Exchange Advisor, Ehime, summer 2024 departures"),
        (
            {"new_sport": "Judo", "prefecture": "Ehime"},
            "Sports Exchange Advisor, Judo, Ehime, summer 2024 departures",
        ),
        (
            {"new_sport": "J" * 60, "departure_season": "s" * 35 + " 2024", "slug": "sea-2024"},
            f"Sports Exchange Advisor, {'s' * 35} 2024 departures",
        ),
    ],
)
def test_title_tells_rounds_of_one_season_apart(staff, facts, title):
    staff.post(page("notice_confirm"), notice(**facts))

    assert RecruitmentRound.objects.get().title == title


def test_sport_and_organization_known_to_us_are_not_doubled(staff):
    archery = Sport.objects.create(name="Archery")
    board = ContractingOrganization.objects.create(name="Ehime Board", prefecture="Ehime")
    facts = {"new_sport": "archery", "organization": str(board.pk)}

    staff.post(page("notice_confirm"), notice(**facts))

    post = RecruitmentRound.objects.get().vacancies.get()
    assert (post.sport, post.organization) == (archery, board)
    assert (Sport.objects.count(), ContractingOrganization.objects.count()) == (1, 1)


def test_prefecture_is_the_place_while_the_organization_is_to_be_announced(staff):
    staff.post(page("notice_confirm"), notice(new_sport="Archery", prefecture="Ehime"))

    post = RecruitmentRound.objects.get().vacancies.get()
    assert (post.organization, post.prefecture, post.place) == (None, "Ehime", "Ehime")


def test_two_answers_to_one_question_are_refused(staff):
    archery = Sport.objects.create(name="Archery")
    board = ContractingOrganization.objects.create(name="Ehime Board", prefecture="Ehime")
    facts = {"sport": str(archery.pk), "new_sport": "Judo", "organization": str(board.pk)}

    response = staff.post(page("notice"), notice(**facts, prefecture="Osaka"))

    assert dict(response.context["form"].errors) == {
        "new_sport": ["Choose Archery or write another sport, not both."],
        "prefecture": ["Ehime Board is in Ehime. Correct one of the two."],
    }


def test_facts_can_be_corrected_after_they_were_read_back(staff):
    response = staff.post(page("notice_again"), notice(posts="7", documents_asked="Two letters"))

    form = response.context["form"]
    assert response.status_code == 200
    assert (form["posts"].value(), form["documents_asked"].value()) == ("7", "Two letters")
    assert not form.errors


# --- a round like a past one ----------------------------------------------------------------------


def past_round() -> RecruitmentRound:
    sport = Sport.objects.create(name="Baseball")
    round_ = make_round(
        slug="sea-2023-summer",
        closes_at=end_of_minute(datetime(2023, 4, 7, 23, 59)),
        opens_at=None,
        published_at=datetime(2023, 3, 1, tzinfo=UTC),
        special_requirements="A license",
        purpose_max_words=400,
    )
    round_.vacancies.update(sport=sport, prefecture="Osaka")
    make_vacancy(round_, number=2, posts=1, sport=sport, prefecture="Hokkaido")
    return round_


def test_clone_brings_the_facts_of_a_past_round_without_its_dates(staff):
    past_round()

    form = staff.get(page("notice") + "?copy=sea-2023-summer").context["form"]

    empty = ("departure_season", "closes_weekday", "closes_on", "opens_on", "opens_time", "slug")
    assert {name for name in empty if form[name].value()} == set()
    assert (form["posts"].value(), form["prefecture"].value()) == (2, "Osaka")
    assert form["special_requirements"].value() == "A license"


def test_clone_takes_over_the_limits_and_the_further_posts(staff):
    past_round()

    staff.post(page("notice_confirm"), notice(source="sea-2023-summer", prefecture="Osaka"))

    round_ = RecruitmentRound.objects.get(slug="sea-2024-summer")
    assert (round_.purpose_max_words, round_.published_at) == (400, None)
    assert list(round_.vacancies.values_list("number", "posts", "prefecture")) == [
        (1, 2, "Osaka"),
        (2, 1, "Hokkaido"),
    ]


def test_clone_of_a_round_that_is_not_there_is_not_found(staff):
    assert staff.get(page("notice") + "?copy=sea-1999").status_code == 404
    assert staff.get(page("notice") + "?copy=%00").status_code == 200


def test_annual_cycle_like_a_past_one_begins_without_dates(staff):
    make_round(slug="annual-2023", purpose_max_words=400, title="Annual cycle")

    form = staff.get(page("add") + "?copy=annual-2023").context["adminform"].form

    assert (form["kind"].value(), form["purpose_max_words"].value()) == ("annual", 400)
    assert (form["closes_on"].value(), form["opens_on"].value()) == (None, None)
    assert not form["departure_season"].value()


# --- scheduled, archived --------------------------------------------------------------------------


def a_draft(**changes) -> RecruitmentRound:
    values = {"slug": "sea-2024-summer", "opens_at": None, "closes_at": APRIL_6}
    return make_round(**{**values, "published_at": None, **changes})


def test_round_is_published_at_a_time_and_seen_from_then_on(staff, in_march_2024):
    round_ = a_draft()
    public = reverse("positions:round", args=[round_.slug])

    response = publish(staff, round_, shown_on="2024-03-04", shown_time="09:00", follow=True)

    round_.refresh_from_db()
    shown_from = datetime(2024, 3, 4, 19, 0, tzinfo=UTC)
    assert round_.published_at == shown_from
    assert round_.state(MARCH) == RoundState.SCHEDULED
    assert "Everybody sees it from Monday, March 4, 2024, 9:00 AM HST on." in text_of(response)
    assert Client().get(public).status_code == 404
    in_march_2024.move_to(shown_from)
    assert Client().get(public).status_code == 200


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"shown_on": "2024-02-29"}, "is over. Leave it empty to publish now."),
        ({"shown_on": "2024-04-06"}, "The deadline is before that"),
        ({"shown_on": "2024-03-21"}, "The round opens before that"),
        ({"shown_time": "09:00"}, "Give the date as well"),
        ({"shown_on": "9999-12-31", "shown_time": "23:59"}, "The year 9999 is not likely."),
        ({"shown_on": "0001-01-01"}, "The year 1 is not likely."),
    ],
)
def test_time_of_publishing_that_cannot_be_is_told_beside_it(staff, answers, words):
    opening = datetime(2024, 3, 20, 10, tzinfo=UTC)
    round_ = a_draft(opens_at=opening if answers.get("shown_on") == "2024-03-21" else None)

    response = publish(staff, round_, **answers)

    assert response.status_code == 409
    assert words in response.context["form"].errors["shown_on"][0]
    round_.refresh_from_db()
    assert round_.published_at is None


def test_scheduled_round_is_taken_back_and_a_visible_one_is_not(staff):
    later = a_draft(published_at=datetime(2024, 3, 4, tzinfo=UTC))
    seen = a_draft(slug="sea-2024-autumn", published_at=MARCH)

    assert staff.get(page("take_back", later.pk)).status_code == 200
    taken = staff.post(page("take_back", later.pk))
    refused = staff.post(page("take_back", seen.pk))

    assert (taken.status_code, refused.status_code) == (302, 409)
    later.refresh_from_db()
    seen.refresh_from_db()
    assert (later.published_at, seen.published_at) == (None, MARCH)


@pytest.mark.parametrize("name", ["extend", "cancel"])
def test_scheduled_round_is_neither_extended_nor_cancelled(staff, name):
    later = a_draft(published_at=datetime(2024, 3, 4, tzinfo=UTC))
    answers = {**APRIL_12, "reason": "A storm."}

    response = staff.post(page(name, later.pk), answers)

    assert response.status_code == 409
    assert "Nobody has seen this round yet" in text_of(response)


def test_archived_round_stays_readable_and_leaves_the_lists(staff):
    round_ = past_round()
    public = reverse("positions:round", args=[round_.slug])
    lists = reverse("positions:rounds")
    assert public in Client().get(lists).content.decode()

    response = staff.post(page("archive", round_.pk))

    round_.refresh_from_db()
    assert response.url == page("change", round_.pk)
    assert round_.state(MARCH) == RoundState.ARCHIVED
    wait_until(lambda: public not in Client().get(lists).content.decode(), "the list without it")
    assert "Applications are closed" in Client().get(public).content.decode()
    assert round_.slug not in staff.get(page("changelist")).content.decode()
    staff.post(page("bring_back", round_.pk))
    wait_until(lambda: public in Client().get(lists).content.decode(), "the list with it")


def test_only_what_is_over_is_archived_and_an_archived_round_is_not_extended(staff):
    running, over = a_draft(published_at=MARCH), past_round()
    over.archived_at = MARCH
    over.save()
    answers = {**APRIL_12, "reason": "A storm."}

    refused = staff.post(page("archive", running.pk))
    extended = staff.post(page("extend", over.pk), answers)

    assert refused.status_code == extended.status_code == 409
    assert "Only a round that is over is archived." in text_of(refused)
    assert "This round is archived. Bring it back first." in text_of(extended)


@pytest.mark.parametrize("name", ["notice", "notice_again", "notice_confirm"])
def test_whoever_may_not_add_rounds_takes_in_no_notice(name):
    reader = User.objects.create_user("reader@jet.example", is_staff=True)
    client = Client()
    client.force_login(reader)

    assert client.post(page(name), notice()).status_code == 403


@pytest.mark.parametrize("sports", [1, 3])
def test_notice_takes_a_fixed_number_of_queries(staff, django_assert_num_queries, sports):
    for number in range(sports):
        Sport.objects.create(name=f"Sport {number}")

    with django_assert_num_queries(7):
        staff.get(page("notice"))


@pytest.mark.parametrize("posts", [1, 3])
def test_preflight_takes_a_fixed_number_of_queries(staff, django_assert_num_queries, posts):
    round_ = a_draft()
    for number in range(2, posts + 1):
        make_vacancy(round_, number=number, posts=1)

    with django_assert_num_queries(18):
        staff.get(page("publish", round_.pk))


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/rounds/", "/positions/sea/", "/rounds/feed.atom", "/rounds/deadlines.ics"),
        *("/api/v1/rounds.json", "/sitemap.xml"),
    ],
)
def test_scheduled_round_is_seen_nowhere_before_its_time(path, in_march_2024):
    round_ = a_draft(published_at=datetime(2024, 3, 4, tzinfo=UTC), title="The hidden round")
    make_position_type("SEA")

    before = Client().get(path).content.decode()
    in_march_2024.move_to(round_.published_at)
    after = Client().get(path).content.decode()

    assert (round_.slug in before, round_.title in before) == (False, False)
    assert round_.slug in after


@pytest.mark.parametrize("path", ["", "deadline.ics"])
def test_own_addresses_of_a_scheduled_round_are_not_found_before_its_time(path):
    round_ = a_draft(published_at=datetime(2024, 3, 4, tzinfo=UTC))

    assert Client().get(f"/rounds/{round_.slug}/{path}").status_code == 404
