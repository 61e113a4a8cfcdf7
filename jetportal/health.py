"""Up or down per service, and nothing else: the page is open to anybody."""

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from jetportal.celery import FIRST, JOBS

PATIENCE = 0.5  # seconds per connect and per answer


def database_is_up() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except Error:
        return False


def messages_waiting() -> int | None:
    """Return how many messages wait in the lanes; None: the broker does not answer in time.

    One that hangs still takes connections, so it is asked a question. A folder always answers.
    """
    if not settings.REDIS_URL:
        messages = settings.BROKER_DIR / "messages"
        return sum(1 for _ in messages.iterdir()) if messages.is_dir() else 0
    bounds = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
    try:
        with Redis.from_url(settings.REDIS_URL, retry=Retry(NoBackoff(), 0), **bounds) as broker:
            return sum(int(broker.llen(lane)) for lane in (FIRST, JOBS))
    except (RedisError, ValueError):
        return None


def queue_is_up() -> bool:
    return messages_waiting() is not None


@require_GET
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the database is up; a lost queue delays mail and loses nothing."""
    states = {"database": database_is_up(), "queue": queue_is_up()}
    words = {name: "up" if up else "down" for name, up in states.items()}
    return JsonResponse(words, status=200 if states["database"] else 503)
