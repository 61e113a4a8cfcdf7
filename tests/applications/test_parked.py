"""What somebody types is not lost when the sign-in has ended in mid-section."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications.models import SectionAnswers
from jetportal.parking import lot
from jetportal.parking.models import ParkedForm
from tests.applicants import SENT_AT, make_application, make_user
from tests.factories import TICK

pytestmark = pytest.mark.django_db

ESSAY = "\nI coach archery. " * 20


@pytest.fixture
def application():
    return make_application(filled=False)


@pytest.fixture
def page(application) -> str:
    return reverse("applications:section", args=[application.key, "purpose"])


@pytest.fixture
def ana(application) -> Client:
    browser = Client()
    browser.force_login(application.applicant)
    return browser


@pytest.fixture(autouse=True)
def two_days_before_the_deadline():
    with time_machine.travel(SENT_AT, tick=False):
        yield


def test_text_sent_while_signed_out_is_offered_to_its_owner(client, ana, page):
    answer = client.post(page, {"statement": ESSAY, "version": "0"})

    assert answer["Location"] == f"/accounts/login/?next={page}"
    assert not SectionAnswers.objects.exists()
    offered = ana.get(page)
    assert "What you typed is kept" in offered.content.decode()
    (waiting,) = offered.context["waiting"]
    chosen = ana.get(page, {"parked": waiting.pk})
    assert chosen.context["form"]["statement"].value() == ESSAY
    assert not SectionAnswers.objects.exists()  # never merged by itself


@pytest.mark.parametrize("signed_out_before", ["its first save", "a change"])
def test_entry_sent_while_signed_out_is_offered_on_its_page(
    client, ana, application, signed_out_before
):
    place = [application.key, "employment", "jobs", "0000000a"]
    page = reverse("applications:entry", args=place)
    if signed_out_before == "a change":
        ana.post(page, {"employer": "Before"})

    answer = client.post(page, {"employer": "Bergen Archery", "version": "0"})

    assert answer["Location"] == f"/accounts/login/?next={page}"
    (waiting,) = ana.get(page).context["waiting"]
    chosen = ana.get(page, {"parked": waiting.pk})
    assert chosen.context["form"]["employer"].value() == "Bergen Archery"
    assert "saved when you press" in chosen.content.decode()


def test_parked_text_is_sealed_in_the_database(client, page):
    client.post(page, {"statement": ESSAY})

    row = ParkedForm.objects.get()
    assert "archery" not in row.sealed
    assert lot.waiting(page, at=SENT_AT)[0].typed == {"statement": [ESSAY]}


def test_somebody_else_sees_nothing_of_it(client, page):
    client.post(page, {"statement": ESSAY})
    stranger = Client()
    stranger.force_login(make_user("stranger@example.org"))

    assert stranger.get(page).status_code == 404


def test_text_that_was_put_in_and_saved_waits_no_longer(client, ana, page):
    client.post(page, {"statement": ESSAY})
    pk = ParkedForm.objects.get().pk
    assert f'name="parked" value="{pk}"' in ana.get(page, {"parked": pk}).content.decode()

    ana.post(page, {"statement": ESSAY, "version": "0", "parked": pk})

    assert SectionAnswers.objects.get().answers == {"statement": [ESSAY]}
    assert not ParkedForm.objects.exists()


def test_owner_deletes_what_waits(client, ana, application, page):
    client.post(page, {"statement": ESSAY})
    drop = [application.key, "purpose", ParkedForm.objects.get().pk]

    ana.post(reverse("applications:drop_parked", args=drop))

    assert not ParkedForm.objects.exists()


def test_stranger_cannot_delete_what_waits(client, application, page):
    client.post(page, {"statement": ESSAY})
    stranger = Client()
    stranger.force_login(make_user("stranger@example.org"))
    drop = [application.key, "purpose", ParkedForm.objects.get().pk]

    assert stranger.post(reverse("applications:drop_parked", args=drop)).status_code == 404
    assert ParkedForm.objects.exists()


def test_form_with_a_stale_token_is_kept_too(application, page):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(application.applicant)

    answer = browser.post(page, {"statement": ESSAY})

    assert answer.status_code == 403
    assert "What you typed is kept for 24 hours" in answer.content.decode()
    assert lot.waiting(page, at=SENT_AT)[0].typed == {"statement": [ESSAY]}


@pytest.mark.parametrize(("age", "offered"), [(lot.KEPT_FOR - TICK, 1), (lot.KEPT_FOR, 0)])
def test_text_waits_for_a_day(page, age: timedelta, offered: int):
    lot.park(page, {"statement": [ESSAY]}, at=SENT_AT - age)

    assert len(lot.waiting(page, at=SENT_AT)) == offered
    assert lot.forget(at=SENT_AT) == 1 - offered


def test_only_the_newest_three_wait(page):
    for number in range(5):
        lot.park(page, {"statement": [str(number)]}, at=SENT_AT)

    assert [form.typed["statement"] for form in lot.waiting(page, at=SENT_AT)] == [
        ["4"],
        ["3"],
        ["2"],
    ]


def test_more_than_a_megabyte_is_not_kept(page):
    assert lot.park(page, {"statement": ["x" * lot.LARGEST]}, at=SENT_AT) is False


def test_empty_form_is_not_kept(page):
    assert lot.park(page, {"statement": [""]}, at=SENT_AT) is False
