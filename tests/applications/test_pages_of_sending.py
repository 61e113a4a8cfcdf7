"""Sending: what is missing, how late it was, and what a second click finds."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from applications.models import Application, Document, Status
from jetportal.mail.models import OutgoingMail
from tests.applicants import (
    make_application,
)
from tests.applications.own_pages import ana, url
from tests.factories import CLOSES_AT, TICK

__all__ = ["ana"]

pytestmark = pytest.mark.django_db


def test_submit_leads_to_the_receipt_and_a_second_click_finds_it_too(ana):
    application = make_application()

    first, second = (ana.post(url("submit", application)) for _ in range(2))

    assert first["Location"] == second["Location"] == url("receipt", application)
    page = ana.get(url("receipt", application)).content.decode()
    assert "We have your application." in page
    assert Application.objects.get().reference_shown in page
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "more", "sent", "page"),
    [
        ("submit", [], False, "check"),
        ("submit", [], True, "receipt"),
        ("take_back", [], True, "receipt"),
        ("answer", ["interview_confirmed"], True, "receipt"),
        ("upload", ["citizenship"], False, "documents"),
        ("upload", ["citizenship"], True, "receipt"),
    ],
)
def test_address_of_a_button_leads_to_its_page_when_it_is_only_opened(ana, name, more, sent, page):
    application = make_application(status=Status.SUBMITTED if sent else Status.DRAFT)

    opened = ana.get(url(name, application, *more), follow=True)

    assert opened.redirect_chain[-1] == (url(page, application), 302)
    assert opened.status_code == 200


def test_task_list_counts_what_is_missing_and_leaves_out_what_is_not_needed(ana):
    application = make_application(filled=False)
    for section in ("driving", "heard"):
        ana.post(url("section", application, section), {"version": "0"})
    with_it = ana.get(url("tasks", application)).context
    application.sections.filter(section="heard").delete()

    page = ana.get(url("tasks", application))

    rows = {row.name: row for group in page.context["groups"] for row in group.rows}
    assert rows["Driving"].chip.words == "2 missing"
    assert rows["How you heard of JET"].chip.words == "Not needed"
    assert rows["Identity"].chip.words == "Not started"
    assert (page.context["complete"], page.context["total"]) == (0, 21)
    assert (with_it["complete"], with_it["total"]) == (0, 21)
    assert "<strong>0 of 21 parts complete.</strong> Optional parts" in page.content.decode()


def test_incomplete_submit_shows_what_is_missing(ana):
    application = make_application()
    Document.objects.all().delete()

    answer = ana.post(url("submit", application))

    assert answer.status_code == 409
    assert "Not ready to send yet" in answer.content.decode()


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (CLOSES_AT, "This reached us less than a second after the deadline"),
        (CLOSES_AT + timedelta(minutes=4, seconds=12), "4 minutes 12 seconds after the deadline"),
    ],
)
def test_late_submit_says_how_late_by_which_clock(client, at: datetime, words: str):
    application = make_application()
    client.force_login(application.applicant)

    with time_machine.travel(at, tick=False):
        answer = client.post(url("submit", application))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert words in page
    assert "It was not sent. Everything you wrote is kept." in page
    assert Application.objects.get().status == Status.DRAFT


def test_submit_in_the_last_microsecond_counts(client):
    application = make_application()
    client.force_login(application.applicant)

    with time_machine.travel(CLOSES_AT - TICK, tick=False):
        answer = client.post(url("submit", application))

    assert answer["Location"] == url("receipt", application)


def test_submit_without_token_is_refused_kindly():
    application = make_application()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(application.applicant)

    answer = browser.post(url("submit", application))

    assert answer.status_code == 403
    assert Application.objects.get().status == Status.DRAFT
