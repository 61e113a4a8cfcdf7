"""Sign-in codes: sending one, and turning one into an account.

Asking never looks at accounts, so the answer cannot tell who has one (docs/decisions/0011).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Count, F, Q
from django.utils.crypto import constant_time_compare, salted_hmac

from jetportal.accounts.limits import lately
from jetportal.accounts.models import MAX_ATTEMPTS, SignInCode, User
from jetportal.mail import outbox
from jetportal.mail.models import Lane
from jetportal.mail.rendering import render

DIGITS = 8
LIFETIME = timedelta(minutes=15)
WINDOW = timedelta(minutes=15)
SAME_CLICK = timedelta(seconds=10)
KEPT = timedelta(days=1)
PER_ADDRESS_AND_NETWORK = 6
# Higher than that, so that a stranger elsewhere cannot keep somebody out by asking in their name.
PER_ADDRESS = 40
NOT_ACCEPTED = "not_accepted"


class Refused(Exception):
    """A "no" whose words can be shown beside the field."""


class TooMany(Refused):
    """No further code was sent."""


class NoCode(Refused):
    """There is nothing to compare with: never asked here, expired, or tried too often."""


class WrongCode(Refused):
    """The code is not the one that was sent; some tries are left."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the mail with the code says."""

    code: str
    minutes: int


def send_code(email: str, *, browser: str, network: str, at: datetime) -> None:
    """Store a code for a normalized address, good in this browser, and queue its mail.

    A second request for the same within `SAME_CLICK` changes nothing. Raises TooMany. Limits are
    counted over the last `WINDOW`, in this table; two requests at once may pass by one.
    """
    counted = _count(email, browser=_hashed(browser), network=network, at=at)
    if counted["same_click"]:
        return
    _require_room(counted)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    words = Words(code=f"{code[:4]} {code[4:]}", minutes=LIFETIME // timedelta(minutes=1))
    message = render("sign_in_code", to=email, context=words)
    with transaction.atomic():
        row = SignInCode.objects.create(
            email=email,
            browser=_hashed(browser),
            network=network,
            digest=_digest(browser, code),
            created_at=at,
            expires_at=at + LIFETIME,
        )
        key = f"sign-in-code:{row.pk}"
        outbox.enqueue(message, key=key, lane=Lane.FIRST, at=at, secret=True)


def redeem(code: str, *, browser: str, at: datetime) -> User:
    """Return the account of the address the code was sent to, making it if there is none.

    `code` is digits only. Raises WrongCode and counts the try, or NoCode.
    """
    with transaction.atomic():
        mine = SignInCode.objects.filter(browser=_hashed(browser))
        usable = list(mine.usable(at).select_for_update().order_by("-created_at"))
        digest = _digest(browser, code)
        matching = [row for row in usable if constant_time_compare(row.digest, digest)]
        if matching:
            mine.filter(used_at=None, created_at__lte=at, expires_at__gt=at).update(used_at=at)
            return _account(matching[0].email)
        unused = [row for row in usable if row.used_at is None]
        mine.filter(pk__in=[row.pk for row in unused]).update(attempts=F("attempts") + 1)
    raise _refusal(MAX_ATTEMPTS - 1 - min((row.attempts for row in unused), default=MAX_ATTEMPTS))


def address_waiting(*, browser: str) -> str | None:
    """Return the address this browser last asked a code for, or None; at most a day old."""
    rows = SignInCode.objects.filter(browser=_hashed(browser)).order_by("-created_at")
    return rows.values_list("email", flat=True).first()


def forget(*, at: datetime) -> int:
    """Delete the rows that no limit counts any more, and return how many."""
    return SignInCode.objects.filter(created_at__lt=at - KEPT).delete()[0]


def _count(email: str, *, browser: str, network: str, at: datetime) -> dict[str, int]:
    own, near = Q(email=email), Q(network=network)
    same_click = own & Q(browser=browser, used_at=None, created_at__gt=at - SAME_CLICK)
    return lately(
        SignInCode.objects.all(),
        own=own,
        near=near,
        since=at - WINDOW,
        same_click=Count("pk", filter=same_click),
    )


def _require_room(counted: dict[str, int]) -> None:
    if counted["here"] >= PER_ADDRESS_AND_NETWORK or counted["address"] >= PER_ADDRESS:
        raise TooMany(
            "We have sent several codes to this address in the last 15 minutes. "
            "Use the newest one, or ask again in 15 minutes."
        )
    if counted["network"] >= settings.SIGN_IN_CODES_PER_NETWORK:
        raise TooMany(
            "Very many codes were asked for from your network in the last 15 minutes. "
            "Wait a few minutes, then ask again."
        )


def _refusal(tries_left: int) -> Refused:
    if tries_left > 1:
        return WrongCode(
            f"This is not the code we sent. You can try {tries_left} more times. "
            "Look at the newest mail."
        )
    if tries_left == 1:
        return WrongCode("This is not the code we sent. You can try once more.")
    return NoCode("This code no longer works. Send yourself a new code.")


def _account(email: str) -> User:
    account, _ = User.objects.get_or_create(email=email, defaults={"password": make_password(None)})
    return account


def _hashed(browser: str) -> str:
    return hashlib.sha256(browser.encode()).hexdigest()


def _digest(browser: str, code: str) -> str:
    value = f"{browser}:{code}"
    return salted_hmac("jetportal.accounts.codes", value, algorithm="sha256").hexdigest()
