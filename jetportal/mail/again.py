"""What staff decide about mail that did not leave: once more, to another address, or held."""

from datetime import datetime
from functools import partial

from django.db import transaction

from jetportal.mail.models import (
    AddressCorrection,
    MailState,
    Outcome,
    OutgoingMail,
    OutgoingMailAttempt,
)
from jetportal.mail.nudge import nudge

HELD = "Held: it waited when the backup was made, and may have left since."


class NotQueuedAgainError(Exception):
    """Say why a mail stays as it is; safe to show at the desk."""


def queue_again(pk: int, *, at: datetime) -> None:
    """Give a failed mail two more days, under its old Message-ID, or raise NotQueuedAgainError."""
    failed = OutgoingMail.objects.failed().filter(pk=pk, secret=False)
    if not failed.update(state=MailState.QUEUED, queued_at=at, due_at=at):
        raise NotQueuedAgainError("Only failed mail that still has its words can be queued again.")
    transaction.on_commit(partial(nudge, pk), robust=True)


def correct_address(pk: int, address: str, *, by: int, at: datetime) -> None:
    """Send a failed mail to another address, on record; `by` is the key of an account.

    Raises NotQueuedAgainError.
    """
    with transaction.atomic():
        rows = OutgoingMail.objects.failed().filter(pk=pk, secret=False)
        mail = rows.select_for_update().first()
        if mail is None:
            raise NotQueuedAgainError("This mail did not fail, or somebody queued it meanwhile.")
        AddressCorrection.objects.create(mail=mail, was=mail.recipient, by_id=by, at=at)
        rows.update(recipient=address)
        queue_again(pk, at=at)


def hold_waiting(*, at: datetime) -> int:
    """Set all waiting mail to failed until somebody queues it again; return how much it was.

    After a restore: what waited when the backup was made may have left since.
    """
    waiting = OutgoingMail.objects.filter(state=MailState.QUEUED)
    with transaction.atomic():
        held = list(waiting.select_for_update().values_list("pk", flat=True))
        OutgoingMailAttempt.objects.bulk_create(
            OutgoingMailAttempt(mail_id=pk, at=at, outcome=Outcome.FAILED, detail=HELD)
            for pk in held
        )
        waiting.filter(pk__in=held, secret=True).update(text="", html="")
        waiting.filter(pk__in=held).update(state=MailState.FAILED)
    return len(held)
