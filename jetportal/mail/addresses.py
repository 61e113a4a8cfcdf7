"""What the outbox knows of addresses."""

from collections.abc import Collection

from jetportal.mail.again import HELD
from jetportal.mail.models import MailState, Outcome, OutgoingMailAttempt


def refused(addresses: Collection[str]) -> frozenset[str]:
    """Return those of the addresses whose mail a server refused for good, and nobody has mended.

    Mail that was queued again and sent, or that went to a corrected address, counts no more. A
    sign-in code, or mail that was held back after a restore, tells nothing of its address.
    """
    tries = OutgoingMailAttempt.objects.filter(
        outcome=Outcome.FAILED,
        mail__state=MailState.FAILED,
        mail__secret=False,
        mail__recipient__in=addresses,
    ).exclude(detail=HELD)
    return frozenset(tries.values_list("mail__recipient", flat=True))
