from celery import shared_task
from django.utils import timezone

from jetportal.heartbeats.models import Heartbeat, Process


@shared_task
def beat(process: str) -> None:
    """Write that whoever runs this is alive."""
    Heartbeat.objects.beat(Process(process), at=timezone.now())
