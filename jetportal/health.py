"""Up or down per service, and nothing else: the page is open to anybody."""

import socket
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET


def database_is_up() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError:
        return False


def queue_is_up() -> bool:
    """Tell whether the broker accepts a connection within half a second."""
    if not settings.REDIS_URL:
        return True
    address = urlsplit(settings.REDIS_URL)
    try:
        with socket.create_connection((address.hostname or "", address.port or 6379), timeout=0.5):
            return True
    except OSError:
        return False


@require_GET
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the database is up; a lost queue delays mail and loses nothing."""
    states = {"database": database_is_up(), "queue": queue_is_up()}
    words = {name: "up" if up else "down" for name, up in states.items()}
    return JsonResponse(words, status=200 if states["database"] else 503)
