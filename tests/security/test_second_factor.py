"""The second factor of staff: at every address that shows somebody else's data, and every day."""

from collections import defaultdict
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.domain import access
from applications.models import Application, Status
from jetportal.accounts.models import User
from jetportal.accounts.second_factor import GOOD_FOR
from tests.applicants import make_application, make_staff
from tests.jetportal.accounts.people import app_code, give_app, sign_in
from tests.security.addresses import every_address

pytestmark = pytest.mark.django_db

DESK = "/admin/"
SET_UP, CONFIRM, ENTER = (
    "/accounts/",
    "/accounts/second-factor/confirm/",
    "/accounts/second-factor/enter/",
)


@pytest.fixture
def office() -> User:
    call_command("ensure_roles", verbosity=0)
    return make_staff("office@example.org", access.PROGRAM_OFFICE)


@pytest.fixture
def file() -> Application:
    return make_application(status=Status.SUBMITTED)


def led_to(client: Client, path: str, method: str = "get") -> str:
    return getattr(client, method)(path).headers.get("Location", "").partition("?")[0]


def papers(file: Application) -> list[str]:
    """Return the addresses outside the desk at which staff read what applicants sent."""
    document = file.documents.get(slot="citizenship")
    return [
        reverse("applications:document", args=[document.key]),
        reverse("applications:copy", args=[file.key]),
    ]


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_address_of_the_desk_opens_without_it(office, method):
    client = Client()
    client.force_login(office)
    desk = [
        path
        for name, path in every_address(defaultdict(lambda: 1))
        if path.startswith(DESK) and name != "admin:"
    ]

    assert len(desk) > 100
    assert {led_to(client, path, method) for path in desk} == {SET_UP}


def test_papers_of_an_applicant_open_to_staff_with_it_and_to_the_owner_without(office, file):
    owner, without, complete = Client(), Client(), Client()
    owner.force_login(file.applicant)
    without.force_login(office)
    give_app(office)
    sign_in(complete, office.email)
    complete.post(ENTER, {"code": app_code()})

    assert [owner.get(path).status_code for path in papers(file)] == [200, 200]
    assert [led_to(without, path) for path in papers(file)] == [CONFIRM, CONFIRM]
    assert [complete.get(path).status_code for path in papers(file)] == [200, 200]


def test_it_is_asked_for_again_after_half_a_day(office, file):
    client = Client()
    give_app(office)
    shown_at = timezone.now()
    sign_in(client, office.email)
    client.post(ENTER, {"code": app_code()})

    with time_machine.travel(shown_at + GOOD_FOR - timedelta(minutes=1), tick=False):
        within = client.get(DESK).status_code, led_to(client, papers(file)[0])
    with time_machine.travel(shown_at + GOOD_FOR + timedelta(minutes=1), tick=False):
        after = led_to(client, DESK), led_to(client, papers(file)[0])
        client.post(CONFIRM, {"code": app_code()})
        again = client.get(DESK).status_code

    assert timedelta(hours=12) >= GOOD_FOR
    assert within == (200, "")
    assert after == (CONFIRM, CONFIRM)
    assert again == 200
