"""Late grants at the desk: for the program office alone, read back before anything happens."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications.domain import access
from applications.models import Application, LateGrant, LateSubmit, Status
from jetportal.mail.models import OutgoingMail
from tests.applicants import make_application, make_user
from tests.factories import CLOSES_AT, make_round

pytestmark = pytest.mark.django_db

NOW = CLOSES_AT + timedelta(hours=10)
LIST = "/admin/applications/lategrant/"
ADD, CONFIRM = f"{LIST}add/", f"{LIST}add/confirm/"


@pytest.fixture(autouse=True)
def after_the_deadline():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def second(at_the_desk):
    """Another person of the program office."""
    return at_the_desk(access.PROGRAM_OFFICE, email="second@example.org")


def answers(**changes: str) -> dict[str, str]:
    return {
        "email": "Ana.LM@example.org",
        "round": "sea-2025-summer",
        "until_on": "2025-03-17",
        "until_time": "17:00",
        "reason": "A storm in Ohio",
        **changes,
    }


def text(response) -> str:
    return response.content.decode().replace("\u00a0", " ")


def page(grant: LateGrant, name: str = "change") -> str:
    return f"{LIST}{grant.pk}/{name}/"


def asked(client) -> LateGrant:
    make_application()
    client.post(CONFIRM, answers())
    grant: LateGrant = LateGrant.objects.get()
    return grant


def test_asking_reads_the_end_back_and_writes_nothing_yet(office):
    make_application()

    shown = office.post(ADD, answers())

    assert "Monday, March 17, 2025, 5:00 PM HST" in text(shown)
    assert "Tuesday, March 18, 2025, 3:00 AM UTC" in text(shown)
    assert "Friday, March 14, 2025, 11:59 PM HST" in text(shown)
    assert 'value="17:00"' in text(shown)
    assert not LateGrant.objects.exists()


def test_two_people_make_a_grant_and_the_desk_tells_who(office, second):
    grant = asked(office)
    waiting = text(office.get(page(grant)))

    approved = second.post(page(grant, "approve"), follow=True)

    assert "Approve this late grant" not in waiting
    assert "Waits for approval" in waiting
    assert "Approved. It counts now" in text(approved)
    assert "second@example.org" in text(approved)
    assert OutgoingMail.objects.get().kind == "late_grant"


def test_own_request_is_not_approved_even_by_hand(office):
    grant = asked(office)

    answer = office.post(page(grant, "approve"))

    assert answer.status_code == 409
    assert "You asked for this yourself" in text(answer)
    grant.refresh_from_db()
    assert grant.approved_at is None


def test_second_decision_hears_of_the_first(office, second):
    grant = asked(office)
    office.post(page(grant, "set-aside"))

    answer = second.post(page(grant, "approve"))

    assert answer.status_code == 409
    assert "It was set aside." in text(answer)


@pytest.mark.parametrize("address", [ADD, CONFIRM])
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "ana"}, "email"),
        ({"email": "ana.l@example.org"}, "email"),
        ({"email": "a\x00na@example.org"}, "email"),
        ({"round": "sea-2031-summer"}, "round"),
        ({"round": "\x00"}, "round"),
        ({"until_on": "2025-02-30"}, "until_on"),
        ({"until_on": "2025-03-14"}, "until_on"),
        ({"until_on": "9999-12-31"}, "until_on"),
        ({"until_on": "0001-01-01"}, "until_on"),
        ({"until_time": "25:00"}, "until_time"),
        ({"reason": ""}, "reason"),
    ],
)
def test_mistakes_are_told_beside_the_field(office, address, changes, field):
    make_application()

    answer = office.post(address, answers(**changes))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not LateGrant.objects.exists()


@pytest.mark.parametrize("group", [access.COORDINATORS, access.ADMINISTRATORS])
def test_pages_are_the_program_offices(at_the_desk, office, group):
    grant = asked(office)
    client = at_the_desk(group, email="somebody@example.org")

    reads = [client.get(address).status_code for address in (LIST, ADD, page(grant))]
    writes = [
        client.post(address, answers()).status_code
        for address in (ADD, CONFIRM, page(grant, "approve"), page(grant, "set-aside"))
    ]

    assert set(reads + writes) == {403}


def test_unknown_grant_is_not_found(office):
    addresses = [f"{LIST}999/change/", f"{LIST}999/approve/", f"{LIST}999/set-aside/"]

    codes = [office.get(addresses[0]), *(office.post(address) for address in addresses[1:])]

    assert [answer.status_code for answer in codes] == [404] * 3


@pytest.mark.parametrize("rows", [1, 3])
def test_list_uses_a_fixed_number_of_queries(office, rows, django_assert_num_queries):
    make_round()
    for number in range(rows):
        make_user(f"person{number}@example.org")
        office.post(CONFIRM, answers(email=f"person{number}@example.org"))

    with django_assert_num_queries(7):
        response = office.get(LIST)

    assert len(response.context["cl"].result_list) == rows


def test_list_ignores_nonsense_in_its_address(office):
    grant = asked(office)

    assert grant.applicant.email in text(office.get(LIST))
    for begins in ("A", "zzz"):
        page_of_all = office.get(f"{LIST}?reason__startswith={begins}")
        assert grant.applicant.email in text(page_of_all)


def test_history_of_a_file_tells_of_its_late_grant(office, second, client):
    grant = asked(office)
    second.post(page(grant, "approve"))
    application = Application.objects.get()
    client.force_login(application.applicant)
    client.post(reverse("applications:submit", args=[application.key]))
    application.refresh_from_db()
    assert application.status == Status.SUBMITTED

    shown = office.get(f"/admin/applications/application/{application.pk}/change/")

    first, *_ = shown.context["page"].history
    assert first.words.replace("\u00a0", " ") == (
        "Late grant until Monday, March 17, 2025, 5:00 PM HST"
    )
    assert first.who == "asked for by office@example.org, approved by second@example.org"
    assert first.reason == "A storm in Ohio"
    assert shown.context["page"].distance.replace("\u00a0", " ") == "2 d 7 h before"


LATE_LIST = "/admin/applications/latesubmit/"


def sent_late(email: str = "ana.lm@example.org") -> LateSubmit:
    """Let this person send ten hours after the deadline."""
    application = make_application(applicant=make_user(email))
    browser = Client()
    browser.force_login(application.applicant)
    browser.post(reverse("applications:submit", args=[application.key]))
    kept: LateSubmit = application.late_submits.get()
    return kept


def test_late_submits_are_listed_with_account_arrival_and_how_late(office):
    kept = sent_late()

    shown = text(office.get(LATE_LIST))

    assert "ana.lm@example.org" in shown
    assert "10:00:00 AM HST on Saturday, March 15, 2025" in shown
    assert "10 hours" in shown
    assert "Kept, does not count" in shown
    assert f"{ADD}for/{kept.pk}/" in shown
    assert "Lindqvist" not in shown
    assert LATE_LIST in text(office.get(LIST))


def test_late_submit_leads_to_a_grant_and_is_let_in_by_a_second_person(office, second):
    kept = sent_late()
    form = text(office.get(f"{ADD}for/{kept.pk}/"))
    assert 'value="ana.lm@example.org"' in form
    assert '<option value="sea-2025-summer" selected>' in form

    checked = text(office.post(ADD, answers()))
    office.post(CONFIRM, answers())
    grant = LateGrant.objects.get()
    waiting = text(second.get(page(grant)))
    approved = text(second.post(page(grant, "approve"), follow=True))

    application = Application.objects.get()
    assert "reached us at 10:00:00 AM HST" in checked
    assert "reached us at 10:00:00 AM HST" in waiting
    assert f"is submitted as {application.reference_shown}" in approved
    assert (application.status, application.submitted_at) == (Status.SUBMITTED, NOW)
    assert [mail.kind for mail in OutgoingMail.objects.all()] == ["confirmation"]
    listed = text(office.get(LATE_LIST))
    assert "Admitted" in listed
    assert f"{ADD}for/" not in listed


def test_file_of_an_admitted_application_shows_its_own_end_and_who_let_it_in(office, second):
    sent_late()
    office.post(CONFIRM, answers())
    second.post(page(LateGrant.objects.get(), "approve"))
    application = Application.objects.get()

    shown = office.get(f"/admin/applications/application/{application.pk}/change/")

    assert "Late grant until Monday, March 17, 2025, 5:00 PM HST" in text(shown)
    assert "Fingerprint" in text(shown)
    *_, last = shown.context["page"].history
    assert (last.words, last.who, last.reason) == (
        "Draft to submitted",
        "second@example.org",
        "A storm in Ohio",
    )


@pytest.mark.parametrize("group", [access.COORDINATORS, access.ADMINISTRATORS])
def test_late_submits_are_the_program_offices(at_the_desk, group):
    kept = sent_late()
    client = at_the_desk(group, email="somebody@example.org")

    codes = [client.get(address).status_code for address in (LATE_LIST, f"{ADD}for/{kept.pk}/")]

    assert codes == [403, 403]


def test_late_submits_are_filtered_by_round(office):
    sent_late()
    make_round(slug="sea-2025-spring")

    assert "ana.lm@example.org" in text(office.get(f"{LATE_LIST}?round=sea-2025-summer"))
    assert "ana.lm@example.org" not in text(office.get(f"{LATE_LIST}?round=sea-2025-spring"))


@pytest.mark.parametrize("rows", [1, 3])
def test_list_of_late_submits_uses_a_fixed_number_of_queries(
    office, rows, django_assert_num_queries
):
    for number in range(rows):
        sent_late(f"person{number}@example.org")

    with django_assert_num_queries(8):
        response = office.get(LATE_LIST)

    assert len(response.context["cl"].result_list) == rows
