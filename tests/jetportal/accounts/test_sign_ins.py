"""The log of sign-ins: what is written about staff, and what about nobody else."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.models import Permission
from django.test import Client

from jetportal.accounts import sign_ins
from jetportal.accounts.models import SignIn, SignInEvent, SignInMethod
from tests.jetportal.accounts.people import (
    CODE,
    DESK,
    app_code,
    ask,
    give_app,
    give_passkey,
    make_staff,
    make_user,
    sign_in,
)

pytestmark = pytest.mark.django_db

STEP = "/accounts/second-factor/enter/"
LOG = f"{DESK}accounts/signin/"
AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
UNKNOWN = "Nobody of the staff has the address"


def written() -> list[tuple[str | None, str, str]]:
    rows = SignIn.objects.order_by("pk")
    return list(rows.values_list("account__email", "event", "method"))


def wrong(code: str) -> str:
    return "00000001" if code != "0000 0001" else "00000002"


def test_sign_in_by_app_and_sign_out_are_two_lines(client: Client, caplog):
    give_app(make_staff("staff@example.org"))

    with caplog.at_level(logging.DEBUG):
        sign_in(client, "staff@example.org", next=DESK)
        assert written() == []  # half a sign-in is none
        client.post(STEP, {"code": app_code()}, headers={"X-Forwarded-For": "203.0.113.9"})
        client.post("/accounts/logout/")

    assert written() == [
        ("staff@example.org", "signed_in", "totp"),
        ("staff@example.org", "signed_out", "none"),
    ]
    assert {row.network for row in SignIn.objects.all()} == {"127.0.0.1"}
    assert "staff@example.org" not in caplog.text


def test_sign_in_by_recovery_code_says_so(client: Client):
    user = make_staff("staff@example.org")
    give_app(user)
    spare = RecoveryCodes.activate(user).get_unused_codes()[0]

    sign_in(client, "staff@example.org")
    client.post(STEP, {"code": spare})

    assert written() == [("staff@example.org", "signed_in", "recovery_codes")]


def test_wrong_codes_of_both_kinds_are_refusals(client: Client):
    give_app(make_staff("staff@example.org"))
    code = ask(client, "staff@example.org")

    client.post(CODE, {"code": wrong(code)})
    client.post(CODE, {"code": "not a code"})
    client.post(CODE, {"code": code})
    client.post(STEP, {"code": "000000"})

    assert written() == [
        ("staff@example.org", "refused", "code"),
        ("staff@example.org", "refused", "totp"),
    ]


def test_passkey_that_is_not_accepted_is_a_refusal(client: Client):
    give_passkey(make_staff("staff@example.org"))
    sign_in(client, "staff@example.org")
    client.get(STEP)

    client.post(STEP, {"credential": "{}"})
    Client().post("/accounts/passkeys/login/", {"credential": "{}"})

    assert written() == [
        ("staff@example.org", "refused", "webauthn"),
        (None, "refused", "webauthn"),
    ]


def test_staff_without_a_second_step_is_written_down_once_in_a_session(client: Client):
    make_staff("staff@example.org")
    sign_in(client, "staff@example.org")

    for _try in range(3):
        client.get(DESK)

    assert written() == [
        ("staff@example.org", "signed_in", "code"),
        ("staff@example.org", "no_second_factor", "none"),
    ]


def test_second_step_in_a_running_session_is_written_down(client: Client):
    user = make_staff("staff@example.org")
    sign_in(client, "staff@example.org")
    give_app(user)

    client.post("/accounts/second-factor/confirm/", {"code": "000000", "next": DESK})
    client.post("/accounts/second-factor/confirm/", {"code": app_code(), "next": DESK})

    assert written()[1:] == [
        ("staff@example.org", "refused", "totp"),
        ("staff@example.org", "confirmed", "totp"),
    ]


def test_what_applicants_do_is_not_written_down(client: Client):
    """A wrong code of theirs counts as that of anybody: the work must not tell who is known."""
    make_user("mia@example.org")
    code = ask(client, "mia@example.org")

    client.post(CODE, {"code": code})
    client.post("/accounts/logout/")
    again = ask(client, "mia@example.org")
    client.post(CODE, {"code": wrong(again)})

    assert written() == [(None, "refused", "code")]


def test_of_an_unknown_address_only_the_try_is_kept_and_a_flood_is_cut(client: Client, monkeypatch):
    monkeypatch.setattr(sign_ins, "MOST_UNKNOWN", 2)
    code = ask(client, "nobody@example.org")

    for _try in range(4):
        client.post(CODE, {"code": wrong(code)})

    assert written() == [(None, "refused", "code")] * 2
    assert "nobody" not in str(SignIn.objects.values())


def test_lines_go_after_180_days():
    staff = make_staff()
    for days in (179, 180, 181):
        SignIn.objects.create(
            account=staff,
            event=SignInEvent.SIGNED_IN,
            method=SignInMethod.APP,
            network="127.0.0.1",
            at=AT - timedelta(days=days),
        )

    assert sign_ins.forget(at=AT) == 2
    assert SignIn.objects.get().at == AT - timedelta(days=179)


@pytest.mark.parametrize("rows", [1, 3])
def test_log_is_read_in_a_fixed_number_of_queries(
    client: Client, settings, rows, django_assert_num_queries
):
    settings.DEMO = True
    reader = make_user("reader@example.org", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_signin"))
    for number in range(rows):
        person = make_user(f"staff{number}@example.org", is_staff=True)
        event, method = SignInEvent.SIGNED_IN, SignInMethod.APP
        SignIn.objects.create(account=person, event=event, method=method, network="::", at=AT)
    SignIn.objects.create(event="refused", method="code", network="203.0.113.9", at=AT)
    client.force_login(reader)

    with django_assert_num_queries(7):
        page = client.get(LOG).content.decode()

    assert page.count("Authenticator app</td>") == rows
    assert (UNKNOWN in page, "Mon, Jan 5, 2026, 2:00:00 AM" in page) == (True, True)
    assert UNKNOWN not in client.get(f"{LOG}?event__exact=signed_in").content.decode()
    for address in ("add/", "1/change/", "1/delete/"):
        assert client.get(LOG + address).status_code == 404
