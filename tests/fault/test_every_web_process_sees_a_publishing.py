"""Pages are kept in the memory of each web process; a publishing ends them all within a second."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.request import urlopen

import pytest

from jetportal.accounts.models import User
from positions.domain import rounds
from positions.models import RecruitmentRound
from tests.factories import make_round
from tests.processes import WebServer
from tests.services import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

ASKED = 24  # often enough that every process of a server is asked
READERS = 8


@pytest.fixture
def web_servers() -> Iterator[list[WebServer]]:
    with WebServer() as first, WebServer() as second:
        yield [first, second]


def read(url: str) -> str:
    with urlopen(url, timeout=10) as response:
        return str(response.read().decode())


def read_by_many(servers: list[WebServer], path: str) -> list[str]:
    urls = [f"{server.url}{path}" for server in servers for _ in range(ASKED)]
    with ThreadPoolExecutor(READERS) as readers:
        return list(readers.map(read, urls))


def a_draft() -> RecruitmentRound:
    closes = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(weeks=2)
    return make_round(
        slug="sea-2031-summer",
        title="The round that waits",
        departure_season="summer 2031",
        opens_at=None,
        published_at=None,
        closes_at=closes,
    )


def test_publishing_is_seen_by_every_web_process_within_a_second(web_servers):
    staff = User.objects.create_user("staff@jet.example", is_staff=True)
    round_ = a_draft()
    before = read_by_many(web_servers, "/rounds/")

    rounds.publish(round_.pk, by=staff, at=datetime.now(UTC))
    published = time.monotonic()
    wait_until(lambda: time.monotonic() - published >= 1, "the second that pages may lag behind")
    after = read_by_many(web_servers, "/rounds/")

    assert [page for page in before if round_.title in page] == []
    assert [page for page in after if round_.title not in page] == []
