import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings as django_settings
from redis import Redis as RedisClient

from jetportal.mail import nudge
from jetportal.mail.nudge import Publisher
from tests.services import Redis, free_port, paused, wait_until

BOUND = 1.2  # seconds; one connect or one read of half a second, and a slow machine


def seconds(publisher: Publisher, times: int = 1) -> float:
    start = time.monotonic()
    for _ in range(times):
        publisher.publish(1)
    return time.monotonic() - start


@pytest.fixture
def broker(own_redis: Redis, settings) -> Redis:
    settings.REDIS_URL = settings.CELERY_BROKER_URL = own_redis.url
    return own_redis


def test_nudge_is_one_message_that_expires(broker: Redis):
    assert Publisher().publish(4711)

    message = json.loads(RedisClient.from_url(broker.url).lpop("first"))
    assert message["headers"]["task"] == nudge.DELIVER_ONE
    assert message["headers"]["argsrepr"] == "[4711]"
    assert message["headers"]["expires"] is not None


def test_task_without_a_mail_is_nudged_by_its_name(broker: Redis):
    assert Publisher().publish(task="applications.tasks.carry_out_results")

    queued = RedisClient.from_url(broker.url)
    (queue,) = [key for key in queued.scan_iter() if queued.type(key) == b"list"]
    message = json.loads(queued.lpop(queue))
    assert message["headers"]["task"] == "applications.tasks.carry_out_results"
    assert message["headers"]["argsrepr"] == "()"


def test_nudge_gives_up_at_once_when_the_broker_refuses(settings):
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    publisher = Publisher()

    assert publisher.publish(1) is False
    assert seconds(publisher, times=1000) < 0.5


def test_nudge_is_bounded_when_the_broker_hangs(broker: Redis):
    warm, cold = Publisher(), Publisher()
    assert warm.publish(1)

    with paused(broker):
        assert seconds(warm) < BOUND
        assert seconds(cold) < BOUND
        assert seconds(warm, times=1000) < 0.5


def test_hanging_broker_costs_threads_one_wait_together(broker: Redis):
    publisher = Publisher()

    with paused(broker), ThreadPoolExecutor(8) as threads:
        start = time.monotonic()
        results = list(threads.map(publisher.publish, range(8)))
        taken = time.monotonic() - start

    assert results == [False] * 8
    assert taken < BOUND


def test_nudge_leaves_a_failed_broker_alone_for_a_while(broker: Redis, monkeypatch):
    monkeypatch.setattr(nudge, "PAUSE", 2)
    publisher = Publisher()
    broker.stop()
    publisher.publish(1)
    broker.start()

    assert publisher.publish(1) is False
    wait_until(lambda: publisher.publish(1), "the end of the pause", seconds=10)


def test_nudge_survives_a_restart_of_the_broker(broker: Redis):
    publisher = Publisher()
    assert publisher.publish(1)
    broker.stop()
    broker.start()

    assert publisher.publish(1)


def test_nudge_works_through_a_folder(tmp_path, settings):
    messages, control = tmp_path / "messages", tmp_path / "control"
    messages.mkdir()
    settings.REDIS_URL, settings.CELERY_BROKER_URL = "", "filesystem://"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(messages),
        "data_folder_out": str(messages),
        "control_folder": str(control),
    }

    assert Publisher().publish(4711)

    assert len(list(messages.iterdir())) == 1


def test_nudge_through_a_missing_folder_is_no_error(tmp_path, settings):
    settings.REDIS_URL, settings.CELERY_BROKER_URL = "", "filesystem://"
    missing = str(tmp_path / "missing")
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {
        **django_settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        "data_folder_in": missing,
        "data_folder_out": missing,
        "control_folder": missing,
    }

    assert Publisher().publish(1) is False
