"""Staff write, check, publish, extend and cancel rounds at the desk."""

import re
from datetime import UTC, date, datetime, time

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from jetportal.accounts.models import User
from positions.deadlines import end_of_minute
from positions.models import RecruitmentRound, RoundChange, Sport, Vacancy
from tests.factories import make_position_type, make_round, make_vacancy
from tests.services import wait_until

pytestmark = pytest.mark.django_db

MARCH = datetime(2024, 3, 1, 20, 0, tzinfo=UTC)
LIST = "admin:positions_recruitmentround_changelist"


def page(name: str, *args: object) -> str:
    return reverse(f"admin:positions_recruitmentround_{name}", args=args)


@pytest.fixture(autouse=True)
def in_march_2024(settings):
    """The desk without its second factor, on the day a notice arrives."""
    settings.DEMO = True
    with time_machine.travel(MARCH, tick=False):
        yield


def staff_with(*codenames: str) -> Client:
    user = User.objects.create_user(f"staff{User.objects.count()}@jet.example", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def staff() -> Client:
    rights = ("add", "change", "view", "delete", "publish")
    return staff_with(*(f"{right}_recruitmentround" for right in rights))


def weekday_of(day: str) -> str:
    """What the form takes for the weekday of a day; any, where there is no such day."""
    return f"{date.fromisoformat(day).weekday()}" if re.fullmatch(r"[0-9]{4}-..-..", day) else "4"


def notice(**changes: str) -> dict[str, str]:
    """The facts of the SEA round of 2024, as the form takes them."""
    return {
        "kind": "sea",
        "slug": "",
        "title": "SEA, summer 2024 departures",
        "departure_season": "summer 2024",
        "summary": "",
        "opens_on": "",
        "opens_time": "",
        "closes_weekday": weekday_of(changes.get("closes_on", "2024-04-05")),
        "closes_on": "2024-04-05",
        "closes_time": "23:59",
        "zone": "Pacific/Honolulu",
        "interview_mode": "",
        "interviews": "",
        "results": "",
        "closing_soon_hours": "72",
        "purpose_max_words": "650",
        "purpose_max_characters": "4000",
        "documents_max_megabytes": "10",
        "vacancies-TOTAL_FORMS": "1",
        "vacancies-INITIAL_FORMS": "0",
        "vacancies-0-posts": "2",
        "vacancies-0-sport": "",
        "vacancies-0-organization": "",
        "vacancies-0-note": "",
        **changes,
    }


def publish(staff: Client, round_: RecruitmentRound):
    """Read the page and press its button."""
    read = staff.get(page("publish", round_.pk)).context["read"]
    return staff.post(page("publish", round_.pk), {"read": read})


def errors_of(response) -> dict[str, list[str]]:
    assert response.status_code == 200, response
    return dict(response.context["adminform"].form.errors)


def draft(**changes) -> RecruitmentRound:
    values = {"slug": "sea-2024-summer", "closes_at": end_of_minute(datetime(2024, 4, 5, 23, 59))}
    return make_round(**{**values, "opens_at": None, "published_at": None, **changes})


def published(**changes) -> RecruitmentRound:
    return draft(published_at=datetime(2024, 2, 1, tzinfo=UTC), **changes)


def edited(round_: RecruitmentRound, **changes: str) -> dict[str, str]:
    post = round_.vacancies.get()
    return notice(
        **{
            "title": round_.title,
            "vacancies-INITIAL_FORMS": "1",
            "vacancies-0-id": str(post.pk),
            "vacancies-0-round": round_.slug,
            **changes,
        }
    )


# --- a notice becomes a draft ---------------------------------------------------------------------


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


def test_publishing_twice_publishes_once_and_says_so(staff):
    round_ = draft()

    first = publish(staff, round_)
    second = publish(staff, round_)

    assert first.url == page("change", round_.pk)
    assert second.status_code == 409
    assert "This round is published already." in second.content.decode()
    round_.refresh_from_db()
    assert round_.published_at == MARCH
    assert (
        "Published. Everybody sees it now."
        in staff.get(page("history", round_.pk)).content.decode()
    )


def test_draft_is_hidden_until_it_is_published(staff):
    round_ = draft()
    public = reverse("positions:round", args=[round_.slug])

    assert Client().get(public).status_code == 404
    publish(staff, round_)

    wait_until(lambda: Client().get(public).status_code == 200, "the published round")


@pytest.mark.parametrize(
    "change",
    [
        lambda round_: RecruitmentRound.objects.update(title="Another title"),
        lambda round_: RecruitmentRound.objects.update(summary="Another text"),
        lambda round_: RecruitmentRound.objects.update(opens_at=MARCH),
        lambda round_: round_.vacancies.update(posts=7),
        lambda round_: round_.vacancies.update(sport=Sport.objects.create(name="Judo")),
        lambda round_: make_vacancy(round_, number=2, posts=1),
        lambda round_: RecruitmentRound.objects.update(
            closes_on=date(2024, 4, 12), closes_at=end_of_minute(datetime(2024, 4, 12, 23, 59))
        ),
    ],
    ids=["title", "text", "opening", "posts", "sport", "another post", "deadline"],
)
def test_draft_that_changed_since_it_was_read_is_shown_again(staff, change):
    round_ = draft()
    read = staff.get(page("publish", round_.pk)).context["read"]
    change(round_)

    refused = staff.post(page("publish", round_.pk), {"read": read})
    unread = staff.post(page("publish", round_.pk))
    round_.refresh_from_db()

    assert (refused.status_code, unread.status_code, round_.published_at) == (409, 409, None)
    assert "Somebody has changed this draft since you read it." in refused.content.decode()
    assert refused.context["read"] != read
    again = staff.post(page("publish", round_.pk), {"read": refused.context["read"]})
    assert again.status_code == 302


def test_preview_is_the_public_page_under_a_banner_and_publishes_nothing(staff):
    round_ = draft()

    response = staff.get(page("preview", round_.pk))

    text = response.content.decode()
    assert "Preview of a draft" in text
    assert "Apply for this round" in text
    assert text.count("<h1") == 1
    assert response.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    round_.refresh_from_db()
    assert round_.published_at is None


# --- extend, cancel -------------------------------------------------------------------------------

LATER = {
    "closes_weekday": "4",
    "closes_on": "2024-04-12",
    "closes_time": "23:59",
    "reason": "The form was down.",
    "until_now": "2024-04-06T10:00:00+00:00",
}


def test_extension_is_read_back_in_words_before_anything_changes(staff):
    round_ = published()

    assert staff.get(page("extend", round_.pk)).status_code == 200
    response = staff.post(page("extend", round_.pk), LATER)

    text = response.content.decode().replace("\xa0", " ")
    assert "Friday, April 12, 2024, 11:59 PM HST" in text
    assert "Saturday, April 13, 2024, 5:59 AM EDT" in text
    assert "The form was down." in text
    assert not RoundChange.objects.exists()


def test_extension_shows_on_the_public_page_with_its_reason(staff):
    round_ = published()
    public = reverse("positions:round", args=[round_.slug])
    assert "April 5, 2024" in Client().get(public).content.decode()

    response = staff.post(page("extend_confirm", round_.pk), LATER)

    assert response.url == page("change", round_.pk)
    round_.refresh_from_db()
    assert round_.closes_at == datetime(2024, 4, 13, 10, 0, tzinfo=UTC)
    assert (round_.closes_on, round_.closes_time) == (date(2024, 4, 12), time(23, 59))

    def shown() -> bool:
        text = Client().get(public).content.decode()
        return "Friday, April 12, 2024" in text and "The form was down." in text

    wait_until(shown, "the extended deadline on the public page")


@pytest.mark.parametrize("name", ["extend", "extend_confirm"])
@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"closes_on": "2024-04-04", "closes_weekday": "3"}, "closes_on", "must be later than"),
        ({"closes_on": "2024-04-05"}, "closes_on", "The deadline is"),
        ({"closes_on": "9999-12-31"}, "closes_on", "The year 9999 is not likely."),
        ({"closes_on": ""}, "closes_on", "Fill this in."),
        ({"closes_weekday": ""}, "closes_weekday", "Fill this in."),
        ({"closes_weekday": "3"}, "closes_weekday", "April 12, 2024 is a Friday, not a Thursday."),
        ({"reason": "  "}, "reason", "Fill this in."),
        ({"reason": "\x00"}, "reason", "a character that cannot be kept"),
    ],
)
def test_extension_is_refused_beside_its_field(staff, name, changes, field, words):
    round_ = published()

    response = staff.post(page(name, round_.pk), {**LATER, **changes})

    assert response.status_code == 409
    errors = response.context["form"].errors
    assert list(errors) == [field]
    assert words in errors[field][0]
    assert not RoundChange.objects.exists()


def test_second_click_on_extend_hears_that_it_is_done(staff):
    round_ = published()

    staff.post(page("extend_confirm", round_.pk), LATER)
    response = staff.post(page("extend_confirm", round_.pk), LATER)

    assert response.status_code == 409
    text = response.content.decode().replace("\xa0", " ")
    assert "The deadline is Friday, April 12, 2024, 11:59 PM HST already." in text
    assert RoundChange.objects.count() == 1


def test_extension_read_against_another_deadline_is_refused(staff):
    round_ = published()
    read = staff.post(page("extend", round_.pk), LATER).context["until_now"]
    tenth = {"closes_weekday": "2", "closes_on": "2024-04-10", "until_now": read}
    staff.post(page("extend_confirm", round_.pk), {**LATER, **tenth})

    refused = staff.post(page("extend_confirm", round_.pk), {**LATER, "until_now": read})
    unread = staff.post(page("extend_confirm", round_.pk), {**LATER, "until_now": ""})

    assert (refused.status_code, unread.status_code) == (409, 409)
    text = refused.content.decode().replace("\xa0", " ")
    told = "Somebody has moved the deadline since you read it, to Wednesday, April 10, 2024, 11:59"
    assert told in text
    assert "Check the new deadline once more." in unread.content.decode()
    assert RoundChange.objects.count() == 1


def test_closed_round_opens_again_when_it_is_extended(staff):
    round_ = published(closes_at=end_of_minute(datetime(2024, 2, 28, 23, 59)))

    until_now = {"until_now": round_.closes_at.isoformat()}
    too_early = {**LATER, "closes_on": "2024-02-29", "closes_weekday": "3", **until_now}
    early = staff.post(page("extend_confirm", round_.pk), too_early)
    staff.post(page("extend_confirm", round_.pk), {**LATER, **until_now})

    assert early.status_code == 409
    assert RecruitmentRound.objects.accepting(MARCH).get() == round_


def test_draft_is_neither_extended_nor_cancelled(staff):
    round_ = draft()

    extended = staff.post(page("extend", round_.pk), LATER)
    cancelled = staff.post(page("cancel", round_.pk), {"reason": "No notice."})

    assert (extended.status_code, cancelled.status_code) == (409, 409)
    assert "change its deadline directly" in extended.content.decode()
    assert "Discard it instead" in cancelled.content.decode()


def test_cancelling_needs_a_reason_and_happens_once(staff):
    round_ = published()

    nameless = staff.post(page("cancel", round_.pk), {"reason": ""})
    first = staff.post(page("cancel", round_.pk), {"reason": "The post was withdrawn."})
    second = staff.post(page("cancel", round_.pk), {"reason": "The post was withdrawn."})

    assert (nameless.status_code, first.status_code, second.status_code) == (409, 302, 409)
    assert "cancelled already" in second.content.decode()
    round_.refresh_from_db()
    assert round_.cancelled_at == MARCH
    assert not round_.accepts(MARCH)


def test_cancelling_a_round_that_is_over_is_meant(staff):
    round_ = published(closes_at=end_of_minute(datetime(2024, 2, 28, 23, 59)))
    answers = {"reason": "The notice was withdrawn."}

    asked = staff.post(page("cancel", round_.pk), answers)
    meant = staff.post(page("cancel", round_.pk), {**answers, "although_over": "on"})

    assert (asked.status_code, meant.status_code) == (409, 302)
    assert list(asked.context["form"].errors) == ["although_over"]
    assert RoundChange.objects.count() == 1


def test_archived_round_is_not_cancelled(staff):
    round_ = published(closes_at=end_of_minute(datetime(2024, 2, 28, 23, 59)), archived_at=MARCH)
    answers = {"reason": "The notice was withdrawn.", "although_over": "on"}

    refused = staff.post(page("cancel", round_.pk), answers)

    assert refused.status_code == 409
    assert "This round is archived. Bring it back first." in refused.content.decode()
    assert not RoundChange.objects.exists()


def test_change_page_shows_what_happened_and_by_whom(staff):
    round_ = published()
    staff.post(page("extend_confirm", round_.pk), LATER)

    response = staff.get(page("change", round_.pk))

    text = response.content.decode().replace("\xa0", " ")
    for words in ("The form was down.", "April 5, 2024, 11:59 PM HST", "@jet.example"):
        assert words in text
    assert text.count("<h1") == 1


# --- who may --------------------------------------------------------------------------------------

ACTIONS = ("publish", "extend", "extend_confirm", "cancel", "discard")


@pytest.mark.parametrize("name", ACTIONS)
def test_page_of_an_action_asks_for_its_permission(name):
    round_ = draft()
    editor = staff_with("add_recruitmentround", "change_recruitmentround", "view_recruitmentround")

    response = editor.post(page(name, round_.pk), {})

    assert response.status_code == 403
    round_.refresh_from_db()
    assert round_.published_at is None


@pytest.mark.parametrize("name", [*ACTIONS, "preview"])
def test_page_of_an_unknown_round_is_not_found(staff, name):
    send = staff.post if name == "extend_confirm" else staff.get

    assert send(page(name, 10**30)).status_code == 404


def test_reader_sees_a_round_and_changes_nothing():
    round_ = draft()
    reader = staff_with("view_recruitmentround")

    seen = reader.get(page("change", round_.pk))
    sent = reader.post(page("change", round_.pk), edited(round_, title="Mine"))

    assert "Friday, April 5, 2024" in seen.content.decode()
    assert sent.status_code == 403


def test_editor_without_the_right_to_publish_comes_back_to_the_draft():
    make_position_type("SEA")
    editor = staff_with("add_recruitmentround", "change_recruitmentround", "view_recruitmentround")

    response = editor.post(page("add"), notice())

    assert response.url == page("change", RecruitmentRound.objects.get().pk)


# --- the list -------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_a_fixed_number_of_queries(staff, django_assert_num_queries, rows):
    for number in range(rows):
        draft(slug=f"sea-2024-{number}")

    with django_assert_num_queries(7):
        response = staff.get(reverse(LIST))

    assert response.context["cl"].result_count == rows


def test_list_tells_state_deadline_and_vacancies(staff):
    published()

    text = staff.get(reverse(LIST)).content.decode().replace("\xa0", " ")

    assert "Friday, April 5, 2024, 11:59 PM HST" in text
    assert '<span class="chip chip-open">Open</span>' in text
    assert '<td class="field-posts_shown">1</td>' in text


SHOWN = ["sea-draft", "sea-later", "sea-open", "sea-past", "sea-upcoming"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=draft", ["sea-draft"]),
        ("state=open", ["sea-open"]),
        ("state=scheduled", ["sea-later", "sea-upcoming"]),
        ("state=past", ["sea-past"]),
        ("state=archived", ["sea-archived"]),
        ("of=annual", []),
        ("of=sea&state=open", ["sea-open"]),
        ("state=nonsense", SHOWN),
        ("q=past", ["sea-past"]),
        ("q=%00", SHOWN),
    ],
)
def test_list_is_filtered_through_the_address(staff, query, found):
    draft(slug="sea-draft")
    published(slug="sea-open")
    published(slug="sea-upcoming", opens_at=datetime(2024, 3, 20, tzinfo=UTC))
    over = end_of_minute(datetime(2024, 2, 28, 23, 59))
    published(slug="sea-past", closes_at=over)
    published(slug="sea-archived", closes_at=over, archived_at=over)
    draft(slug="sea-later", published_at=datetime(2024, 3, 10, tzinfo=UTC))

    response = staff.get(f"{reverse(LIST)}?{query}")

    assert sorted(round_.slug for round_ in response.context["cl"].result_list) == found


@pytest.mark.parametrize("query", ["title=%00", "kind=sea", "closes_at__year=9", "p=99999", "o=x"])
def test_nonsense_in_the_address_of_the_list_is_no_error_of_ours(staff, query):
    response = staff.get(f"{reverse(LIST)}?{query}")

    assert response.status_code in {200, 302, 400}


@pytest.mark.parametrize("posts", [1, 3])
def test_change_page_takes_a_fixed_number_of_queries(staff, django_assert_num_queries, posts):
    round_ = draft()
    for number in range(2, posts + 1):
        make_vacancy(round_, number=number, posts=1)
    staff.get(page("change", round_.pk))  # what a process looks up once

    with django_assert_num_queries(11):
        response = staff.get(page("change", round_.pk))

    assert len(response.context["inline_admin_formsets"][0].formset.forms) == posts
