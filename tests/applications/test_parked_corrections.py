"""What is typed into a change after sending is not lost when the sign-in has ended."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications.domain import corrections
from applications.models import Application, Status
from jetportal.parking.models import ParkedForm
from tests.applicants import SENT_AT, make_application, make_staff, make_user

pytestmark = pytest.mark.django_db(transaction=True)

NOW = SENT_AT + timedelta(hours=3)
ESSAY = "What I should have written."
PHONE = {"phone": "+1 808 555 0199", "mailing_address": "7 Palm Street\nHonolulu, HI 96815"}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def sent() -> Application:
    return make_application(status=Status.SUBMITTED)


@pytest.fixture
def ana(sent: Application) -> Client:
    browser = Client()
    browser.force_login(sent.applicant)
    return browser


@pytest.fixture
def open_part(sent: Application) -> str:
    """The address at which the Statement of Purpose may be corrected for two hours."""
    asked = corrections.ask(sent.key, "purpose", reason="A slip.", by=sent.applicant, at=SENT_AT)
    office = make_staff("office@example.org", "Program office")
    corrections.grant(asked.pk, hours=2, by=office, at=NOW)
    return reverse("applications:correct", args=[sent.key, "purpose"])


def stale() -> Client:
    return Client(enforce_csrf_checks=True)


def test_correction_sent_while_signed_out_is_offered_and_cleared_once_saved(client, ana, open_part):
    answer = client.post(open_part, {"statement": ESSAY, "version": "1"})
    assert answer["Location"] == f"/accounts/login/?next={open_part}"

    offered = ana.get(open_part).context["parked"].waiting
    chosen = ana.get(open_part, {"parked": offered[0].pk})
    assert chosen.context["form"]["statement"].value() == ESSAY
    assert f'name="parked" value="{offered[0].pk}"' in chosen.content.decode()
    saved = ana.post(
        open_part,
        {"statement": ESSAY, "version": chosen.context["version"], "parked": offered[0].pk},
    )

    application = Application.objects.get()
    assert saved["Location"] == reverse("applications:receipt", args=[application.key])
    assert application.frozen.version == 2
    assert not ParkedForm.objects.exists()


def test_correction_with_a_stale_token_waits(sent, ana, open_part):
    browser = stale()
    browser.force_login(sent.applicant)

    answer = browser.post(open_part, {"statement": ESSAY})

    assert answer.status_code == 403
    assert "What you typed is kept for 24 hours" in answer.content.decode()
    assert len(ana.get(open_part).context["parked"].waiting) == 1


def test_contact_sent_while_signed_out_waits_too(client, ana, sent):
    page = reverse("applications:change_contact", args=[sent.key])
    client.post(page, PHONE)

    (waiting,) = ana.get(page).context["parked"].waiting
    chosen = ana.get(page, {"parked": waiting.pk})

    assert chosen.context["form"]["phone"].value() == "+1 808 555 0199"
    assert sent.frozen.version == 1


def test_refused_text_stays_chosen_until_it_is_saved(client, ana, sent):
    page = reverse("applications:change_contact", args=[sent.key])
    client.post(page, {**PHONE, "phone": "12"})
    pk = str(ParkedForm.objects.get().pk)

    refused = ana.post(page, {**PHONE, "phone": "12", "version": "1", "parked": pk})

    assert refused.status_code == 422
    assert f'name="parked" value="{pk}"' in refused.content.decode()
    assert ParkedForm.objects.exists()


def test_text_that_came_after_the_time_was_over_is_still_shown(client, ana, open_part):
    client.post(open_part, {"statement": ESSAY})

    with time_machine.travel(NOW + timedelta(hours=3), tick=False):
        waiting = ana.get(open_part)
        pk = waiting.context["parked"].waiting[0].pk
        chosen = ana.get(open_part, {"parked": pk})

    assert "This part is not open for correction now." in waiting.content.decode()
    assert ESSAY in chosen.content.decode()


@pytest.mark.parametrize("pk", ["0", "x", "9" * 30, "-1", "\u0663"])
def test_nonsense_names_nothing_to_clear(ana, open_part, pk):
    answer = ana.post(open_part, {"statement": ESSAY, "version": "1", "parked": pk})

    assert answer.status_code == 302


def test_stranger_clears_nothing_of_somebody_else(client, sent, open_part):
    client.post(open_part, {"statement": ESSAY})
    pk = ParkedForm.objects.get().pk
    stranger = Client()
    stranger.force_login(make_user("stranger@example.org"))

    answer = stranger.post(open_part, {"statement": "x", "parked": pk})

    assert answer.status_code == 404
    assert ParkedForm.objects.exists()
