"""Every page while the database is away: kind words, soon, and none of them needs a row."""

import re
import uuid
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from django.conf import settings

from tests.processes import WebServer
from tests.services import PostgreSQL

OURS = (500, "Something broke on our side")
DEADLINES = (200, "How deadlines work")  # it needs no row
MISSING = (404, "There is no page at this address")
ELSEWHERE = (302, "")  # to sign in
# What a stranger hears, and what somebody hears whose browser names a session.
PAGES = {
    "/": (OURS, OURS),
    "/rounds/": (OURS, OURS),
    "/rounds/sea-2024-summer/": (OURS, OURS),
    "/positions/sea/": (OURS, OURS),
    "/deadlines/": (DEADLINES, DEADLINES),
    "/sitemap.xml": (OURS, OURS),
    "/api/v1/rounds.json": (OURS, OURS),
    "/rounds/feed.atom": (OURS, OURS),
    "/watch/": (OURS, OURS),
    "/accounts/login/": ((200, "Sign in"), OURS),
    "/applications/": (ELSEWHERE, OURS),
    "/accounts/": (ELSEWHERE, OURS),
    "/admin/": (ELSEWHERE, OURS),
    "/no/such/page/": (MISSING, MISSING),
}
SESSION = f"{settings.SESSION_COOKIE_NAME}={'a' * 32}"
TOKEN = "t" * 32
FORMS = ["/accounts/login/", "/watch/", f"/applications/{uuid.UUID(int=1)}/submit/"]
HEADING = re.compile("<h1[^>]*>(.*)</h1>")
LONGEST = 5  # seconds


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    """A web process that had a database when it answered first; the connections are broken."""
    with PostgreSQL() as database:
        address = database.url.removesuffix("portal") + "postgres"
        with WebServer(DATABASE_URL=address) as server:
            before = [ask(server, "/health/")[0] for _ in range(8)]
            database.stop()
            yield server
    assert before == [200] * 8


def ask(web: WebServer, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
    line = HTTPConnection("127.0.0.1", web.port, timeout=LONGEST)
    line.request(method, path, headers=headers)
    answer = line.getresponse()
    return answer.status, answer.read().decode()


def heard(web: WebServer, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
    status, page = ask(web, path, method, **headers)
    heading = HEADING.search(page)
    return status, heading[1] if heading else ""


def test_every_page_says_kindly_that_it_is_our_fault(web: WebServer):
    answers = {path: (heard(web, path), heard(web, path, Cookie=SESSION)) for path in PAGES}

    assert answers == PAGES


@pytest.mark.parametrize("path", FORMS)
def test_every_form_says_kindly_that_it_is_our_fault(web: WebServer, path: str):
    token = {"X-CSRFToken": TOKEN, "Origin": web.url}
    cookies = f"{SESSION}; {settings.CSRF_COOKIE_NAME}={TOKEN}"

    assert heard(web, path, "POST", Cookie=cookies, **token) == OURS


def test_health_says_that_the_database_is_down(web: WebServer):
    assert ask(web, "/health/") == (503, '{"database": "down", "queue": "up"}')
