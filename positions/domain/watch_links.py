"""Links in the mails of a watch: the row's key, signed for one purpose.

Nothing that opens a link is stored with the watch, so reading the table gives nobody a link.
"""

import uuid
from collections.abc import Iterable, Sequence
from enum import StrEnum

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from positions.models import Watch


class Purpose(StrEnum):
    CONFIRM = "confirm"
    STOP = "stop"
    RENEW = "renew"


class UnknownLink(Exception):
    """The link was never made here, or was damaged on its way."""


def token(watch: Watch, purpose: Purpose) -> str:
    return _signer(purpose).sign(watch.key.hex)


def link(watch: Watch, purpose: Purpose) -> str:
    return (
        f"{settings.SITE_URL}{reverse(f'positions:watch_{purpose}', args=[token(watch, purpose)])}"
    )


def key_in(text: str, purpose: Purpose) -> uuid.UUID:
    """Return the key of the watch that the token `text` stands for. Raises UnknownLink."""
    try:
        return uuid.UUID(hex=_signer(purpose).unsign(text))
    except (BadSignature, ValueError) as problem:
        raise UnknownLink from problem


def one_click(stop: str) -> tuple[tuple[str, str], ...]:
    """Return the headers by which a mail program offers its own way to stop (RFC 8058)."""
    return (
        ("List-Unsubscribe", f"<{stop}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )


def names(headers: Iterable[Sequence[str]], watch: Watch) -> bool:
    """Tell whether the headers of a stored mail hold a link of `watch`, whatever signed it."""
    return any(f"/{watch.key.hex}." in value for _name, value in headers)


def _signer(purpose: Purpose) -> Signer:
    return Signer(salt=f"positions.watch.{purpose}", sep=".")
