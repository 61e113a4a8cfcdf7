from celery import shared_task
from django.utils import timezone

from applications.domain import changes, workflow


@shared_task
def lapse_due() -> None:
    workflow.lapse_due(at=timezone.now())


@shared_task
def tell_round_changes() -> None:
    changes.tell_due(at=timezone.now())
