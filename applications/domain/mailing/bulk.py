"""One mail to many: fixed recipients, a dry run, one confirmation, and a worker that resumes.

Each batch is one transaction: the mails in the outbox and how far we are. A worker that dies
leaves both or neither; the key of a mail names bulk mail and application, so none leaves twice.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse

from applications.domain import access
from applications.domain.errors import Refused
from applications.domain.mailing import placeholders
from applications.domain.mailing.kinds import MEANINGS
from applications.domain.mailing.placeholders import Placeholder, Words, problems
from applications.domain.names import names_of, with_names
from applications.models import Application, BulkMail, BulkMailState, Erasure, Status
from jetportal.accounts.models import User
from jetportal.mail import outbox
from jetportal.mail.addresses import refused
from jetportal.mail.message import Message
from jetportal.mail.nudge import nudge_task
from jetportal.setaside import set_aside
from positions.deadlines import deadline_in_words

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
State = BulkMailState

WRITE = "applications.write_to_many"
KIND = "written_to_many"
SEND_DUE = "applications.tasks.send_mail_to_many"
MOST = 20_000
BATCH = 200
READ_AT_ONCE = 2000
SAMPLES = 3
SWEEP_TIME = timedelta(seconds=15)  # other work waits behind it
FORGOTTEN = timedelta(days=7)  # what was written and never sent
PLACES = (
    *(Placeholder(name, MEANINGS[name]) for name in ("reference", "round", "position")),
    Placeholder("name", "first and family name, as typed"),
    Placeholder("location", MEANINGS["location"]),
    Placeholder("deadline", "the deadline of the round"),
    Placeholder("link", "their application on the portal"),
    Placeholder("support", MEANINGS["support"]),
)
GONE = "not found, or not yours to see"
ERASED = "erased"
WITHDRAWN = "withdrawn"
NO_ADDRESS = "no address"
REFUSED_ADDRESS = "the address refused an earlier mail"
UNWRITABLE = "the mail could not be written"


@dataclass(frozen=True, slots=True)
class Sorted:
    """Applications that get the mail, in the order of the keys asked for, and why others do not."""

    getting: tuple[Application, ...]
    left_out: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would happen now: how many mails leave, how many do not and why, and three of them."""

    count: int
    left_out: tuple[tuple[str, int], ...]
    samples: tuple[tuple[str, Message, str], ...]  # reference number, mail, HTML of its words


@transaction.atomic
def propose(rows: Sequence[int], *, by: User, at: datetime) -> BulkMail:
    """Fix for whom a mail is going to be written; the same wish without words is one mail.

    Raises Refused.
    """
    _require(by)
    if not rows:
        raise Refused("Choose at least one application first.")
    if len(rows) > MOST:
        raise Refused(f"One mail goes to at most {MOST:,} applicants. Narrow the list first.")
    unique = list(dict.fromkeys(rows))
    User.objects.select_for_update().get(pk=by.pk)  # two clicks take turns
    empty = BulkMail.objects.filter(written_by=by, edition=0, total=len(unique))
    same: BulkMail | None = next((mail for mail in empty if mail.rows == unique), None)
    if same is not None:
        same.written_at = at
        same.save(update_fields=["written_at"])
        return same
    made: BulkMail = BulkMail.objects.create(
        rows=unique, total=len(unique), written_by=by, written_at=at
    )
    return made


@transaction.atomic
def write(key: UUID, words: Words, *, by: User) -> BulkMail:
    """Set the words of a mail that was not confirmed yet. Raises Refused."""
    _require(by)
    bulk: BulkMail = BulkMail.objects.select_for_update().get(key=key, written_by=by)
    if bulk.state != State.WRITTEN:
        raise Refused("This mail was confirmed already. Its words stay.")
    for field, wrong in problems(words, PLACES).items():
        raise Refused(wrong[0], field=field)
    bulk.subject, bulk.text, bulk.edition = words.subject, words.text, bulk.edition + 1
    bulk.save(update_fields=["subject", "text", "edition"])
    return bulk


@transaction.atomic
def confirm(key: UUID, *, edition: int, by: User, at: datetime) -> BulkMail:
    """Start sending, once: a second click changes nothing. `edition` is what the person looked at.

    A worker is told after the commit. Raises Refused where the words are others by now, or there
    are none.
    """
    _require(by)
    bulk: BulkMail = BulkMail.objects.select_for_update().get(key=key, written_by=by)
    if bulk.state != State.WRITTEN:
        return bulk
    if not bulk.edition or bulk.edition != edition:
        raise Refused("The words have changed since you looked at them. Look at them again.")
    bulk.state, bulk.confirmed_at = State.SENDING, at
    bulk.save(update_fields=["state", "confirmed_at"])
    logger.info("mail to many confirmed id=%s account=%s rows=%s", bulk.pk, by.pk, bulk.total)
    transaction.on_commit(partial(nudge_task, SEND_DUE), robust=True)
    return bulk


@transaction.atomic
def stop(key: UUID, *, by: User, at: datetime) -> BulkMail:
    """Queue no more of it; what is in the outbox leaves. What has ended stays as it is."""
    _require(by)
    bulk: BulkMail = BulkMail.objects.select_for_update().get(key=key, written_by=by)
    if bulk.state == State.SENDING:
        bulk.state, bulk.ended_at = State.STOPPED, at
        bulk.save(update_fields=["state", "ended_at"])
    return bulk


def _require(by: User) -> None:
    if not may_write(by):
        raise Refused("You may not write to many applicants.")


def may_write(user: User) -> bool:
    return access.may_review(user) and user.has_perm(WRITE)


def sort(keys: Sequence[int], *, by: User) -> Sorted:
    """Tell who of these gets a mail written by this person; a fixed number of queries."""
    rows = access.reviewable_by(by).filter(pk__in=keys, submitted_at__isnull=False)
    erased = Erasure.objects.filter(application=OuterRef("pk"))
    found = {row.pk: row for row in with_names(rows.annotate(is_erased=Exists(erased)))}
    bad = refused({row.email for row in found.values()})
    left_out = {key: GONE for key in keys if key not in found}
    left_out |= {key: why for key, row in found.items() if (why := _why_not(row, bad))}
    return Sorted(tuple(found[key] for key in keys if key not in left_out), left_out)


def _why_not(application: Application, bad: frozenset[str]) -> str:
    if application.is_erased:  # type: ignore[attr-defined]
        return ERASED
    if application.status == Status.WITHDRAWN:
        return WITHDRAWN
    if not application.email:
        return NO_ADDRESS
    return REFUSED_ADDRESS if application.email in bad else ""


def dry_run(bulk: BulkMail, *, by: User) -> DryRun:
    """Look at everybody it is for, and write to nobody."""
    left_out: Counter[str] = Counter()
    samples: list[tuple[str, Message, str]] = []
    count = 0
    for keys in parts(bulk.rows, READ_AT_ONCE):
        told = sort(keys, by=by)
        left_out.update(told.left_out.values())
        count += len(told.getting)
        samples += [_sample(bulk, one) for one in told.getting[: SAMPLES - len(samples)]]
    return DryRun(count, tuple(left_out.most_common()), tuple(samples))


def _sample(bulk: BulkMail, application: Application) -> tuple[str, Message, str]:
    html = placeholders.filled_html(bulk.text, values_of(application))
    return application.reference_shown, message(bulk, application), html


def parts(rows: Sequence[int], size: int) -> Iterable[Sequence[int]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def message(bulk: BulkMail, application: Application) -> Message:
    """Write the mail of one applicant. Raises ValueError and KeyError where it cannot be sent."""
    return placeholders.message(
        KIND,
        Words(bulk.subject, bulk.text),
        values_of(application),
        to=application.email,
        demonstration=application.round.is_demonstration,
    )


def values_of(application: Application) -> dict[str, str]:
    round_ = application.round
    family, first = names_of(application)
    receipt = reverse("applications:receipt", args=[application.key])
    return {
        "reference": application.reference_shown,
        "round": round_.title,
        "position": application.position_id or "",
        "name": " ".join(f"{first} {family}".split()),
        "location": application.consulate.name if application.consulate else "",
        "deadline": deadline_in_words(round_.closes_at, round_.zoneinfo),
        "link": f"{settings.SITE_URL}{receipt}",
        "support": settings.SUPPORT_EMAIL,
    }


def send_due(*, now: Clock, time: timedelta = SWEEP_TIME) -> int:
    """Queue what was confirmed, batch by batch, until nothing waits or `time` is used up."""
    end, queued = now() + time, 0
    due = BulkMail.objects.filter(state=State.SENDING).order_by("pk")
    for pk in list(due.values_list("pk", flat=True)):
        with set_aside("mail to many", pk):
            while now() < end:
                more = send_batch(pk, at=now())
                if more is None:
                    break
                queued += more
    return queued


@transaction.atomic(durable=True)
def send_batch(pk: int, *, at: datetime, size: int = BATCH) -> int | None:
    """Queue the next mails of one bulk mail; return how many, None where nothing is left to do.

    Who may not have it any more is left out. Two workers take turns, or go past each other.
    """
    rows = BulkMail.objects.filter(state=State.SENDING, pk=pk)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    bulk: BulkMail | None = rows.select_related("written_by").first()
    if bulk is None:
        return None
    keys = bulk.rows[bulk.done : bulk.done + size]
    told = sort(keys, by=bulk.written_by) if may_write(bulk.written_by) else _nobody(keys)
    mails, unwritable = _written(bulk, told.getting)
    outbox.enqueue_all(mails, at=at)
    bulk.left_out |= {str(key): why for key, why in {**told.left_out, **unwritable}.items()}
    bulk.done, bulk.queued = bulk.done + len(keys), bulk.queued + len(mails)
    if bulk.done >= bulk.total:
        bulk.state, bulk.ended_at = State.DONE, at
        logger.info("mail to many queued id=%s mails=%s", bulk.pk, bulk.queued)
    bulk.save(update_fields=["left_out", "done", "queued", "state", "ended_at"])
    return len(mails)


def _nobody(keys: Sequence[int]) -> Sorted:
    return Sorted((), dict.fromkeys(keys, GONE))


def _written(
    bulk: BulkMail, applications: Iterable[Application]
) -> tuple[dict[str, Message], dict[int, str]]:
    """Write the mails by their keys; one that cannot be written stops no other."""
    mails: dict[str, Message] = {}
    unwritable: dict[int, str] = {}
    for application in applications:
        try:
            mails[f"{KIND}:{application.pk}:{bulk.pk}"] = message(bulk, application)
        except (LookupError, ValueError):
            unwritable[application.pk] = UNWRITABLE
    return mails, unwritable


def forget(*, at: datetime) -> int:
    """Delete what was written and not sent for a week; return how many."""
    old = BulkMail.objects.filter(state=State.WRITTEN, written_at__lt=at - FORGOTTEN)
    count: int = old.delete()[0]
    return count
