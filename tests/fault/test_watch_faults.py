"""Announcing with real processes: a lost queue and a killed worker cost time and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from kombu import Connection

from jetportal.mail.models import MailState, OutgoingMail
from jetportal.mail.tasks import deliver_due
from positions.domain import announcements
from positions.models import Announcement
from positions.tasks import tell_watchers
from tests.positions.watching import archery_round, make_many, make_staff, make_watch, told
from tests.processes import CeleryWorker
from tests.services import Redis, wait_until
from tests.smtp import MailReceiver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_queue")]


def ask_for(task, url: str | None = None) -> None:
    """Put a task in the queue, as beat does."""
    with Connection(url) if url else task.app.connection_for_write() as queue:
        task.apply_async(connection=queue, expires=60)


def announce_open_round():
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    round_ = archery_round(
        published_at=now - timedelta(days=2),
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=9),
    )
    announcements.announce(round_.pk, by=make_staff(), at=datetime.now(UTC))
    return round_


def test_lost_queue_and_missing_worker_delay_the_one_mail_and_nothing_else(
    own_redis: Redis, mail_receiver: MailReceiver, settings
):
    settings.REDIS_URL = settings.CELERY_BROKER_URL = own_redis.url
    archer = make_watch("archer@example.org", "Archery", confirmed_at=datetime.now(UTC))
    make_watch("judoka@example.org", "Judo", confirmed_at=datetime.now(UTC))
    own_redis.stop()
    announce_open_round()
    before = OutgoingMail.objects.count()
    own_redis.start()

    with CeleryWorker(EMAIL_URL=mail_receiver.url, REDIS_URL=own_redis.url):
        for _ in range(2):
            ask_for(tell_watchers, own_redis.url)
            ask_for(deliver_due, own_redis.url)
        sent = OutgoingMail.objects.filter(state=MailState.SENT)
        wait_until(sent.exists, "the mail to leave")

    assert before == 0
    assert [message["To"] for message in mail_receiver.messages] == ["archer@example.org"]
    message = mail_receiver.messages[0]
    assert f"/watch/stop/{archer.key.hex}." in message["List-Unsubscribe"]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_worker_killed_amid_an_announcement_is_followed_by_one_that_tells_the_rest():
    make_many(announcements.BATCH * 5)
    announce_open_round()
    with CeleryWorker() as doomed:
        ask_for(tell_watchers)
        wait_until(OutgoingMail.objects.exists, "the first mails to be stored")
        doomed.kill()
    halfway = Announcement.objects.get()

    with CeleryWorker():
        ask_for(tell_watchers)
        finished = Announcement.objects.exclude(finished_at=None)
        wait_until(finished.exists, "the rest to be told")

    assert halfway.finished_at is None
    assert halfway.count < announcements.BATCH * 5
    names = told("watch_opened")
    assert len(names) == len(set(names)) == announcements.BATCH * 5
    assert finished.get().count == announcements.BATCH * 5
