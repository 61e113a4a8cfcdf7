"""How often one network may open links of referees that lead nowhere.

A living link is never counted and always opens: nobody who was asked for a letter is kept out by
somebody else on the same campus.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from applications.models import DeadLinkVisit
from jetportal.accounts.limits import lately

WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=1)
PER_NETWORK = 60  # in WINDOW


def count(network: str, *, at: datetime) -> bool:
    """Write down one visit and tell whether it is allowed; two at once may pass the limit by one.

    Nothing is written once the limit is reached.
    """
    near = Q(network=network)
    counted = lately(DeadLinkVisit.objects.all(), own=near, near=near, since=at - WINDOW)
    if counted["network"] >= PER_NETWORK:
        return False
    DeadLinkVisit.objects.create(network=network, created_at=at)
    return True


def forget(*, at: datetime) -> int:
    """Delete the visits that no limit counts any more, and return how many."""
    return DeadLinkVisit.objects.filter(created_at__lt=at - KEPT).delete()[0]
