from celery import shared_task
from django.utils import timezone

from applications.domain import workflow


@shared_task
def lapse_due() -> None:
    workflow.lapse_due(at=timezone.now())
