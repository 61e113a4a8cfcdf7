"""Late submits that an extension of their round has put in time: they count, as they arrived.

See docs/decisions/0029.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from applications.domain import workflow
from applications.domain.lateness import late
from applications.models import UNSENT, Application, LateSubmit
from jetportal.setaside import set_aside
from positions.deadlines import LAPSE_AFTER

AT_ONCE = 500
REASON = "The deadline was extended. This had arrived before the new one."


def covered() -> QuerySet[LateSubmit]:
    """Late submits of unsent applications that arrived before the end of the round now.

    Asked of the late submits, which are few, and not of every draft whether it has one.
    """
    return LateSubmit.objects.filter(
        received_at__lt=F("application__round__closes_at"),
        application__status__in=UNSENT,
        application__round__cancelled_at=None,
    )


def send_due(*, at: datetime) -> int:
    """Send what is covered by now; return how many. Each row is its own transaction.

    Where the draft says something else than what arrived, its owner may still send that; what
    arrived is sent when the draft would lapse.
    """
    sent = 0
    rows = covered().order_by("application__round__closes_at", "application_id")
    for pk in dict.fromkeys(rows.values_list("application_id", flat=True)[:AT_ONCE]):
        with set_aside("late submit of application", pk):
            sent += _send(pk, at=at)
    return sent


@transaction.atomic(durable=True)
def _send(application_id: int, *, at: datetime) -> bool:
    def wanted(application: Application, arrived: LateSubmit) -> bool:
        """Judge once the row is locked: somebody may have sent, typed or cancelled meanwhile."""
        if application.status not in UNSENT or application.round.cancelled_at is not None:
            return False
        is_over = application.ends_at <= at - LAPSE_AFTER
        return is_over or late.says_the_same(application, arrived)

    return workflow.admit(application_id, reason=REASON, by=None, at=at, wanted=wanted) is not None
