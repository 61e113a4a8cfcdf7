"""What every test may use: servers it can stop, processes of the portal, the browser's settings."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker
from redis import Redis as RedisClient

from jetportal.pagecache.middleware import forget_everything
from tests.databases import use_a_copy
from tests.services import Redis
from tests.smtp import MailReceiver

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Give each process a database of its own; the run takes all of them with it when it ends."""
    with django_db_blocker.unblock():
        use_a_copy()


@pytest.fixture(autouse=True)
def empty_page_cache() -> None:
    """Pages kept in memory must not outlive the rows of the test that made them."""
    forget_everything()


@pytest.fixture
def mail_receiver() -> Iterator[MailReceiver]:
    """An SMTP server that accepts everything; extend its `plan` for another answer."""
    with MailReceiver() as receiver:
        yield receiver


@pytest.fixture
def own_redis() -> Iterator[Redis]:
    """A Redis for this test alone, which it may stop, start again or pause."""
    with Redis() as server:
        yield server


@pytest.fixture
def empty_queue() -> None:
    """Forget the messages that earlier tests have published, before a worker starts."""
    RedisClient.from_url(settings.REDIS_URL).flushdb()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Run the Chromium of this machine, headless; root needs it without its sandbox."""
    # The driver keeps an event loop in this thread, in which Django would refuse every query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    program = next(path for name in CHROMIUM if (path := shutil.which(name)))
    flags = ["--no-sandbox"] if os.getuid() == 0 else []
    return {"executable_path": program, "args": [*flags, "--disable-dev-shm-usage"]}
