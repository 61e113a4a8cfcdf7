from celery import shared_task
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from jetportal.parking import lot


@shared_task
def clear_expired() -> None:
    """Delete sessions and cache rows whose time is over; both tables would grow without an end."""
    call_command("clearsessions")
    lot.forget(at=timezone.now())
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [now])  # noqa: S608  our own name
