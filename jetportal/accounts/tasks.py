from celery import shared_task
from django.utils import timezone

from jetportal.accounts import codes, sign_ins


@shared_task
def forget_codes() -> int:
    """Delete sign-in codes, and the addresses and networks with them, a day after their making."""
    return codes.forget(at=timezone.now())


@shared_task
def forget_sign_ins() -> int:
    """Delete lines of the log of sign-ins after half a year."""
    return sign_ins.forget(at=timezone.now())
