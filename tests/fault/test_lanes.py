"""Two workers, each with a lane of its own: a confirmation never waits for a job."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from jetportal.celery import FIRST, JOBS, app
from jetportal.mail.models import Lane as MailLane
from jetportal.mail.models import MailState, OutgoingMail
from tests.fault.test_mail_faults import broker, fresh_publisher, sweep
from tests.jetportal.mail.factories import make_mail
from tests.processes import CeleryWorker
from tests.services import Redis, wait_until
from tests.smtp import Answer, MailReceiver

__all__ = ["broker", "fresh_publisher"]

pytestmark = pytest.mark.django_db(transaction=True)


class Lane(CeleryWorker):
    """A worker of one lane, as `deploy/systemd` starts it."""

    def __init__(self, lane: str, **changes: str) -> None:
        super().__init__(**changes)
        self.lane = lane

    def command(self) -> list[str]:
        return [*super().command(), "--queues", self.lane]


def promise(key: str, *, lane: MailLane) -> None:
    with transaction.atomic():
        make_mail(key, lane=lane, at=datetime.now(UTC))


def sent(key: str) -> bool:
    return OutgoingMail.objects.filter(key=key, state=MailState.SENT).exists()


def test_confirmation_overtakes_a_job_that_hangs(broker: Redis):
    promise("announcement:1", lane=MailLane.BULK)
    with (
        MailReceiver(Answer.STALL) as receiver,
        Lane(FIRST, EMAIL_URL=receiver.url, REDIS_URL=broker.url),
        Lane(JOBS, EMAIL_URL=receiver.url, REDIS_URL=broker.url),
    ):
        sweep(broker.url)
        wait_until(lambda: receiver.attempts == 1, "the job to hang")
        promise("confirmation:2", lane=MailLane.FIRST)
        wait_until(lambda: sent("confirmation:2"), "the confirmation", seconds=8)

        assert not sent("announcement:1")


def test_every_task_has_a_lane_that_the_only_worker_takes():
    assert {queue.name for queue in app.conf.task_queues} == {FIRST, JOBS}
    assert app.conf.task_default_queue == JOBS
