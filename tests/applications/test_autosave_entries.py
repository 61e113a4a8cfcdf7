"""An entry of a list that is saved while it is typed: the same saving, told in a few words."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications.domain.form import lists
from applications.models import Application, SectionAnswers, Status
from jetportal.parking import lot
from jetportal.parking.models import ParkedForm
from tests.applicants import SENT_AT, make_application, make_user

pytestmark = pytest.mark.django_db

ENTRY = "0000000a"
JOB = {"employer": "Bergen Archery"}


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


def url(application: Application, name: str = "autosave_entry", entry: str = ENTRY) -> str:
    return reverse(f"applications:{name}", args=[application.key, "employment", "jobs", entry])


def stored() -> list[dict[str, object]]:
    return list(SectionAnswers.objects.get(section="employment").entries["jobs"])


def test_typing_begins_the_entry_and_goes_on_with_it(ana, draft):
    first = ana.post(url(draft), {**JOB, "version": "0"})
    again = ana.post(url(draft), {"employer": "Bergen Archery Club", "version": "1"})

    assert first.json()["version"] == 1
    assert first.json()["saved"].startswith("Saved at ")
    assert again.json()["version"] == 2
    (entry,) = stored()
    assert entry == {
        "id": ENTRY,
        "answers": {"employer": ["Bergen Archery Club"]},
        "version": 2,
    }


def test_button_after_a_saving_is_no_conflict(ana, draft):
    ana.post(url(draft), {**JOB, "version": "0"})

    answer = ana.post(url(draft, "entry"), {"employer": "Other", "version": "1"})

    assert answer.status_code == 302
    assert [entry["answers"] for entry in stored()] == [{"employer": ["Other"]}]


@pytest.mark.parametrize("version", ["0", "", "none", "-1"])
def test_older_page_never_overwrites_a_newer_entry(ana, draft, version):
    ana.post(url(draft, "entry"), {**JOB, "version": "0"})

    answer = ana.post(url(draft), {"employer": "In the second.", "version": version})

    assert (answer.status_code, answer.json()) == (409, {"conflict": True})
    assert [entry["answers"] for entry in stored()] == [{"employer": ["Bergen Archery"]}]


def test_full_list_says_so_and_keeps_what_it_holds(ana, draft):
    for number in range(10):
        lists.save_entry(
            draft.key,
            *("employment", "jobs", f"{number:08x}"),
            {"employer": [str(number)]},
            by=draft.applicant,
            at=SENT_AT,
        )

    answer = ana.post(url(draft, entry="ffffffff"), {**JOB, "version": "0"})

    assert answer.status_code == 409
    assert "10" in answer.json()["refused"]
    assert len(stored()) == 10


def test_saving_an_entry_costs_at_most_ten_queries(ana, django_assert_num_queries):
    application = make_application()
    place = ["education", "schools", "00000001"]
    page = reverse("applications:autosave_entry", args=[application.key, *place])

    with django_assert_num_queries(11):  # two of them are the test's own savepoint
        answer = ana.post(page, {"institution": "Rutgers", "version": "1"})

    assert answer.status_code == 200


def test_typing_of_somebody_signed_out_waits_on_the_page_of_the_entry(client, ana, draft):
    answer = client.post(url(draft), {**JOB, "version": "0"})

    assert (answer.status_code, answer.json()) == (401, {"signed_out": True, "kept": True})
    (waiting,) = ana.get(url(draft, "entry")).context["waiting"]
    chosen = ana.get(url(draft, "entry"), {"parked": waiting.pk})
    assert chosen.context["form"]["employer"].value() == "Bergen Archery"


def test_stale_token_makes_it_wait_too(draft):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(draft.applicant)

    answer = browser.post(url(draft), {**JOB, "version": "0"})

    assert (answer.status_code, answer.json()) == (403, {"signed_out": True, "kept": True})
    (waiting,) = lot.waiting(url(draft, "entry"), at=SENT_AT)
    assert waiting.typed == {"employer": ["Bergen Archery"]}


def test_what_waited_is_cleared_once_it_is_saved(client, ana, draft):
    client.post(url(draft), JOB)
    pk = ParkedForm.objects.get().pk
    page = ana.get(url(draft, "entry"), {"parked": pk}).content.decode()
    assert f'name="parked" value="{pk}"' in page
    assert "data-autosave" not in page

    ana.post(url(draft, "entry"), {**JOB, "version": "0", "parked": pk})

    assert not ParkedForm.objects.exists()
    assert len(stored()) == 1


def test_sent_application_keeps_its_entries(client):
    application = make_application(status=Status.SUBMITTED)
    client.force_login(application.applicant)

    answer = client.post(url(application), {**JOB, "version": "0"})

    assert answer.status_code == 409
    assert "sent" in answer.json()["refused"]


def test_somebody_else_and_unknown_places_are_not_found(client, ana, draft):
    client.force_login(make_user("stranger@example.org"))

    assert client.post(url(draft), JOB).status_code == 404
    assert ana.post(url(draft, entry="nonsense"), JOB).status_code == 404


def test_page_of_an_entry_saves_by_itself(ana, draft):
    add = reverse("applications:add_entry", args=[draft.key, "employment", "jobs"])

    page = ana.get(add)

    assert f'data-autosave="{url(draft, entry=page.context["entry"])}"' in page.content.decode()
