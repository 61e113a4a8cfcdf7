from celery import shared_task
from django.utils import timezone

from jetportal.accounts import codes


@shared_task
def forget_codes() -> int:
    """Delete sign-in codes, and the addresses and networks with them, a day after their making."""
    return codes.forget(at=timezone.now())
