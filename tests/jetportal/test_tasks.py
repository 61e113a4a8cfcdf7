from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection

from jetportal import tasks

NOW = datetime(2024, 4, 5, 12, tzinfo=UTC)


@pytest.fixture
def cache_table(db):
    """An empty cache: its table is no model's, so rows that other tests commit stay in it."""
    call_command("createcachetable")
    cache.clear()


def rows_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {table}")
        return cursor.fetchone()[0]


@pytest.mark.both_databases
@pytest.mark.usefixtures("cache_table")
def test_clearing_takes_what_is_over_and_nothing_else():
    with time_machine.travel(NOW, tick=False):
        cache.set("short", "1", timeout=59)
        cache.set("long", "1", timeout=7200)
        for key, minutes in {"old": -1, "new": 90}.items():
            ends = NOW + timedelta(minutes=minutes)
            Session.objects.create(session_key=key, session_data="", expire_date=ends)

    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        tasks.clear_expired()
        kept = [cache.get("short"), cache.get("long"), rows_of("portal_cache")]

    assert kept == [None, "1", 1]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
