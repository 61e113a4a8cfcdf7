"""The applicant's pages over HTTP: who may open them, what they keep, what they cost."""

from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from applications.models import Application, SectionAnswers, Status
from jetportal.mail.models import OutgoingMail
from tests.applicants import (
    ANSWERS,
    SENT_AT,
    fill,
    make_application,
    make_consulate,
    make_user,
)
from tests.applications.own_pages import OWN_PAGES, POSTS, ana, url
from tests.factories import CLOSES_AT, make_round, make_vacancy

__all__ = ["ana"]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("name", "more"), OWN_PAGES)
def test_page_of_somebody_else_is_not_found(ana, name, more):
    application = make_application(applicant=make_user("other@example.org"))

    assert ana.get(url(name, application, *more)).status_code == 404


@pytest.mark.parametrize(("name", "more"), POSTS)
def test_post_to_somebody_elses_application_is_not_found_and_changes_nothing(ana, name, more):
    application = make_application(applicant=make_user("other@example.org"))
    before = Application.objects.values().get()

    answer = ana.post(url(name, application, *more), {"family_name": "Mallory"})

    assert answer.status_code == 404
    assert Application.objects.values().get() == before


@pytest.mark.parametrize(("name", "more"), OWN_PAGES)
def test_page_asks_to_sign_in_and_comes_back(client, name, more):
    address = url(name, make_application(), *more)

    answer = client.get(address)

    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={address}")


def test_unknown_key_is_not_found(ana):
    assert ana.get(reverse("applications:tasks", args=[uuid4()])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_a_fixed_number_of_queries(ana, rows, django_assert_num_queries):
    for number in range(rows):
        round_ = make_round(slug=f"sea-2025-{number}")
        make_application(round_=round_, filled=False)

    with django_assert_num_queries(3):
        answer = ana.get(reverse("applications:list"))

    assert len(answer.context["rows"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("name", "more", "queries"),
    [("tasks", (), 9), ("section", ("contact",), 8), ("documents", (), 8), ("check", (), 10)],
)
def test_pages_of_a_draft_cost_a_fixed_number_of_queries(
    ana, name, more, queries, rows, django_assert_num_queries
):
    application = make_application()
    for number in range(1, rows):
        make_consulate(f"office-{number}")

    with django_assert_num_queries(queries):
        answer = ana.get(url(name, application, *more))

    assert answer.status_code == 200


def test_save_costs_at_most_ten_queries(ana, django_assert_num_queries):
    application = make_application()

    with django_assert_num_queries(11):  # two of them are the test's own savepoint
        ana.post(url("section", application, "identity"), ANSWERS["identity"])


def test_submit_costs_at_most_fourteen_queries(ana, django_assert_num_queries):
    application = make_application()

    with django_assert_num_queries(16):  # two of them are the test's own savepoint
        ana.post(url("submit", application))

    assert Application.objects.get().status == Status.SUBMITTED


def test_start_page_writes_nothing_until_its_button(ana):
    round_ = make_round()
    address = reverse("applications:start", args=[round_.slug])

    assert ana.get(address).status_code == 200
    assert Application.objects.count() == 0
    ana.post(address)
    ana.post(address)
    assert Application.objects.count() == 1


def test_start_outside_the_window_makes_nothing(ana):
    round_ = make_round(opens_at=None, closes_at=SENT_AT)

    answer = ana.post(reverse("applications:start", args=[round_.slug]), follow=True)

    assert Application.objects.count() == 0
    assert "This round takes no applications now." in answer.content.decode()


@pytest.mark.parametrize("slug", ["sea-nowhere", "sea-draft"])
def test_start_of_an_unknown_or_unpublished_round_is_not_found(ana, slug):
    make_round(slug="sea-draft", published_at=None)

    assert ana.get(reverse("applications:start", args=[slug])).status_code == 404


@pytest.mark.parametrize(("name", "more"), [*OWN_PAGES[:5], ("check", ()), ("discard", ())])
def test_page_is_never_cached_and_has_one_heading(ana, name, more):
    application = make_application(filled=False)
    fill(application)

    answer = ana.get(url(name, application, *more), follow=True)

    assert answer.content.count(b"<h1") == 1
    assert "no-store" in answer["Cache-Control"]


def test_older_page_never_overwrites_newer_answers_and_shows_both(ana):
    application = make_application(filled=False)
    address = url("section", application, "purpose")
    ana.post(address, {"statement": "Written in the first window.", "version": "0"})

    older = ana.post(address, {"statement": "Typed in the second window.", "version": "0"})

    page = older.content.decode()
    assert older.status_code == 409
    assert "Written in the first window." in page
    assert "Typed in the second window." in page
    assert SectionAnswers.objects.get().answers["statement"] == ["Written in the first window."]
    ana.post(address, {"statement": "Typed in the second window.", "version": "1"})
    assert SectionAnswers.objects.get().answers["statement"] == ["Typed in the second window."]


def test_same_answers_from_two_windows_are_no_conflict(ana):
    application = make_application(filled=False)
    address = url("section", application, "purpose")

    sent = [ana.post(address, {"statement": "The same.", "version": "0"}) for _ in range(2)]

    assert [answer.status_code for answer in sent] == [302, 302]


def test_year_no_calendar_holds_is_shown_as_typed(ana):
    application = make_application(filled=False)
    birth = {"birth_date_month": "2", "birth_date_day": "3", "birth_date_year": "9" * 23}
    ana.post(url("section", application, "identity"), birth)

    answer = ana.get(url("check", application))

    assert answer.status_code == 200
    assert "9" * 23 in answer.content.decode()


def test_zone_chosen_in_the_address_is_remembered_without_a_script(ana):
    application = make_application(filled=False)

    ana.get(url("tasks", application), {"zone": "Asia/Tokyo"})

    later = ana.get(url("check", application)).context["clocks"]
    assert (later.reader.city, later.reader.time) == ("Tokyo", "6:59")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("Asia/Tokyo", "For you: Thursday, March 13"),
        ("nonsense", "In New York: Thursday, March 13"),
    ],
)
def test_confirmation_names_the_place_of_its_second_clock(ana, sent, words):
    application = make_application()

    ana.post(url("submit", application), {"zone": sent})

    text = " ".join(OutgoingMail.objects.get().text.split())
    expected = {"Asia/Tokyo": "7:00 PM JST", "nonsense": "6:00 AM EDT"}[sent]
    assert f"{words}, 2025, {expected}" in text


def test_newest_mail_tells_where_the_application_stands(ana):
    application = make_application(status=Status.SUBMITTED)

    ana.post(url("withdraw", application))
    ana.post(url("take_back", application))

    kinds = list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["confirmation", "withdrawn", "taken_back"]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("name", "more", "status", "queries"),
    [
        ("discard", (), Status.DRAFT, 3),
        ("remove_document", (), Status.DRAFT, 4),
        ("receipt", (), Status.SUBMITTED, 6),
        ("withdraw", (), Status.SUBMITTED, 3),
    ],
)
def test_single_pages_cost_a_fixed_number_of_queries(
    ana, name, more, status, queries, rows, django_assert_num_queries
):
    """Other applications of the same person cost nothing here."""
    application = make_application(status=status)
    for number in range(1, rows):
        make_application(round_=make_round(slug=f"sea-2026-{number}"), filled=False)
    address = url(name, application, *more)

    with django_assert_num_queries(queries):
        answer = ana.get(address)

    assert answer.status_code == 200


@pytest.mark.parametrize("posts", [1, 3])
def test_start_page_costs_a_fixed_number_of_queries(ana, posts, django_assert_num_queries):
    round_ = make_round()
    for number in range(2, posts + 1):
        make_vacancy(round_, number=number)

    with django_assert_num_queries(8):
        answer = ana.get(reverse("applications:start", args=[round_.slug]))

    assert answer.status_code == 200


def test_late_answer_costs_a_fixed_number_of_queries(client, django_assert_num_queries):
    application = make_application()
    client.force_login(application.applicant)

    with time_machine.travel(CLOSES_AT, tick=False), django_assert_num_queries(14):
        answer = client.post(url("submit", application))

    assert answer.status_code == 409
