from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client, override_settings

from jetportal.accounts import codes
from jetportal.accounts.models import SignInCode, User
from jetportal.mail.models import OutgoingMail
from tests.jetportal.accounts.people import LOGIN, ask, mailed_code

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

AT = datetime(2024, 4, 3, 12, tzinfo=UTC)


def send(email: str = "mia@example.org", *, browser: str = "b", network: str = "n", at=AT) -> None:
    codes.send_code(email, browser=browser, network=network, at=at)


def fill(count: int, *, email: str, network: str, at: datetime = AT) -> None:
    for number in range(count):
        send(
            email.format(number), browser=f"browser {number}", network=network.format(number), at=at
        )


def test_code_opens_the_account_of_its_address():
    send()

    user = codes.redeem(mailed_code().replace(" ", ""), browser="b", at=AT)

    assert user == User.objects.get(email="mia@example.org")
    assert SignInCode.objects.get().used_at == AT


def test_address_from_one_network_gets_six_codes_in_a_quarter_of_an_hour():
    fill(6, email="mia@example.org", network="n")

    with pytest.raises(codes.TooMany, match="several codes to this address"):
        send(at=AT + timedelta(minutes=14))
    send(at=AT + timedelta(minutes=15))

    assert OutgoingMail.objects.count() == 7


def test_stranger_elsewhere_cannot_use_up_the_codes_of_an_address():
    fill(6, email="mia@example.org", network="far")
    with pytest.raises(codes.TooMany):
        send(network="far")

    send(network="near")

    assert OutgoingMail.objects.count() == 7


def test_address_gets_forty_codes_from_everywhere():
    fill(40, email="mia@example.org", network="{}")

    with pytest.raises(codes.TooMany, match="several codes to this address"):
        send()


@override_settings(SIGN_IN_CODES_PER_NETWORK=8)
def test_network_gets_as_many_codes_as_the_setting_says():
    fill(8, email="{}@example.org", network="campus")

    with pytest.raises(codes.TooMany, match="your network"):
        send(network="campus")
    send(network="elsewhere")


@override_settings(SIGN_IN_CODES_PER_NETWORK=1)
def test_refusal_of_a_further_code_is_shown_with_status_429(client: Client):
    ask(client, "one@example.org")

    response = client.post(LOGIN, {"email": "two@example.org"})

    assert (response.status_code, OutgoingMail.objects.count()) == (429, 1)
    assert "Wait a few minutes, then ask again." in response.content.decode()


def test_forget_deletes_what_is_older_than_a_day():
    send(at=AT - timedelta(days=1, microseconds=1))
    send("new@example.org", at=AT - timedelta(days=1))

    assert codes.forget(at=AT) == 1
    assert SignInCode.objects.get().email == "new@example.org"


def test_code_from_the_future_of_another_clock_does_not_break():
    send(at=AT + timedelta(seconds=5))

    with pytest.raises(codes.NoCode):
        codes.redeem(mailed_code().replace(" ", ""), browser="b", at=AT)
