"""A worker or a clock that stops is red on the status page within two minutes, until it is back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F
from django.test import Client

from applications.domain import access
from applications.domain.roles import ensure_roles
from jetportal.heartbeats.models import Heartbeat, Process
from jetportal.status.processes import STOPPED
from tests.applicants import make_staff
from tests.fault.test_two_of_everything import Clock
from tests.processes import CeleryWorker
from tests.services import Redis, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

TWO_MINUTES = timedelta(minutes=2)


@pytest.fixture
def stopped(settings) -> Callable[[], list[str]]:
    """Return what the page calls red, of all that runs beside the web process."""
    settings.DEMO = True  # the second factor has tests of its own
    ensure_roles()
    office = Client()
    office.force_login(make_staff("office@example.org", access.PROGRAM_OFFICE))
    labels = {str(process.label) for process in Process}

    def look() -> list[str]:
        answer = office.get("/admin/status/")
        return [line.part for line in answer.context["red"] if line.part in labels]

    return look


def two_minutes_pass() -> None:
    """Make every heartbeat two minutes older, in place of waiting so long."""
    Heartbeat.objects.update(beaten_at=F("beaten_at") - TWO_MINUTES)


def beats(*processes: Process) -> bool:
    young = datetime.now(UTC) - timedelta(seconds=30)
    return Heartbeat.objects.filter(process__in=processes, beaten_at__gt=young).count() == len(
        processes
    )


def test_stopped_worker_and_stopped_clock_are_red_within_two_minutes(stopped, own_redis: Redis):
    ours = {"REDIS_URL": own_redis.url}
    workers = [str(Process.FIRST.label), str(Process.JOBS.label)]
    with Clock(**ours) as clock:
        with CeleryWorker(**ours) as worker:
            wait_until(lambda: beats(*Process), "every heartbeat", seconds=40)
            well = stopped()
            worker.kill()
            two_minutes_pass()
            wait_until(lambda: beats(Process.CLOCK), "the clock to beat on")
            without_worker = stopped()
        with CeleryWorker(**ours):
            wait_until(lambda: beats(*Process), "the next worker", seconds=40)
            again = stopped()
            clock.kill()
            two_minutes_pass()
            without_clock = stopped()

    assert STOPPED <= TWO_MINUTES
    assert (well, without_worker, again) == ([], workers, [])
    assert without_clock == [str(Process.CLOCK.label), *workers]  # nobody asks the workers
