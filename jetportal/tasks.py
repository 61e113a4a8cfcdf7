from celery import shared_task
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from applications.domain.lateness import closing_night
from jetportal.parking import lot


@shared_task
def clear_expired() -> None:
    """Delete what would grow without an end: sessions, cache rows, parked typing, counts."""
    call_command("clearsessions")
    lot.forget(at=timezone.now())
    closing_night.forget(at=timezone.now())
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [now])  # noqa: S608  our own name
