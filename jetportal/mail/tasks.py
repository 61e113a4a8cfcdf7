import logging

from celery import shared_task
from django.utils import timezone

from jetportal.mail import outbox

logger = logging.getLogger(__name__)


@shared_task
def deliver_one(pk: int) -> None:
    outbox.deliver(pk, now=timezone.now)


@shared_task
def deliver_due() -> None:
    counts = outbox.deliver_due(now=timezone.now)
    if counts.failed or counts.retried:
        logger.warning("mail sweep %s", counts)
