"""A browser on the live server, and one worker that delivers every mail of the folder."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer
from redis import Redis as RedisClient

from jetportal.accounts.models import User
from positions.models import RecruitmentRound
from tests.browser.inspecting import Inspector
from tests.factories import make_round
from tests.processes import CeleryWorker
from tests.smtp import MailReceiver

PATIENCE = 15_000  # milliseconds: the machine may be busy with other tests
A_WEEK = timedelta(weeks=1)


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    expect.set_options(timeout=PATIENCE)


@pytest.fixture
def browser_context_args(browser_context_args: dict, live_server: LiveServer) -> dict:
    """Let tests name pages by their path; colors change at once, so that none is seen half-way."""
    return {**browser_context_args, "base_url": live_server.url, "reduced_motion": "reduce"}


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    context.set_default_timeout(PATIENCE)
    return context


@pytest.fixture(scope="package")
def receiver() -> Iterator[MailReceiver]:
    with MailReceiver() as server:
        yield server


@pytest.fixture(scope="package")
def worker(django_db_setup: None, receiver: MailReceiver) -> Iterator[CeleryWorker]:
    """A worker on the queue and the database of the tests, which mails to `receiver`."""
    RedisClient.from_url(settings.REDIS_URL).flushdb()
    with CeleryWorker(EMAIL_URL=receiver.url) as process:
        yield process


@pytest.fixture
def mailbox(worker: CeleryWorker, receiver: MailReceiver) -> MailReceiver:
    """What people of this test receive by mail."""
    receiver.messages.clear()
    return receiver


@pytest.fixture
def inspector(page: Page) -> Iterator[Inspector]:
    inspector = Inspector(page)
    yield inspector
    assert inspector.found == []


@pytest.fixture
def catalogue(db: None) -> None:
    call_command("load_catalogue", verbosity=0)


@pytest.fixture
def open_round(catalogue: None) -> RecruitmentRound:
    """An SEA round that has long been open and closes at the end of a day of next week."""
    now = datetime.now(UTC)
    closes = (now + A_WEEK).replace(hour=10, minute=0, second=0, microsecond=0)  # midnight, HST
    return make_round(slug="sea-next", title="SEA round, next summer", closes_at=closes)


@pytest.fixture
def enter_in(live_server: LiveServer) -> Callable[[BrowserContext, User], None]:
    """Sign somebody in without the way through the mail, where that is not the point."""

    def enter(context: BrowserContext, user: User) -> None:
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
        context.add_cookies([cookie])

    return enter


@pytest.fixture
def enter(
    context: BrowserContext, enter_in: Callable[[BrowserContext, User], None]
) -> Callable[[User], None]:
    """Sign somebody in in the browser of the test."""
    return partial(enter_in, context)
