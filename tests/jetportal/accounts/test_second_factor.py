import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client, override_settings

from jetportal.mail.models import OutgoingMail
from tests.jetportal.accounts.people import (
    DESK,
    MINE,
    app_code,
    give_app,
    give_passkey,
    make_staff,
    make_user,
    sign_in,
    signed_in_as,
)

pytestmark = pytest.mark.django_db

STEP = "/accounts/second-factor/enter/"
SET_UP = "/accounts/second-factor/app/"
LIBRARY_STYLE = re.compile(r"style=|[\"']data:|<script>|onclick=")


def test_staff_without_a_second_factor_sets_one_up_and_comes_back(
    client: Client, django_capture_on_commit_callbacks
):
    make_staff("staff@example.org")
    sign_in(client, "staff@example.org")

    sent = client.get(f"{DESK}accounts/", follow=True)
    assert sent.redirect_chain == [("/accounts/", 302)]
    assert "The desk asks for a second step." in sent.content.decode()
    page = client.get(SET_UP).content.decode()
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(SET_UP, {"code": app_code(secret)}, follow=True)

    assert done.redirect_chain == [("/accounts/recovery-codes/", 302)]
    assert f'href="{DESK}accounts/"' in done.content.decode()
    assert client.get(DESK).status_code == 200
    notice = OutgoingMail.objects.get(kind="account_changed")
    assert "An authenticator app was added." in notice.text


def test_staff_gives_the_second_factor_after_the_code(client: Client):
    give_app(make_staff("staff@example.org"))

    assert sign_in(client, "staff@example.org", next=DESK) == STEP
    assert signed_in_as(client) is None
    assert client.get(DESK).status_code == 302
    assert "The second step" in client.get(STEP).content.decode()
    response = client.post(STEP, {"code": app_code()})

    assert response["Location"] == DESK
    assert client.get(DESK).status_code == 200


def test_wrong_second_factor_is_answered_beside_the_field(client: Client):
    give_app(make_staff("staff@example.org"))
    sign_in(client, "staff@example.org")

    for typed in ("000000", "\0", "", "x" * 500, "😀"):
        response = client.post(STEP, {"code": typed})
        assert (response.status_code, signed_in_as(client)) == (200, None)
        assert 'aria-invalid="true"' in response.content.decode()


def test_guesses_of_the_second_factor_are_limited(client: Client):
    give_app(make_staff("staff@example.org"))
    sign_in(client, "staff@example.org")
    for _ in range(5):
        client.post(STEP, {"code": "000000"})

    client.post(STEP, {"code": app_code()})

    assert signed_in_as(client) is None


def test_recovery_code_replaces_the_app_once(client: Client):
    user = make_staff("staff@example.org")
    give_app(user)
    spare = RecoveryCodes.activate(user).get_unused_codes()[0]

    sign_in(client, "staff@example.org")
    client.post(STEP, {"code": spare})
    assert client.get(DESK).status_code == 200
    again = Client()
    sign_in(again, "staff@example.org")
    again.post(STEP, {"code": spare})

    assert signed_in_as(again) is None


def test_session_opened_without_the_second_factor_is_asked_for_it(client: Client):
    user = make_staff("staff@example.org")
    sign_in(client, "staff@example.org")
    give_app(user)

    sent = client.get(f"{DESK}accounts/user/?q=1")
    assert (
        sent["Location"]
        == "/accounts/second-factor/confirm/?next=%2Fadmin%2Faccounts%2Fuser%2F%3Fq%3D1"
    )
    page = client.get(sent["Location"])
    assert "Is it you?" in page.content.decode()
    done = client.post(
        "/accounts/second-factor/confirm/",
        {"code": app_code(), "next": f"{DESK}accounts/user/?q=1"},
    )

    assert done["Location"] == f"{DESK}accounts/user/?q=1"
    assert client.get(DESK).status_code == 200


def test_staff_with_a_passkey_only_is_asked_for_the_passkey(client: Client):
    give_passkey(make_staff("staff@example.org"))

    assert sign_in(client, "staff@example.org") == STEP


def test_applicant_with_a_passkey_still_gets_in_by_mail(client: Client):
    give_passkey(make_user("mia@example.org"))

    assert sign_in(client) == MINE

    assert signed_in_as(client) == "mia@example.org"


def test_applicant_with_an_app_is_asked_for_it(client: Client):
    give_app(make_user("mia@example.org"))

    assert sign_in(client) == STEP


def test_password_of_an_operator_is_never_asked_for(client: Client):
    make_staff("staff@example.org", password="correct horse")
    sign_in(client, "staff@example.org")

    assert client.get(SET_UP).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/",
        "/accounts/passkeys/",
        "/accounts/passkeys/add/",
        "/accounts/passkeys/1/remove/",
        "/accounts/passkeys/1/name/",
        "/accounts/second-factor/app/",
        "/accounts/second-factor/app/remove/",
        "/accounts/second-factor/confirm/",
        "/accounts/passkeys/confirm/",
        "/accounts/recovery-codes/",
        "/accounts/recovery-codes/new/",
    ],
)
def test_pages_of_the_library_fit_the_portal_and_its_content_policy(client: Client, path: str):
    user = make_staff("staff@example.org")
    sign_in(client, "staff@example.org")
    if path != "/accounts/second-factor/app/":
        give_app(user)
        RecoveryCodes.activate(user)
        passkey = give_passkey(user)
        path = path.replace("/1/", f"/{passkey.pk}/")
        client.post("/accounts/second-factor/confirm/", {"code": app_code()})

    response = client.get(path)

    html = response.content.decode()
    assert (response.status_code, html.count("<h1"), LIBRARY_STYLE.findall(html)) == (200, 1, [])
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    "credential",
    [
        *("", "null", "1", "[]", "{}", '{"id": 1}', "not json", "[" * 100_000, '{"id": "\\u0000"}'),
        '{"id": "", "rawId": "", "type": "public-key", "response": {"clientDataJSON": "e30", '
        '"attestationObject": "oA", "authenticatorData": "", "signature": ""}}',
    ],
    ids=range(10),
)
@pytest.mark.parametrize(
    "path", ["/accounts/passkeys/add/", "/accounts/passkeys/login/", "/accounts/passkeys/confirm/"]
)
def test_nonsense_instead_of_a_passkey_breaks_nothing(client: Client, path: str, credential: str):
    if path != "/accounts/passkeys/login/":
        user = make_staff("staff@example.org")
        sign_in(client, "staff@example.org")
        if path.endswith("confirm/"):
            give_passkey(user)

    response = client.post(path, {"credential": credential, "name": "x"})

    assert response.status_code in {200, 302}
    assert Authenticator.objects.filter(data__name="x").count() == 0


def test_passkey_of_another_person_is_not_found(client: Client):
    passkey = give_passkey(make_user("other@example.org"))
    sign_in(client)

    for act in ("remove", "name"):
        assert client.get(f"/accounts/passkeys/{passkey.pk}/{act}/").status_code == 404


@override_settings(DEMO=True)
def test_demonstration_lets_staff_in_without_a_second_factor(client: Client):
    make_staff("staff@example.org")

    sign_in(client, "staff@example.org")

    assert client.get(DESK).status_code == 200


@override_settings(DEMO=True)
def test_demonstration_lets_nobody_else_in(client: Client):
    assert client.get(DESK)["Location"] == "/accounts/login/?next=%2Fadmin%2F"
    sign_in(client)

    assert client.get(DESK).status_code == 404
