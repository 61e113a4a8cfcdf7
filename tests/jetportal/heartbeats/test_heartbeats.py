from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection
from pytest_django.asserts import assertNumQueries

from jetportal.celery import app
from jetportal.heartbeats.clock import Clock
from jetportal.heartbeats.models import Heartbeat, Process
from jetportal.heartbeats.tasks import beat

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.both_databases
def test_heartbeat_is_one_row_per_process_and_the_newest_counts():
    Heartbeat.objects.beat(Process.JOBS, at=NOON)
    Heartbeat.objects.beat(Process.CLOCK, at=NOON)

    with assertNumQueries(1):
        Heartbeat.objects.beat(Process.JOBS, at=NOON + timedelta(seconds=15))

    assert dict(Heartbeat.objects.values_list("process", "beaten_at")) == {
        "jobs": NOON + timedelta(seconds=15),
        "clock": NOON,
    }


def test_database_knows_every_process():
    with pytest.raises(IntegrityError, match="heartbeat_process_known"):
        Heartbeat.objects.create(process="x", beaten_at=NOON)


def test_each_lane_is_asked_four_times_a_minute_and_answers_for_itself():
    asked = {
        job["args"][0]: (job["schedule"], job["options"]["queue"])
        for job in app.conf.beat_schedule.values()
        if job["task"] == beat.name
    }

    assert asked == {"first": (15.0, "first"), "jobs": (15.0, "jobs")}


def away(execute, sql, params, many, context):
    raise DatabaseError("connection to server at 10.1.2.3, user portal, failed")


@pytest.mark.django_db(transaction=True)
def test_clock_goes_on_while_the_database_is_away(tmp_path, caplog):
    clock = Clock(app, lazy=True, schedule_filename=str(tmp_path / "schedule"))

    with connection.execute_wrapper(away):
        clock.say_alive()
    clock.say_alive()

    assert caplog.messages == ["the clock wrote no heartbeat error=DatabaseError"]
    assert Heartbeat.objects.filter(process=Process.CLOCK).exists()
