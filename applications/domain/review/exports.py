"""Exports as rows: asking, claiming, keeping pieces, fetching, forgetting.

A worker that dies leaves its pieces; whoever claims the row next goes on behind them. Two workers
never write for one row: the newest claim alone may. What a file says: `applications.exports`.
"""

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F

from applications.domain import access
from applications.domain.errors import Refused
from applications.models import ExportDownload, ExportJob, ExportKind, ExportState
from applications.models.export import ExportJobQuerySet
from jetportal.accounts.models import User

logger = logging.getLogger(__name__)

KEPT = timedelta(days=7)
LEASE = timedelta(minutes=2)  # above the longest task (CELERY_TASK_SOFT_TIME_LIMIT)
AGAIN_AFTER = timedelta(seconds=30)  # after an error that is not the work's own end
MOST_TRIES = 5  # claims without a piece
MOST_AT_ONCE = 3  # exports of one person that are being made
MOST_PDFS = 5000
AT_ONCE = 5000  # keys in one question to the database
GAVE_UP = "It could not be made. Nothing is wrong with the applications. Ask for it once more."
NO_ACCESS = "You may not see these applications any more, so it was not made."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for: the form of the file, its columns, and the keys of its rows."""

    kind: ExportKind
    columns: Sequence[str]
    rows: Sequence[int]
    filters: str = ""


def ask(wanted: Wanted, *, by: User, at: datetime) -> ExportJob:
    """Keep that a file is wanted. The same wish while it is being made is the same row.

    Raises Refused where there is nothing to export, too much, or too many are being made.
    """
    if not access.may_review(by):
        raise Refused("You may not see applications.")
    if not wanted.rows:
        raise Refused("No application fits these filters, so there is nothing to export.")
    if wanted.kind == ExportKind.PDFS and len(wanted.rows) > MOST_PDFS:
        raise Refused(
            f"One ZIP holds at most {MOST_PDFS:,} PDFs, and the list has {len(wanted.rows):,} "
            "applications. Narrow the list first."
        )
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)  # two clicks take turns
        making = list(ExportJob.objects.filter(asked_by=by, state=ExportState.WAITING))
        for same in making:
            if (same.kind, same.columns, same.rows) == _said(wanted):
                return same
        if len(making) >= MOST_AT_ONCE:
            raise Refused("Three of your exports are being made. Ask again when one is ready.")
        job: ExportJob = ExportJob.objects.create(
            kind=wanted.kind,
            columns=list(wanted.columns),
            filters=wanted.filters[:400],
            rows=list(wanted.rows),
            total=len(wanted.rows),
            asked_by=by,
            asked_at=at,
            due_at=at,
            expires_at=at + KEPT,
        )
        return job


def _said(wanted: Wanted) -> tuple[str, list[str], list[int]]:
    return wanted.kind, list(wanted.columns), list(wanted.rows)


def claim_next(*, at: datetime) -> ExportJob | None:
    """Lease the export that waits longest; one that was tried too often is given up instead."""
    rows = ExportJob.objects.due(at).order_by("due_at", "pk")
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        job = rows.first()
        if job is None:
            return None
        values = {"due_at": at + LEASE, "claims": F("claims") + 1, "tries": F("tries") + 1}
        if not ExportJob.objects.due(at).filter(pk=job.pk, claims=job.claims).update(**values):
            return None
    job.claims, job.tries = job.claims + 1, job.tries + 1
    if job.tries > MOST_TRIES:
        fail(job, GAVE_UP, at=at)
    return job


def _mine(job: ExportJob) -> ExportJobQuerySet:
    """Select the row if this claim is the newest one."""
    return ExportJob.objects.filter(pk=job.pk, claims=job.claims, state=ExportState.WAITING)


def keep_piece(job: ExportJob, *, count: int, left_out: Collection[int], at: datetime) -> bool:
    """Write down that `count` more rows are in a stored piece; False where the claim is lost."""
    gone = [*job.left_out, *left_out]
    values = {"done": job.done + count, "pieces": job.pieces + 1, "left_out": gone}
    if not _mine(job).update(**values, tries=0, due_at=at + LEASE):
        return False
    job.done, job.pieces, job.left_out, job.tries = job.done + count, job.pieces + 1, gone, 0
    return True


def put_back(job: ExportJob, *, at: datetime) -> None:
    """Leave the rest for the next run: this one's time is over, and it has made pieces."""
    _mine(job).update(due_at=at, tries=0)


def try_later(job: ExportJob, *, at: datetime) -> None:
    _mine(job).update(due_at=at + AGAIN_AFTER)


def finish(job: ExportJob, *, file: str, size: int, at: datetime) -> bool:
    """Say that the file is there; False where the claim is lost, and the file is nobody's."""
    rows = [pk for pk in job.rows if pk not in set(job.left_out)]
    done = _mine(job).update(
        state=ExportState.DONE, file=file, size=size, rows=rows, made_at=at, expires_at=at + KEPT
    )
    if done:
        logger.info("export made id=%s account=%s rows=%s", job.pk, job.asked_by_id, len(rows))
    return bool(done)


def fail(job: ExportJob, problem: str, *, at: datetime) -> None:
    """Give it up, plainly."""
    if _mine(job).update(state=ExportState.FAILED, problem=problem, expires_at=at + KEPT):
        job.state = ExportState.FAILED
        logger.error("export given up id=%s", job.pk)


def may_fetch(user: User, job: ExportJob) -> bool:
    """Tell whether the asker may still see every application in the file."""
    if job.asked_by_id != user.pk or not access.may_review(user):
        return False
    return all(
        access.reviewable_by(user).filter(pk__in=part).count() == len(part)
        for part in parts(job.rows)
    )


def parts(rows: Sequence[int], size: int = AT_ONCE) -> Iterator[Sequence[int]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def fetched(job: ExportJob, *, by: User, at: datetime) -> None:
    ExportDownload.objects.create(job=job, by=by, at=at)


def forget(*, at: datetime) -> list[ExportJob]:
    """Mark what is past its days as removed, and return it with the names of its files.

    The rows stay as the record of who took what; the keys of the applications go.
    """
    gone = []
    for job in ExportJob.objects.outdated(at).order_by("pk")[:100]:
        values = {"state": ExportState.EXPIRED, "file": "", "rows": [], "left_out": []}
        if ExportJob.objects.outdated(at).filter(pk=job.pk).update(**values):
            gone.append(job)
    return gone
