"""The log of sign-ins by staff: who came in, how, from where, and what was refused.

What applicants do is not written down here. Of an address that belongs to nobody of the staff, only
that somebody tried a code is kept, not what was typed nor whose it is.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest

from jetportal.accounts.models import SignIn, SignInEvent, SignInMethod, User
from jetportal.accounts.networks import network_of
from jetportal.requests import PortalRequest

KEPT = timedelta(days=180)
MOST_UNKNOWN, LATELY = 20, timedelta(hours=1)  # from one network; more would only fill the log


def write(
    event: SignInEvent, method: SignInMethod, request: HttpRequest, *, by: User | None
) -> None:
    """Keep one line if it is about staff, or about somebody who is not told apart (None).

    A line that would only fill the log is written too, and taken back at once: the database does
    the same whoever it is about, so that how long it takes tells nobody who is staff.
    """
    at: datetime | None = getattr(request, "received_at", None)
    if at is None or (by is not None and not by.is_staff):
        return
    network = network_of(request)
    enough = _unknown_lately(network, at=at) >= MOST_UNKNOWN
    with transaction.atomic():
        line = SignIn.objects.create(account=by, event=event, method=method, network=network, at=at)
        if enough:
            SignIn.objects.filter(pk=line.pk, account=None).delete()


def _unknown_lately(network: str, *, at: datetime) -> int:
    return SignIn.objects.filter(account=None, network=network, at__gt=at - LATELY).count()


def factor_refused(method: str, request: HttpRequest | None, *, by: User | None) -> None:
    """Keep that a second factor, or a passkey in place of a code, was not accepted."""
    if request is not None:
        write(SignInEvent.REFUSED, SignInMethod(method), request, by=by)


def code_refused(request: PortalRequest, *, email: str) -> None:
    """Keep that a mailed code did not open the door for this address."""
    account = User.objects.filter(email=email, is_staff=True).first()
    write(SignInEvent.REFUSED, SignInMethod.CODE, request, by=account)


def forget(*, at: datetime) -> int:
    """Delete the lines older than half a year, and return how many."""
    return SignIn.objects.filter(at__lte=at - KEPT).delete()[0]
