"""Staff publish, extend, cancel and archive a round at the desk, each with the right to it."""

from datetime import UTC, date, datetime, time

import pytest
from django.test import Client
from django.urls import reverse

from positions.deadlines import end_of_minute
from positions.models import RecruitmentRound, RoundChange, Sport
from tests.factories import make_position_type, make_vacancy
from tests.positions.round_desk import (
    MARCH,
    draft,
    edited,
    in_march_2024,
    notice,
    page,
    publish,
    published,
    staff,
    staff_with,
)
from tests.services import wait_until

__all__ = ["in_march_2024", "staff"]

pytestmark = pytest.mark.django_db


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
