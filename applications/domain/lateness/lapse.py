"""Drafts lapse 15 minutes after their end, and come back where they may be sent again."""

from datetime import datetime

from django.db import transaction

from applications.domain import own_messages, workflow
from applications.domain.windows import lapsing, revivable
from applications.models import Application, Status
from jetportal.mail import outbox
from jetportal.mail.models import Lane
from jetportal.setaside import set_aside
from positions.deadlines import LAPSE_AFTER

AT_ONCE = 2000


def lapse_due(*, at: datetime) -> int:
    """Lapse drafts whose end passed at least 15 minutes before `at`; return how many.

    The end is that of the round, or a later one granted to the applicant. Also revives lapsed
    drafts that may be sent again. Each row is its own transaction. What is left over is taken up
    by the next run, so that one run stays below the time limit of a task.
    """
    due = lapsing(at).values_list("pk", flat=True)[:AT_ONCE]
    lapsed = 0
    for pk in due:
        with set_aside("draft", pk):
            lapsed += _lapse(pk, at=at)
    alive = revivable(at).values_list("pk", flat=True)[:AT_ONCE]
    for pk in alive:
        with set_aside("lapsed draft", pk):
            _revive(pk, at=at)
    return lapsed


@transaction.atomic(durable=True)
def _lapse(application_id: int, *, at: datetime) -> bool:
    """Lapse a draft if its end is still over once it is locked; tell whether it did.

    Its holder is told in the same transaction, once per deadline; of a cancelled round they have
    heard already.
    """

    def is_over(application: Application) -> bool:
        return application.ends_at <= at - LAPSE_AFTER

    lapsed = workflow.move_for_system(application_id, Status.LAPSED, at=at, wanted=is_over)
    if lapsed and lapsed.round.cancelled_at is None:
        outbox.enqueue(
            own_messages.draft_lapsed(lapsed),
            key=f"lapsed:{lapsed.pk}:{lapsed.ends_at.isoformat()}",
            lane=Lane.BULK,
            at=at,
        )
    return lapsed is not None


@transaction.atomic(durable=True)
def _revive(application_id: int, *, at: datetime) -> None:
    def accepts(application: Application) -> bool:
        return application.accepts(at)

    workflow.move_for_system(application_id, Status.DRAFT, at=at, wanted=accepts)
