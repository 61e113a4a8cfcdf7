"""The outbox: everything that leaves by mail is a row first. See docs/decisions/0005.

`enqueue` stores a mail in the caller's transaction, `claim_next` leases one, `deliver` and
`deliver_due` hand it to the mail server. No lock is held while sending. A mail leaves at least
once, and every copy of it carries the same Message-ID and Date.
"""

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, Min

from jetportal.mail.message import Attachment, Message
from jetportal.mail.models import (
    Lane,
    MailState,
    Outcome,
    OutgoingMail,
    OutgoingMailAttempt,
    OutgoingMailQuerySet,
)
from jetportal.mail.nudge import nudge
from jetportal.mail.postman import Postman
from jetportal.mail.verdicts import ACCEPTED, TROUBLE, Verdict, verdict

__all__ = [
    "Counts",
    "claim_next",
    "deliver",
    "deliver_due",
    "enqueue",
    "enqueue_all",
]

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)  # above the longest task (CELERY_TASK_SOFT_TIME_LIMIT)
RETRY_AFTER = tuple(timedelta(seconds=s) for s in (30, 120, 600, 1800, 3600))  # the last repeats
GIVE_UP_AFTER = timedelta(days=2)
GIVE_UP_SECRET_AFTER = timedelta(minutes=15)  # a sign-in code is worth nothing then
SERVER_RESTS = timedelta(seconds=20)  # below the interval of the sweep
SWEEP_TIME = timedelta(seconds=20)  # leaves room for one slow mail within the task's time limit

Clock = Callable[[], datetime]


def enqueue(
    message: Message, *, key: str, lane: Lane, at: datetime, secret: bool = False
) -> OutgoingMail:
    """Store one mail in the caller's transaction; a second call with `key` returns the first row.

    The words of a `secret` mail are blanked once it has been sent. After the commit a worker is
    told, unless the lane is the bulk one, which the sweep takes; a broker that is away costs the
    caller about a second at most and never the saved work.
    """
    new = OutgoingMail(key=key, **_columns(message, lane=lane, at=at, secret=secret))
    OutgoingMail.objects.bulk_create([new], ignore_conflicts=True)  # one query, no savepoint
    mail: OutgoingMail = OutgoingMail.objects.get(key=key)
    if mail.message_id == new.message_id and lane != Lane.BULK:
        transaction.on_commit(partial(nudge, mail.pk), robust=True)
    return mail


def enqueue_all(mails: Mapping[str, Message], *, at: datetime) -> None:
    """Store many mails of the bulk lane by their keys, in as few queries as the database takes.

    What has a row under its key already stays as it is.
    """
    rows = [
        OutgoingMail(key=key, **_columns(message, lane=Lane.BULK, at=at, secret=False))
        for key, message in mails.items()
    ]
    OutgoingMail.objects.bulk_create(rows, ignore_conflicts=True)


def _columns(message: Message, *, lane: Lane, at: datetime, secret: bool) -> dict[str, Any]:
    return {
        "kind": message.kind,
        "lane": lane,
        "recipient": message.to,
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "headers": [list(header) for header in message.headers],
        **_attached(message.attachment),
        "message_id": new_message_id(),
        "secret": secret,
        "created_at": at,
        "queued_at": at,
        "due_at": at,
    }


def _attached(attachment: Attachment | None) -> dict[str, str]:
    if attachment is None:
        return {}
    return {
        "attachment_name": attachment.name,
        "attachment_kind": attachment.kind,
        "attachment": attachment.content,
    }


def new_message_id() -> str:
    return f"<{uuid.uuid4().hex}@{settings.SITE.hostname}>"


def claim_next(*, at: datetime) -> OutgoingMail | None:
    """Lease the next due mail, first lane first: a dead worker's mail comes back by itself."""
    return _claim(OutgoingMail.objects.due(at), at=at)


def claim(pk: int, *, at: datetime) -> OutgoingMail | None:
    """Lease this mail if it is due and nobody else has it."""
    return _claim(OutgoingMail.objects.due(at).filter(pk=pk), at=at)


def _claim(candidates: OutgoingMailQuerySet, *, at: datetime) -> OutgoingMail | None:
    """Lease the first of the candidates. The conditional update decides, on every database.

    Where the database can, rows another worker holds are skipped instead of waited for; SQLite's
    transactions begin as writers and take turns.
    """
    rows = candidates.order_by("lane", "due_at", "pk")
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        mail = rows.first()
        if mail is None:
            return None
        unclaimed = candidates.filter(pk=mail.pk, attempts=mail.attempts)
        if not unclaimed.update(due_at=at + LEASE, attempts=F("attempts") + 1):
            return None
    mail.due_at, mail.attempts = at + LEASE, mail.attempts + 1
    return mail


@dataclass(slots=True)
class Counts:
    """What became of the mails of one sweep."""

    sent: int = 0
    retried: int = 0
    failed: int = 0

    def add(self, state: MailState) -> None:
        self.sent += state == MailState.SENT
        self.retried += state == MailState.QUEUED
        self.failed += state == MailState.FAILED


def deliver(pk: int, *, now: Clock) -> MailState | None:
    """Send this mail if it is due and free; None when there was nothing to do or no server."""
    at = now()
    mail = None if server_rests(at=at) else claim(pk, at=at)
    if mail is None:
        return None
    with Postman() as postman:
        return _attempt(mail, postman, now=now)


def deliver_due(*, now: Clock, limit: int = 1000, time: timedelta = SWEEP_TIME) -> Counts:
    """Send what is due, first lane first, until nothing is, `limit` or `time` is used up.

    Stops early when the mail server is out of reach, so that not every waiting mail tries it.
    """
    counts, end = Counts(), now() + time
    with Postman() as postman:
        for _ in range(limit):
            at = now()
            if at >= end or server_rests(at=at):
                break
            mail = claim_next(at=at)
            if mail is None:
                break
            counts.add(_attempt(mail, postman, now=now))
    return counts


def server_rests(*, at: datetime) -> bool:
    """Tell whether the mail server was out of reach for two different mails just now.

    The attempts are the memory, so all workers share it and a restart does not forget it. After
    the rest one mail tries again; its success lets all others follow.
    """
    newest = OutgoingMailAttempt.objects.order_by("-pk").values_list("outcome", "mail_id", "at")[:2]
    tries = list(newest)
    unreachable = {mail_id for outcome, mail_id, _ in tries if outcome == Outcome.UNREACHABLE}
    return len(unreachable) == len(newest) == 2 and tries[0][2] > at - SERVER_RESTS  # noqa: PLR2004


def _attempt(mail: OutgoingMail, postman: Postman, *, now: Clock) -> MailState:
    result = ACCEPTED
    try:
        postman.send(mail)
    except TROUBLE as error:
        result = verdict(error)
        if result.outcome == Outcome.UNREACHABLE:
            postman.hang_up()
    return _record(mail, result, at=now())


def _record(mail: OutgoingMail, result: Verdict, *, at: datetime) -> MailState:
    """Write down what happened, and return the state that follows from it."""
    changes = _consequence(mail, result, at=at)
    state = MailState(changes.get("state", MailState.QUEUED))
    if mail.secret and state != MailState.QUEUED:
        changes |= {"text": "", "html": ""}
    with transaction.atomic():
        _decided_by(mail, state).update(**changes)
        mail.tries.create(
            at=at, outcome=result.outcome, smtp_code=result.code, detail=result.detail
        )
    logger.info("mail %s id=%s", "retried" if state == MailState.QUEUED else state, mail.pk)
    return state


def _consequence(mail: OutgoingMail, result: Verdict, *, at: datetime) -> dict[str, Any]:
    if result.outcome == Outcome.SENT:
        return {"state": MailState.SENT, "sent_at": at}
    again_at = _again_at(mail, result, at=at)
    return {"state": MailState.FAILED} if again_at is None else {"due_at": again_at}


def _decided_by(mail: OutgoingMail, state: MailState) -> OutgoingMailQuerySet:
    """Select the row if this claim may decide it: the newest one may, and sent is always sent."""
    row = OutgoingMail.objects.filter(pk=mail.pk)
    if state == MailState.SENT:
        return row.exclude(state=MailState.SENT)
    return row.filter(state=MailState.QUEUED, attempts=mail.attempts)


def _again_at(mail: OutgoingMail, result: Verdict, *, at: datetime) -> datetime | None:
    """Return when to try again, or None when this was the last time."""
    if result.outcome == Outcome.FAILED:
        return None
    tries = mail.tries.filter(at__gte=mail.queued_at).aggregate(count=Count("pk"), first=Min("at"))
    again_at = at + RETRY_AFTER[min(tries["count"], len(RETRY_AFTER) - 1)]
    if mail.secret:
        return again_at if again_at <= mail.queued_at + GIVE_UP_SECRET_AFTER else None
    # Counted from the first try: mail that waited for us, not for the server, gets its full time.
    return again_at if again_at <= (tries["first"] or at) + GIVE_UP_AFTER else None
