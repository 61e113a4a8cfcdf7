"""Pressing the last button while signed out: nothing is sent, and the page says what happened."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications.models import Application, Status
from tests.applicants import make_application, make_user
from tests.factories import CLOSES_AT

pytestmark = pytest.mark.django_db

LAST = CLOSES_AT - timedelta(seconds=30)


@pytest.fixture
def application() -> Application:
    return make_application()


@pytest.fixture
def ana(application) -> Client:
    browser = Client()
    browser.force_login(application.applicant)
    return browser


def url(application: Application, name: str) -> str:
    return reverse(f"applications:{name}", args=[application.key])


def text(response) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def test_press_while_signed_out_is_told_after_the_sign_in(client, ana, application):
    with time_machine.travel(LAST, tick=False):
        answer = client.post(url(application, "submit"))
        shown = text(ana.get(url(application, "submit"), follow=True))

    assert answer["Location"] == f"/accounts/login/?next={url(application, 'submit')}"
    assert "pressed at 11:59:30 PM HST on Friday, March 14, 2025" in shown
    assert "Send it now" in shown
    assert Application.objects.get().status == Status.DRAFT


@pytest.mark.parametrize(
    ("pressed_at", "words"),
    [
        (LAST, "That was before your deadline."),
        (CLOSES_AT, "That was after your deadline."),
    ],
)
def test_after_the_deadline_it_says_on_which_side_the_press_was(
    client, ana, application, pressed_at, words
):
    with time_machine.travel(pressed_at, tick=False):
        client.post(url(application, "submit"))

    with time_machine.travel(CLOSES_AT + timedelta(hours=1), tick=False):
        assert words in text(ana.get(url(application, "check")))


def test_press_with_a_stale_token_is_noted_too(ana, application):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(application.applicant)

    with time_machine.travel(LAST, tick=False):
        answer = browser.post(url(application, "submit"))
        shown = text(ana.get(url(application, "check")))

    assert answer.status_code == 403
    assert "We noted when you pressed the button." in text(answer)
    assert url(application, "check") in text(answer)
    assert "pressed at 11:59:30 PM HST" in shown


def test_nobody_else_sees_or_makes_a_note_on_another_page(client, application):
    client.post(url(application, "withdraw"))
    client.force_login(make_user("stranger@example.org"))

    assert client.get(url(application, "check")).status_code == 404


def test_page_says_nothing_where_nothing_was_pressed(ana, application):
    with time_machine.travel(LAST, tick=False):
        assert "could not tell that it was you" not in text(ana.get(url(application, "check")))
