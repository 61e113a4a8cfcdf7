"""Connections that the database ends: between requests nobody notices, within one it is told."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.client import HTTPResponse

import pytest
from django.db import connection, transaction
from django.urls import reverse

from applications.models import Application, Status, StatusChange
from jetportal.mail.models import OutgoingMail
from tests.applicants import make_application
from tests.processes import WebServer
from tests.raw import BODY, answer, connect, head, session_of, submit_path
from tests.services import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

ASKED = 24  # often enough that every thread of a server has had its turn
OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
WAITS = "AND wait_event_type = 'Lock'"


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


@pytest.fixture
def application() -> Application:
    application = make_application()
    application.round.closes_at = datetime.now(UTC) + timedelta(hours=1)
    application.round.save()
    return application


def end_connections(which: str = "") -> int:
    """End what a restart of the database ends; return how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid) {OTHERS} {which}")
        return len(cursor.fetchall())


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # kept until the transaction ends
        cursor.execute(f"SELECT 1 {OTHERS} {WAITS}")
        return cursor.fetchone() is not None


def ask(web: WebServer, method: str, path: str, cookies: str) -> tuple[HTTPResponse, str]:
    length = len(BODY) if method == "POST" else 0
    with connect(web) as line:
        request = head(web, path, method=method, length=length, cookies=cookies)
        line.sendall(request + BODY[:length])
        response = answer(line)
        return response, response.read().decode()


def test_connections_ended_between_requests_cost_nobody_anything(web, application):
    cookies = session_of(application)
    page = reverse("applications:tasks", args=[application.key])

    def ask_at_once() -> list[int]:
        with ThreadPoolExecutor(8) as people:
            asked = people.map(lambda _: ask(web, "GET", page, cookies)[0].status, range(ASKED))
            return list(asked)

    before = ask_at_once()
    ended = end_connections()
    after = ask_at_once()

    assert ended > 1
    assert (set(before), set(after)) == ({200}, {200})


def test_connection_ended_within_a_submit_is_told_truthfully_and_the_next_try_works(
    web, application
):
    cookies, path = session_of(application), submit_path(application)
    with ThreadPoolExecutor(1) as person:
        with transaction.atomic():
            Application.objects.select_for_update().get()
            pressed = person.submit(ask, web, "POST", path, cookies)
            wait_until(somebody_waits, "the request to wait for the row")
            ended = end_connections(WAITS)
        broken, words = pressed.result(30)
    then = Application.objects.get().status, OutgoingMail.objects.count()

    again, _ = ask(web, "POST", path, cookies)

    assert (ended, broken.status, then) == (1, 500, (Status.DRAFT, 0))
    assert "If it does not say so, it was not sent; try again." in words
    assert again.headers["Location"] == reverse("applications:receipt", args=[application.key])
    assert OutgoingMail.objects.filter(kind="confirmation").count() == 1
    assert StatusChange.objects.filter(to_status=Status.SUBMITTED).count() == 1
