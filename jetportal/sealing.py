"""Encryption at rest, by the `cryptography` library: what is sealed opens only with our keys.

A token is ASCII and a third longer than its content. Keys are changed by `rotate_seals`.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _keys() -> list[Fernet]:
    """Seal with the first of SEALING_KEYS, open with any; last comes a key made of SECRET_KEY.

    It seals only where there is no other, and still opens what it sealed once there is.
    """
    own = hashlib.sha256(b"jetportal.sealing" + settings.SECRET_KEY.encode()).digest()
    keys = [*settings.SEALING_KEYS, base64.urlsafe_b64encode(own).decode()]
    return [Fernet(key) for key in keys]


def seal_bytes(content: bytes) -> bytes:
    return _keys()[0].encrypt(content)


def unseal_bytes(token: bytes) -> bytes | None:
    """Return the content, or None where no key of ours opens it."""
    try:
        return MultiFernet(_keys()).decrypt(token)
    except InvalidToken:
        return None


def seal(text: str) -> str:
    return seal_bytes(text.encode()).decode("ascii")


def unseal(token: str) -> str | None:
    """Return the text, or None where no key of ours opens it."""
    content = unseal_bytes(token.encode())
    return None if content is None else content.decode()


def resealed(token: bytes) -> bytes | None:
    """Return a token of the same content under the first key, or None where no key opens it.

    One that the first key opens already comes back as it is.
    """
    try:
        _keys()[0].decrypt(token)
    except InvalidToken:
        content = unseal_bytes(token)
        return None if content is None else seal_bytes(content)
    return token
