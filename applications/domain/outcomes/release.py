"""What a release would do, for those who decide about it; and carrying it out, row by row."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from applications.domain import windows, workflow
from applications.domain.mailing.wordings import with_own_words
from applications.domain.outcomes import result_messages, results
from applications.domain.outcomes.following import end_of_days
from applications.models import (
    DECIDED_FROM,
    Application,
    Decision,
    ResultBatch,
    Stage,
    Status,
    StatusChange,
)
from applications.models.application import ApplicationQuerySet
from applications.models.reply import REPLIES, ReplyForm
from jetportal.mail.message import Message
from jetportal.setaside import set_aside

SAMPLES = 3
SHOWN = 50
ROWS_AT_ONCE = 500  # in one run, so that it ends well before the time limit of a task


@dataclass(frozen=True, slots=True)
class Overview:
    """A batch before its release: what would happen, and what is in the way.

    `outcomes` and `mails` count; `conflicts` have gone another way since their result was
    recorded and `missing` have none yet: the first fifty of each, with how many there are.
    `taken_until` ends what the round still takes at the release; None where it takes nothing.
    """

    outcomes: Mapping[Status, int]
    mails: Mapping[str, int]
    conflicts: tuple[Decision, ...]
    conflict_count: int
    missing: tuple[Application, ...]
    missing_count: int
    samples: tuple[Message, ...]
    taken_until: datetime | None


def overview(batch: ResultBatch, *, at: datetime) -> Overview:
    """Look at a batch with its round; a fixed number of queries."""
    source = DECIDED_FROM[Stage(batch.stage)]
    rows = batch.decisions.select_related("application")
    ready = rows.filter(application__status=source)
    apart = rows.exclude(application__status=source)
    outcomes = Counter(Status(row) for row in rows.values_list("outcome", flat=True))
    leaving = Counter(
        kind
        for row in ready.values_list("outcome", flat=True)
        if (kind := result_messages.KINDS.get((source, Status(row))))
    )
    without = missing(batch)
    return Overview(
        outcomes=dict(outcomes),
        mails=dict(leaving),
        conflicts=tuple(apart.order_by("pk")[:SHOWN]),
        conflict_count=apart.count(),
        missing=tuple(without.order_by("pk")[:SHOWN]),
        missing_count=without.count(),
        samples=samples(batch, at=at),
        taken_until=windows.taken_until(batch.round, max(at, batch.release_at or at)),
    )


def missing(batch: ResultBatch) -> ApplicationQuerySet:
    """Applications of the round that wait for a result of this stage and have none recorded."""
    decided = Decision.objects.filter(application=OuterRef("pk"), stage=batch.stage)
    rows: ApplicationQuerySet = Application.objects.filter(
        round=batch.round, status=DECIDED_FROM[Stage(batch.stage)]
    ).exclude(Exists(decided))
    return rows


def samples(batch: ResultBatch, *, at: datetime) -> tuple[Message, ...]:
    """Write three mails as they would leave: of each kind first, then the oldest."""
    source = DECIDED_FROM[Stage(batch.stage)]
    rows = batch.decisions.filter(application__status=source).select_related(
        "application__round", "application__consulate"
    )
    chosen: list[Decision] = []
    for outcome in dict.fromkeys(rows.order_by("pk").values_list("outcome", flat=True)[:SHOWN]):
        chosen += rows.filter(outcome=outcome).order_by("pk")[:1]
    chosen += rows.exclude(pk__in=[row.pk for row in chosen]).order_by("pk")[:SAMPLES]
    until = replies_until(batch, at=at)
    with_own_words([row.application for row in chosen[:SAMPLES]])
    return tuple(_mail(row, batch, until, at=at) for row in chosen[:SAMPLES])


def replies_until(batch: ResultBatch, *, at: datetime) -> datetime | None:
    """Return the end of the time to answer; as is usual in the round while nobody has set one."""
    if batch.stage != Stage.FINAL or batch.replies_until:
        return batch.replies_until
    days = results.settings_of(batch.round).reply_days
    return end_of_days(batch.round, batch.release_at or at, days)


def _mail(
    decision: Decision, batch: ResultBatch, until: datetime | None, *, at: datetime
) -> Message:
    release_at = batch.release_at or at
    change = StatusChange(
        from_status=DECIDED_FROM[Stage(batch.stage)],
        to_status=decision.outcome,
        at=release_at,
        application=decision.application,
    )
    form = ReplyForm(until_at=until) if until and decision.outcome in REPLIES else None
    mail = result_messages.for_move(decision.application, change, form)
    if mail is None:
        raise ValueError("every result has its mail")
    return mail


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run did: applications moved, put away unmoved, batches finished."""

    moved: int = 0
    unmoved: int = 0
    finished: int = 0


def settle_due(*, at: datetime, most: int = ROWS_AT_ONCE) -> Counts:
    """Carry out what was released by `at`, each application in its own transaction.

    A run that is cut short is resumed by the next one; nothing is done twice.
    """
    moved = unmoved = 0
    rows = Decision.objects.due(at).order_by("batch__release_at", "pk")
    for application_id in list(rows.values_list("application", flat=True)[:most]):
        with set_aside("result of application", application_id):
            if workflow.settle(application_id, at=at):
                moved += 1
            else:
                unmoved += 1
    return Counts(moved, unmoved, _finish(at))


def _finish(at: datetime) -> int:
    """Close the batches of which nothing is left to do."""
    left = Decision.objects.filter(batch=OuterRef("key"), settled_at=None)
    done = ResultBatch.objects.filter(
        ~Exists(left), finished_at=None, approved_at__isnull=False, release_at__lte=at
    )
    return done.update(finished_at=at)
