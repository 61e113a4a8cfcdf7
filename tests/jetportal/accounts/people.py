"""People of the account tests, and what they do with their mail and their phone."""

import re
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from jetportal.accounts.models import User
from jetportal.mail.models import OutgoingMail

LOGIN = "/accounts/login/"
CODE = "/accounts/login/code/"
MINE = "/applications/"
DESK = "/admin/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def make_user(email: str = "mia@example.org", **changes: object) -> User:
    return User.objects.create_user(email, **changes)


def make_staff(email: str = "staff@example.org", **changes: object) -> User:
    return make_user(email, is_staff=True, is_superuser=True, **changes)


def give_app(user: User, secret: str = SECRET) -> Authenticator:
    return TOTP.activate(user, secret).instance


def give_passkey(user: User) -> Authenticator:
    """Store a passkey as a browser would have registered it; the private half is lost."""
    key = ES256.from_cryptography_key(ec.derive_private_key(7, ec.SECP256R1()).public_key())
    credential = AttestedCredentialData.create(Aaguid.NONE, b"passkey", key)
    data = AuthenticatorData.create(sha256(b"testserver"), 0x45, 0, credential)
    client = CollectedClientData.create("webauthn.create", b"challenge", "http://testserver")
    response = {
        "clientDataJSON": websafe_encode(client),
        "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
    }
    handle = websafe_encode(b"passkey")
    registered = {"id": handle, "rawId": handle, "type": "public-key", "response": response}
    return WebAuthn.add(user, "Phone", registered).instance


def app_code(secret: str = SECRET) -> str:
    """Compute what an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def newest_mail() -> OutgoingMail:
    return OutgoingMail.objects.latest("pk")


def mailed_code() -> str:
    """Read the code from the newest mail as a person would."""
    found = re.search(r"^\d{4} \d{4}$", newest_mail().text, re.MULTILINE)
    assert found is not None
    return found[0]


def ask(client: Client, email: str = "mia@example.org", **more: str) -> str:
    """Ask for a code and return the one that was mailed."""
    response = client.post(LOGIN, {"email": email, **more})
    assert response.status_code == 302, response.content.decode()
    return mailed_code()


def sign_in(client: Client, email: str = "mia@example.org", **more: str) -> str:
    """Sign in with a mailed code and return where this leads."""
    code = ask(client, email, **more)
    return client.post(CODE, {"code": code, **more}).headers["Location"]


def signed_in_as(client: Client) -> str | None:
    user_id = client.session.get("_auth_user_id")
    return User.objects.get(pk=user_id).email if user_id else None
