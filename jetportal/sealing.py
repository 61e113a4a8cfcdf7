"""Encryption at rest, by the `cryptography` library: what is sealed opens only with our keys."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _keys() -> MultiFernet:
    """Seal with the first of SEALING_KEYS, open with any; without one, a key made of SECRET_KEY."""
    own = hashlib.sha256(b"jetportal.sealing" + settings.SECRET_KEY.encode()).digest()
    keys = settings.SEALING_KEYS or [base64.urlsafe_b64encode(own).decode()]
    return MultiFernet([Fernet(key) for key in keys])


def seal(text: str) -> str:
    return _keys().encrypt(text.encode()).decode("ascii")


def unseal(token: str) -> str | None:
    """Return the text, or None where no key of ours opens it."""
    try:
        return _keys().decrypt(token.encode("ascii")).decode()
    except InvalidToken:
        return None
