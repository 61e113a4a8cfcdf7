"""Staff write, check, publish, extend and cancel rounds at the desk."""

from datetime import UTC, date, datetime, time

import pytest
from django.urls import reverse

from positions.models import RecruitmentRound, Sport, Vacancy
from tests.factories import make_position_type
from tests.positions.round_desk import (
    LIST,
    draft,
    edited,
    errors_of,
    in_march_2024,
    notice,
    page,
    published,
    staff,
)

__all__ = ["in_march_2024", "staff"]

pytestmark = pytest.mark.django_db


def test_notice_becomes_a_draft_in_one_form(staff):
    make_position_type("SEA")

    response = staff.post(page("add"), notice())

    round_ = RecruitmentRound.objects.get()
    assert response.url == page("publish", round_.pk)
    assert (round_.slug, round_.published_at, round_.opens_at) == ("sea-2024-summer", None, None)
    assert round_.closes_at == datetime(2024, 4, 6, 10, 0, tzinfo=UTC)
    assert (round_.closes_on, round_.closes_time) == (date(2024, 4, 5), time(23, 59))
    post = round_.vacancies.get()
    assert (post.key, post.posts, post.sport) == ("sea-2024-summer/sea/1", 2, None)


def test_saved_draft_is_read_back_in_words_of_every_zone(staff):
    make_position_type("SEA")

    response = staff.post(page("add"), notice(), follow=True)

    text = response.content.decode().replace("\xa0", " ")
    for words in (
        "Friday, April 5, 2024, 11:59 PM HST",
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


def test_annual_cycle_takes_alt_and_cir_by_itself(staff):
    make_position_type("ALT")
    make_position_type("CIR")
    answers = notice(kind="annual", departure_season="2025", **{"vacancies-0-posts": ""})

    staff.post(page("add"), {**answers, "closes_on": "2024-11-15", "opens_on": "2024-09-23"})

    keys = Vacancy.objects.values_list("round_id", "key")
    assert sorted(keys) == [
        ("annual-2025", "annual-2025/alt/1"),
        ("annual-2025", "annual-2025/cir/1"),
    ]
    assert RecruitmentRound.objects.get().opens_at == datetime(2024, 9, 23, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"closes_on": "2024-02-29"}, "closes_on", "is over. Choose a later deadline."),
        ({"closes_on": "20240-04-05"}, "closes_on", "This is not a date."),
        ({"closes_on": "2044-04-05"}, "closes_on", "The year 2044 is not likely."),
        ({"closes_on": "9999-12-31"}, "closes_on", "The year 9999 is not likely."),
        ({"opens_on": "0001-01-01"}, "opens_on", "The year 1 is not likely."),
        ({"closes_on": ""}, "closes_on", "Fill this in."),
        ({"closes_weekday": ""}, "closes_weekday", "Fill this in."),
        ({"closes_weekday": "3"}, "closes_weekday", "April 5, 2024 is a Friday, not a Thursday."),
        ({"closes_time": "25:00"}, "closes_time", "This is not a time."),
        ({"opens_on": "2024-04-06"}, "closes_on", "The deadline must be after the opening"),
        ({"opens_on": "2020-03-01"}, "opens_on", "is more than a year before the deadline."),
        ({"opens_on": "2023-12-31"}, "opens_on", "is more than 60 days ago. Check the date"),
        ({"opens_time": "08:00"}, "opens_on", "Give the date as well"),
        ({"slug": "summer"}, "slug", "The address begins with sea-"),
        ({"slug": "sea-"}, "slug", "The address begins with sea-"),
        ({"slug": "annual-2024"}, "slug", "The address begins with sea-"),
        ({"departure_season": "夏"}, "slug", "Write the address"),
        ({"zone": "Mars/Olympus"}, "zone", "Choose one of the answers offered here."),
        ({"kind": "other"}, "kind", "Choose one of the answers offered here."),
        ({"purpose_max_words": "0"}, "purpose_max_words", "Write 1 or more."),
        ({"documents_max_megabytes": "11"}, "documents_max_megabytes", "Write 10 or less."),
        ({"title": "null\x00byte"}, "title", "a character that cannot be kept"),
    ],
)
def test_mistake_is_told_beside_its_field_and_nothing_is_stored(staff, changes, field, words):
    make_position_type("SEA")

    response = staff.post(page("add"), notice(**changes))

    errors = errors_of(response)
    assert list(errors) == [field]
    assert words in errors[field][0]
    assert not RecruitmentRound.objects.exists()


@pytest.mark.parametrize(
    ("clock", "day"), [("02:30", "2024-03-10"), ("01:30", "2024-11-03")], ids=["skipped", "twice"]
)
def test_minute_at_which_clocks_change_is_refused(staff, clock, day):
    make_position_type("SEA")
    window = {"closes_on": day, "closes_time": clock, "zone": "America/New_York"}

    response = staff.post(page("add"), notice(**window))

    words = "Clocks in New York change at that time. Choose another minute."
    assert errors_of(response) == {"closes_time": [words]}


def test_taken_address_is_told_beside_its_field(staff):
    published()

    response = staff.post(page("add"), notice(slug="sea-2024-summer"))

    words = "There is one with this Address already."
    assert errors_of(response) == {"slug": [words]}


def test_made_address_steps_aside_for_a_taken_one(staff):
    published()

    staff.post(page("add"), notice())

    slugs = RecruitmentRound.objects.values_list("slug", flat=True)
    assert sorted(slugs) == ["sea-2024-summer", "sea-2024-summer-2"]


@pytest.mark.parametrize(
    ("posts", "told"),
    [("", "Say how many posts there are."), ("0", "Write 1 or more.")],
)
def test_round_without_a_post_is_refused_beside_the_posts(staff, posts, told):
    make_position_type("SEA")

    response = staff.post(page("add"), notice(**{"vacancies-0-posts": posts}))

    assert told in response.content.decode()
    assert not RecruitmentRound.objects.exists()


def test_posts_in_an_annual_cycle_are_refused(staff):
    make_position_type("ALT")
    make_position_type("CIR")

    response = staff.post(page("add"), notice(kind="annual", departure_season="2025"))

    assert "An annual cycle has no posts of its own" in response.content.decode()
    assert not RecruitmentRound.objects.exists()


def test_empty_catalogue_is_told_beside_the_kind(staff):
    response = staff.post(page("add"), notice())

    assert errors_of(response) == {
        "kind": ["The catalogue does not describe SEA yet. Load it first."]
    }


# --- a draft is changed ---------------------------------------------------------------------------


def test_draft_takes_another_window_and_another_post(staff):
    round_ = draft()
    archery = Sport.objects.create(name="Archery")
    changes = {
        "closes_on": "2024-04-12",
        "closes_time": "17:00",
        "zone": "Australia/Sydney",
        "vacancies-TOTAL_FORMS": "2",
        "vacancies-1-posts": "1",
        "vacancies-1-sport": str(archery.pk),
        "vacancies-1-round": round_.slug,
    }

    staff.post(page("change", round_.pk), edited(round_, **changes))

    round_.refresh_from_db()
    assert round_.closes_at == datetime(2024, 4, 12, 7, 1, tzinfo=UTC)
    keys = round_.vacancies.values_list("key", "posts", "sport__name")
    assert list(keys) == [
        ("sea-2024-summer/sea/1", 2, None),
        ("sea-2024-summer/sea/2", 1, "Archery"),
    ]


def test_draft_form_shows_the_opening_on_the_clock_of_its_zone(staff):
    round_ = draft(opens_at=datetime(2024, 3, 10, 10, 30, tzinfo=UTC))

    form = staff.get(page("change", round_.pk)).context["adminform"].form

    assert (form["opens_on"].value(), form["opens_time"].value()) == (
        date(2024, 3, 10),
        time(0, 30),
    )


def test_dates_of_a_round_published_meanwhile_stay_and_the_writer_is_told(staff):
    round_ = published()

    answers = edited(round_, title="A better title", closes_on="2024-03-20")
    response = staff.post(page("change", round_.pk), answers, follow=True)

    before = round_.closes_at
    round_.refresh_from_db()
    assert (round_.title, round_.closes_at) == ("A better title", before)
    assert "published in the meantime" in response.content.decode()


def test_limit_of_a_published_round_grows_but_never_shrinks(staff):
    round_ = published()

    response = staff.post(page("change", round_.pk), edited(round_, purpose_max_words="600"))

    assert errors_of(response) == {
        "purpose_max_words": ["Applicants have been promised 650. It can grow, not shrink."]
    }


def test_draft_is_discarded_with_its_posts(staff):
    round_ = draft()

    staff.get(page("discard", round_.pk))
    response = staff.post(page("discard", round_.pk))

    assert response.url == reverse(LIST)
    assert not RecruitmentRound.objects.exists()
    assert not Vacancy.objects.exists()


def test_published_round_is_never_removed(staff):
    round_ = published()

    discarded = staff.post(page("discard", round_.pk))
    deleted = staff.post(page("delete", round_.pk), {"post": "yes"})

    assert (discarded.status_code, deleted.status_code) == (409, 403)
    assert RecruitmentRound.objects.get() == round_


# --- publish, preview -----------------------------------------------------------------------------
