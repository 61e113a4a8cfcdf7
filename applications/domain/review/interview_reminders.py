"""Reminders of interviews: what is due and was not sent, so that a stopped clock catches up."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from applications.domain.review import interview_messages
from applications.domain.review.interviews import INVITED, remind_at
from applications.models import Application, Interview, ReviewSettings
from jetportal.mail import outbox
from jetportal.mail.models import Lane
from jetportal.setaside import set_aside

MOST = 500  # in one run of the job
DECLARED = ReviewSettings().reminder_hours  # of a round without settings


def remind_due(*, at: datetime) -> int:
    """Queue the reminders that are due and were not sent; return how many.

    Nobody is reminded once the interview has begun.
    """
    unsent = Q(reminded_for=None) | ~Q(reminded_for=F("starts_at"))
    rows = Interview.objects.filter(
        _near(at) & unsent, starts_at__gt=at, application__status__in=INVITED
    )
    sent = 0
    for pk in list(rows.order_by("starts_at", "pk").values_list("application", flat=True)[:MOST]):
        with set_aside("interview", pk):
            sent += _remind(pk, at=at)
    return sent


def _near(at: datetime) -> Q:
    """Narrow to interviews that begin within the hours their round sets."""
    kept = dict(ReviewSettings.objects.values_list("round", "reminder_hours"))
    near = ~Q(application__round__in=kept) & Q(starts_at__lte=at + timedelta(hours=DECLARED))
    for hours in set(kept.values()):
        rounds = [slug for slug, own in kept.items() if own == hours]
        near |= Q(application__round__in=rounds, starts_at__lte=at + timedelta(hours=hours))
    return near


@transaction.atomic(durable=True)
def _remind(application_id: int, *, at: datetime) -> bool:
    """Remind of one interview if it is still ahead; once for each time it was set to."""
    rows = Application.objects.with_due_result(at).select_for_update(of=("self",))
    application: Application = rows.select_related("round", "consulate").get(pk=application_id)
    interview: Interview = Interview.objects.get(application=application)
    is_ahead = remind_at(interview, application.round) <= at < interview.starts_at
    is_due = is_ahead and interview.reminded_for != interview.starts_at
    if not is_due or application.standing not in INVITED:
        return False
    interview.reminded_for = interview.starts_at
    interview.save(update_fields=["reminded_for"])
    outbox.enqueue(
        interview_messages.reminder(interview, application),
        key=f"interview_reminder:{application.pk}:{interview.starts_at.isoformat()}",
        lane=Lane.BULK,
        at=at,
    )
    return True
