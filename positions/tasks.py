from celery import shared_task
from django.utils import timezone

from positions.domain import announcements, watches


@shared_task
def tell_watchers() -> None:
    """Tell those who wait what is due and not yet told."""
    now = timezone.now()
    announcements.tell_changes(at=now)
    announcements.carry_on(at=now)


@shared_task
def keep_watches() -> None:
    """Ask those whose watch ends soon whether to go on, and forget what has ended."""
    now = timezone.now()
    watches.ask_renewals(at=now)
    watches.forget(at=now)
