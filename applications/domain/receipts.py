"""Checking a receipt: does this fingerprint belong to this reference number, and does it count?

Whoever asks hears one of three answers and nothing else: no name, no status, no time.
"""

import re
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Q
from django.utils.crypto import constant_time_compare

from applications.domain.errors import Refused
from applications.domain.reference_numbers import normalized
from applications.models import FrozenAnswers, ReceiptCheck
from jetportal.accounts.limits import lately

WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=1)
PER_NETWORK = 60  # in WINDOW; a campus or a consulate may share one
FINGERPRINT = re.compile(r"[0-9a-f]{64}", re.ASCII)
NOBODYS: tuple[str, None] = ("0" * 64, None)  # stands in for the version of a number nobody has


class Verdict(StrEnum):
    VALID = "valid"
    SUPERSEDED = "superseded"
    NO_MATCH = "no match"


class TooManyChecks(Refused):
    """This network has checked very many receipts lately."""

    def __init__(self) -> None:
        super().__init__(
            "Very many receipts were checked from your network in the last 15 minutes. "
            "Wait a few minutes, then ask again."
        )


def verify(reference: str, digest: str, *, network: str, at: datetime) -> Verdict:
    """Judge a reference number and a fingerprint, each as somebody typed it. Raises TooManyChecks.

    Tries are counted first, whatever becomes of them; two at once may pass the limit by one.
    """
    _count(network, at=at)
    wanted = normalized(reference)
    typed = "".join(digest.split()).lower()
    if wanted is None or not FINGERPRINT.fullmatch(typed):
        return Verdict.NO_MATCH
    return _judged(wanted, typed)


def _judged(reference: str, digest: str) -> Verdict:
    """Compare with every version, all of them each time: how long it takes tells nothing."""
    rows = FrozenAnswers.objects.filter(application__reference=reference)
    versions = list(rows.values_list("digest", "superseded_at")) or [NOBODYS]
    same = [version for version in versions if constant_time_compare(version[0], digest)]
    if not same or same == [NOBODYS]:
        return Verdict.NO_MATCH
    counts = any(superseded is None for _, superseded in same)
    return Verdict.VALID if counts else Verdict.SUPERSEDED


def _count(network: str, *, at: datetime) -> None:
    near = Q(network=network)
    counted = lately(ReceiptCheck.objects.all(), own=near, near=near, since=at - WINDOW)
    if counted["network"] >= PER_NETWORK:
        raise TooManyChecks
    ReceiptCheck.objects.create(network=network, created_at=at)


def forget(*, at: datetime) -> int:
    """Delete the checks that no limit counts any more, and return how many."""
    return ReceiptCheck.objects.filter(created_at__lt=at - KEPT).delete()[0]
