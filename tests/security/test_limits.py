"""Floods from one network or about one address are stopped; the final submit never is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from allauth.core.internal.ratelimit import get_cache_key, get_rates
from django.core.cache import cache
from django.db import models
from django.test import Client, RequestFactory
from django.urls import reverse

from applications.domain import receipts
from applications.domain.referees import dead_links
from applications.models import Application, DeadLinkVisit, ReceiptCheck, Status
from jetportal.accounts import codes
from jetportal.accounts.models import SignInCode
from jetportal.mail.models import OutgoingMail
from positions.domain import watches
from positions.models import WatchRequest
from tests.applicants import SENT_AT, make_application
from tests.jetportal.accounts.people import app_code, give_app, make_staff, sign_in, signed_in_as

pytestmark = pytest.mark.django_db

PROXY, VISITOR, NEIGHBOUR = "10.0.0.1", "203.0.113.9", "198.51.100.7"
ADDRESS = "mia@example.org"
CODES = 5  # that one network gets, in these tests


@dataclass(frozen=True, slots=True)
class Door:
    """Something that a stranger can ask for: how, and how it was asked for just before."""

    path: str
    sent: dict[str, str]
    limit: int  # for one network
    before: Callable[[str, str], models.Model]  # by network and address
    method: str = "post"


def code(network: str, email: str) -> SignInCode:
    row = SignInCode(email=email, network=network, browser="0" * 64, digest="0" * 64)
    row.created_at, row.expires_at = SENT_AT, SENT_AT + codes.LIFETIME
    return row


def wish(network: str, email: str) -> WatchRequest:
    return WatchRequest(network=network, address=watches._digest(email), created_at=SENT_AT)


def check(network: str, email: str) -> ReceiptCheck:
    return ReceiptCheck(network=network, created_at=SENT_AT)


def visit(network: str, email: str) -> DeadLinkVisit:
    return DeadLinkVisit(network=network, created_at=SENT_AT)


WISH = {"about": "sea", "email": ADDRESS}
DOORS = {
    "sign-in": Door("/accounts/login/", {"email": ADDRESS}, CODES, code),
    "watch": Door("/watch/", WISH, watches.PER_NETWORK, wish),
    "verify": Door("/verify/", {"reference": "x", "fingerprint": "y"}, receipts.PER_NETWORK, check),
    "referee": Door("/references/none/", {}, dead_links.PER_NETWORK, visit, "get"),
}
OF_AN_ADDRESS = {"sign-in": codes.PER_ADDRESS, "watch": watches.PER_ADDRESS}


@pytest.fixture(autouse=True)
def standing(settings) -> Iterable[None]:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    settings.SIGN_IN_CODES_PER_NETWORK = CODES
    with time_machine.travel(SENT_AT, tick=False):
        yield


def knock(door: Door, *, peer: str = VISITOR, line: str = "", **more: Any) -> int:
    """Ask once, over a connection from `peer` that says it speaks for `line`."""
    headers = {"x-forwarded-for": line} if line else {}
    ask = getattr(Client(REMOTE_ADDR=peer, headers=headers), door.method)
    status: int = ask(door.path, {**door.sent, **more}).status_code
    return status


def asked_before(door: Door, times: int, *, network: str, email: str = "n{}@example.org") -> None:
    rows = [door.before(network.format(n), email.format(n)) for n in range(times)]
    type(rows[0]).objects.bulk_create(rows)


@pytest.mark.parametrize("name", DOORS)
def test_network_is_stopped_and_its_neighbour_is_not(name):
    door = DOORS[name]
    asked_before(door, door.limit - 1, network=VISITOR)

    last, over = knock(door), knock(door, email="other@example.org")

    assert (last, over) == (knock(door, peer=NEIGHBOUR, email="third@example.org"), 429)
    assert last < 429


@pytest.mark.parametrize("name", DOORS)
def test_network_is_the_visitors_behind_a_trusted_proxy(name):
    door = DOORS[name]
    asked_before(door, door.limit, network=VISITOR)

    stopped = [knock(door, peer=PROXY, line=line) for line in (VISITOR, f"{NEIGHBOUR}, {VISITOR}")]

    assert stopped == [429, 429]
    assert knock(door, peer=PROXY, line=NEIGHBOUR) < 429
    assert knock(door, peer=PROXY, line=f"{VISITOR}, {NEIGHBOUR}") < 429


@pytest.mark.parametrize("name", DOORS)
def test_stranger_speaks_for_nobody_else(name):
    door = DOORS[name]
    asked_before(door, door.limit, network=VISITOR)

    assert knock(door, line=NEIGHBOUR) == 429
    assert knock(door, peer=NEIGHBOUR, line=VISITOR) < 429


@pytest.mark.parametrize("name", OF_AN_ADDRESS)
def test_address_is_written_to_so_often_from_everywhere(name):
    door = DOORS[name]
    asked_before(door, OF_AN_ADDRESS[name], network="192.0.2.{}", email=ADDRESS)

    assert knock(door) == 429
    assert not OutgoingMail.objects.exists()
    assert knock(door, email="other@example.org") < 429


def used_up(part: str, action: str) -> None:
    """Let the visitor's network have done so often what the account library counts by itself."""
    request = RequestFactory(REMOTE_ADDR=VISITOR).post("/")
    for rate in get_rates(app=part, action=action):
        if rate.per == "ip":
            key = get_cache_key(request, app=part, action=action, rate=rate)
            cache.set(key, [SENT_AT.timestamp()] * rate.amount, rate.duration)


def test_network_that_tries_passkeys_without_end_is_stopped_and_its_neighbour_is_not():
    used_up("allauth.mfa", "webauthn_login")
    door = Door("/accounts/passkeys/login/", {"credential": "{}"}, 300, visit)

    stopped = [knock(door, peer=VISITOR), knock(door, peer=PROXY, line=VISITOR)]

    assert stopped == [429, 429]
    assert knock(door, peer=NEIGHBOUR) < 429
    assert knock(door, peer=PROXY, line=NEIGHBOUR) < 429


def test_network_that_guesses_second_factors_of_many_is_stopped_and_its_neighbour_is_not():
    give_app(make_staff("staff@example.org"))
    used_up("allauth.account", "login_failed")
    signed_in = []

    for peer in (VISITOR, NEIGHBOUR):
        client = Client(REMOTE_ADDR=peer)
        sign_in(client, "staff@example.org")
        client.post("/accounts/second-factor/enter/", {"code": app_code()})
        signed_in.append(signed_in_as(client))

    assert signed_in == [None, "staff@example.org"]


def test_signed_in_applicant_sends_whatever_came_from_the_network_before():
    application = make_application()
    for door in DOORS.values():
        asked_before(door, door.limit, network=VISITOR)
        asked_before(door, 50, network=VISITOR, email=application.applicant.email)
    client = Client(REMOTE_ADDR=VISITOR)
    client.force_login(application.applicant)
    submit = reverse("applications:submit", args=[application.key])

    answers = [client.post(submit) for _ in range(40)]

    assert {answer.status_code for answer in answers} == {302}
    assert Application.objects.get().status == Status.SUBMITTED
    assert OutgoingMail.objects.filter(kind="confirmation").count() == 1
