"""Bad combinations of settings, refused at start with one sentence each."""

import base64
import binascii
import ipaddress
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

KEY_BYTES = 32
MAKE_A_KEY = (
    'python3 -c "import base64, secrets; '
    'print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())"'
)


def is_loopback(host: str) -> bool:
    name = host.strip("[]")
    if name in {"localhost", ".localhost"}:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def is_sealing_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text.encode(), altchars=b"-_", validate=True)) == KEY_BYTES
    except (binascii.Error, UnicodeEncodeError):
        return False


@register()
def demonstration_stays_at_home(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[CheckMessage]:
    """A demonstration relaxes the second factor of staff, so it may be reachable from here only."""
    strangers = [host for host in settings.ALLOWED_HOSTS if not is_loopback(host)]
    if not settings.DEMO or not strangers:
        return []
    return [
        Error(
            f"DEMO=1 is for this machine only, but ALLOWED_HOSTS names {', '.join(strangers)}.",
            hint="Set DEMO=0, or ALLOWED_HOSTS=127.0.0.1,localhost.",
            id="jetportal.E001",
        )
    ]


@register()
def site_url_is_an_address(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.SITE.scheme in {"http", "https"} and settings.SITE.hostname:
        return []
    return [
        Error(
            "SITE_URL must be a full address such as https://jet.example.org.", id="jetportal.E002"
        )
    ]


@register()
def trusted_proxies_are_networks(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[CheckMessage]:
    wrong = [text for text in settings.TRUSTED_PROXIES if not is_network(text)]
    return [
        Error(
            f"TRUSTED_PROXIES holds {text!r}, which is not a network such as 127.0.0.1/32.",
            id="jetportal.E003",
        )
        for text in wrong
    ]


@register()
def redis_url_is_an_address(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    if not settings.REDIS_URL or settings.REDIS_URL.startswith(("redis://", "rediss://")):
        return []
    return [Error("REDIS_URL must start with redis:// or rediss://.", id="jetportal.E004")]


@register()
def answers_are_sealed_with_keys_of_their_own(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Without a key of its own, a new SECRET_KEY would lose every sensitive answer."""
    if settings.SEALING_KEYS or settings.DEBUG:
        return []
    return [
        Error(
            "SEALING_KEYS is missing: sensitive answers are sealed with it.",
            hint=f"Make a key once, and keep a copy of it apart from the backups: {MAKE_A_KEY}",
            id="jetportal.E005",
        )
    ]


@register()
def sealing_keys_are_keys(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Name the wrong one by its place: a key is nothing to print."""
    return [
        Error(
            f"SEALING_KEYS: number {place} is no key.",
            hint=f"A key is made by: {MAKE_A_KEY}",
            id="jetportal.E006",
        )
        for place, key in enumerate(settings.SEALING_KEYS, 1)
        if not is_sealing_key(key)
    ]


@register()
def clamd_url_is_an_address(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    if not settings.CLAMD_URL or is_scanner(settings.CLAMD_URL):
        return []
    words = "CLAMD_URL must be like tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl."
    return [Error(words, id="jetportal.E007")]


@register()
def documents_url_is_a_bucket(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Say nothing of what stands in it: it may hold a secret."""
    if not settings.DOCUMENTS_URL or settings.BUCKET:
        return []
    words = "DOCUMENTS_URL must be like s3://KEY:SECRET@s3.us-east-1.amazonaws.com/bucket."
    return [Error(words, id="jetportal.E008")]


def is_scanner(address: str) -> bool:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme == "unix":
        return len(parts.path) > 1 and not parts.netloc
    return parts.scheme == "tcp" and bool(parts.hostname) and port != 0
