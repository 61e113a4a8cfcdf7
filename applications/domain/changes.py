"""Mail to applicants about what happened to their round: an extension, a cancellation.

Everybody concerned is told once per change. A run that ends in the middle is resumed where it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction

from applications.domain import messages
from applications.domain.mailing.wordings import with_own_words
from applications.models import LIVE, UNSENT, Application, LateSubmit, RoundChangeTold
from applications.models.application import ApplicationQuerySet
from jetportal.mail import outbox
from jetportal.mail.message import Message
from jetportal.mail.models import Lane
from jetportal.setaside import set_aside
from positions.domain.told import change_key
from positions.models import ChangeKind, RoundChange

BATCH = 100
BATCHES = 20  # in one run, so that it ends well before the next one begins


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run did: people told, and changes about which everybody has been told."""

    told: int = 0
    finished: int = 0


def tell_due(*, at: datetime, batch: int = BATCH, batches: int = BATCHES) -> Counts:
    """Queue the mail about every change until `at` that is not told yet, oldest first.

    Each batch is its own transaction; what a run leaves over, the next one takes up.
    """
    told = finished = 0
    for change_id in list(due(at).values_list("pk", flat=True)):
        done = False
        while batches and not done:
            count = None
            with set_aside("change", change_id):
                count, done = _tell_batch(change_id, at=at, batch=batch)
            if count is None:
                break
            told, batches = told + count, batches - 1
        finished += done
    return Counts(told, finished)


def due(at: datetime) -> models.QuerySet[RoundChange]:
    """Changes about which not everybody has been told."""
    return RoundChange.objects.filter(at__lte=at, applicants_told__finished_at=None).order_by("pk")


@transaction.atomic(durable=True)
def _tell_batch(change_id: int, *, at: datetime, batch: int) -> tuple[int, bool]:
    """Tell the next few; return how many, and whether nobody is left."""
    change = RoundChange.objects.select_related("round").get(pk=change_id)
    RoundChangeTold.objects.get_or_create(change=change)
    progress = RoundChangeTold.objects.select_for_update().get(change=change)
    if progress.finished_at is not None:
        return 0, True
    rows = list(concerned(change, at=at).filter(pk__gt=progress.up_to).order_by("pk")[:batch])
    with_own_words(rows)
    mails = _written(rows, change, _in_time_by_now(rows, change))
    for mail in mails:
        outbox.enqueue(mail, key=change_key(change, mail.to), lane=Lane.BULK, at=at)
    if rows:
        progress.up_to = rows[-1].pk
    progress.count += len(mails)
    progress.finished_at = at if len(rows) < batch else None
    progress.save()
    return len(mails), progress.finished_at is not None


def _in_time_by_now(rows: Sequence[Application], change: RoundChange) -> dict[int, datetime]:
    """Return when the newest late submit arrived that the moved deadline covers, by application."""
    if change.new_closes_at is None:
        return {}
    kept = LateSubmit.objects.filter(application__in=rows, received_at__lt=change.new_closes_at)
    return dict(kept.order_by("received_at", "pk").values_list("application", "received_at"))


def _written(
    rows: Sequence[Application], change: RoundChange, sent_late: Mapping[int, datetime]
) -> list[Message]:
    """Write the mails; one that cannot be written is left out, unless none can."""
    mails = []
    for application in rows:
        with set_aside("mail of application", application.pk):
            mails.append(message(application, change, sent_late.get(application.pk)))
    if rows and not mails:
        raise ValueError("none of these mails can be written")
    return mails


def concerned(change: RoundChange, *, at: datetime) -> ApplicationQuerySet:
    """Return who is told: the holders of drafts; of a cancelled round, whoever is in it.

    A draft begun after the change has shown it from the first page on.
    """
    statuses = UNSENT if change.kind == ChangeKind.EXTENDED else (*UNSENT, *LIVE)
    rows: ApplicationQuerySet = (
        Application.objects.filter(
            round=change.round, status__in=statuses, created_at__lte=change.at
        )
        .select_related("round", "consulate")
        .with_late_end(at)
    )
    return rows


def message(
    application: Application, change: RoundChange, sent_late: datetime | None = None
) -> Message:
    if change.kind == ChangeKind.EXTENDED:
        return messages.round_extended(application, change, sent_late=sent_late)
    return messages.round_cancelled(application, change)
