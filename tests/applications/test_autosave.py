"""A section that is saved while it is typed: the same saving, told in a few words."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications.models import Application, SectionAnswers, Status
from jetportal.parking import lot
from jetportal.parking.models import ParkedForm
from tests.applicants import ANSWERS, SENT_AT, make_application, make_user

pytestmark = pytest.mark.django_db

ESSAY = "\nI coach archery.\n"


@pytest.fixture(autouse=True)
def two_days_before_the_deadline():
    with time_machine.travel(SENT_AT, tick=False):
        yield


@pytest.fixture
def draft() -> Application:
    return make_application(filled=False)


@pytest.fixture
def ana(draft: Application) -> Client:
    browser = Client()
    browser.force_login(draft.applicant)
    return browser


def address(application: Application, section: str = "purpose") -> str:
    return reverse("applications:autosave", args=[application.key, section])


def page(application: Application, section: str = "purpose") -> str:
    return reverse("applications:section", args=[application.key, section])


def test_typing_is_saved_as_typed_and_told_with_the_clock(ana, draft):
    answer = ana.post(address(draft), {"statement": ESSAY, "version": "0"})

    assert answer.json() == {"saved": "Saved at 12:00\u00a0AM\u00a0HST", "version": 1}
    assert SectionAnswers.objects.get().answers == {"statement": [ESSAY]}
    assert "no-store" in answer["Cache-Control"]


def test_clock_is_the_one_of_the_round(ana, draft):
    draft.round.zone = "America/New_York"
    draft.round.save()

    answer = ana.post(address(draft), {"statement": ESSAY, "version": "0"})

    assert answer.json()["saved"] == "Saved at 6:00\u00a0AM\u00a0EDT"


def test_button_after_autosave_is_no_conflict(ana, draft):
    version = ana.post(address(draft), {"statement": ESSAY, "version": "0"}).json()["version"]

    more = {"statement": f"{ESSAY} And judo.", "version": str(version)}

    assert ana.post(page(draft), more).status_code == 302
    assert SectionAnswers.objects.get().answers == {"statement": [f"{ESSAY} And judo."]}


def test_wrong_answers_are_kept_too(ana, draft):
    sent = {"birth_date_month": "2", "birth_date_day": "31", "version": "0"}

    ana.post(address(draft, "identity"), sent)

    kept = SectionAnswers.objects.get().answers
    assert kept == {"birth_date_month": ["2"], "birth_date_day": ["31"]}


@pytest.mark.parametrize("version", ["0", "", "none", "-1"])
def test_older_page_never_overwrites_newer_answers(ana, draft, version):
    ana.post(page(draft), {"statement": "In the first window.", "version": "0"})

    answer = ana.post(address(draft), {"statement": "In the second.", "version": version})

    assert (answer.status_code, answer.json()) == (409, {"conflict": True})
    assert SectionAnswers.objects.get().answers == {"statement": ["In the first window."]}
    both = ana.post(page(draft), {"statement": "In the second.", "version": "0"})
    assert both.status_code == 409
    assert "In the first window." in both.content.decode()


def test_autosave_costs_at_most_ten_queries(ana, django_assert_num_queries):
    application = make_application()
    version = str(application.sections.get(section="identity").version)

    with django_assert_num_queries(12):  # two of them are the test's own savepoint
        answer = ana.post(
            address(application, "identity"), {**ANSWERS["identity"], "version": version}
        )

    assert answer.status_code == 200


def test_sent_application_keeps_its_answers(client):
    application = make_application(status=Status.SUBMITTED)
    client.force_login(application.applicant)

    answer = client.post(address(application), {"statement": ESSAY, "version": "1"})

    assert answer.status_code == 409
    assert "sent" in answer.json()["refused"]
    assert application.sections.get(section="purpose").answers != {"statement": [ESSAY]}


def test_typing_of_somebody_signed_out_waits_on_the_page_of_the_section(client, ana, draft):
    answer = client.post(address(draft), {"statement": ESSAY, "version": "0"})

    assert (answer.status_code, answer.json()) == (401, {"signed_out": True, "kept": True})
    assert not SectionAnswers.objects.exists()
    (waiting,) = ana.get(page(draft)).context["waiting"]
    chosen = ana.get(page(draft), {"parked": waiting.pk})
    assert chosen.context["form"]["statement"].value() == ESSAY


def test_typing_with_a_stale_token_waits_too(draft):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(draft.applicant)

    answer = browser.post(address(draft), {"statement": ESSAY, "version": "0"})

    assert (answer.status_code, answer.json()) == (403, {"signed_out": True, "kept": True})
    assert lot.waiting(page(draft), at=SENT_AT)[0].typed == {"statement": [ESSAY]}


def test_nothing_typed_is_not_kept_and_said_so(client, draft):
    answer = client.post(address(draft), {"statement": ""})

    assert answer.json() == {"signed_out": True, "kept": False}
    assert not ParkedForm.objects.exists()


def test_somebody_else_and_unknown_sections_are_not_found(client, ana, draft):
    client.force_login(make_user("stranger@example.org"))

    assert client.post(address(draft), {"statement": ESSAY}).status_code == 404
    assert ana.post(address(draft, "wishes"), {"statement": ESSAY}).status_code == 404
    assert not SectionAnswers.objects.exists()


def test_page_saves_by_itself_unless_there_is_something_to_choose(client, ana, draft):
    assert f'data-autosave="{address(draft)}"' in ana.get(page(draft)).content.decode()

    client.post(address(draft), {"statement": ESSAY})
    parked = ana.get(page(draft), {"parked": ParkedForm.objects.get().pk})
    ana.post(page(draft), {"statement": "In the first window.", "version": "0"})
    both = ana.post(page(draft), {"statement": "In the second.", "version": "0"})

    for choice in (parked, both):
        assert "data-autosave" not in choice.content.decode()
