"""Requests that come in slowly, in pieces or not at all, over sockets to a real web process."""

import json
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from urllib.request import urlopen

import pytest
from django.conf import settings

from applications.models import Application, Status
from tests.applicants import make_application
from tests.processes import WebServer
from tests.raw import BODY, answer, connect, head, session_of, submit_path
from tests.services import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

CLOSES_IN = timedelta(seconds=1)
HALF = len(BODY) // 2


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer(THREADS="16") as server:  # as ./run starts it
        yield server


@pytest.fixture
def application() -> Application:
    """An application to a round that closes far in the future of the process's own clock."""
    application = make_application()
    closing(application, datetime(2999, 1, 1, tzinfo=UTC))
    return application


def closing(application: Application, at: datetime) -> None:
    application.round.closes_at = at
    application.round.save()


def test_body_after_the_closing_instant_is_late_though_its_headers_came_before(web, application):
    closes_at = datetime.now(UTC) + CLOSES_IN
    closing(application, closes_at)

    with connect(web) as line:
        line.sendall(head(web, submit_path(application), cookies=session_of(application)))
        line.sendall(BODY[:HALF])
        wait_until(lambda: datetime.now(UTC) >= closes_at, "the closing instant")
        line.sendall(BODY[HALF:])
        late = answer(line)

    assert late.status == 409
    assert Application.objects.get().status == Status.DRAFT


def test_body_in_pieces_before_the_closing_instant_is_in_time(web, application):
    with connect(web) as line:
        line.sendall(head(web, submit_path(application), cookies=session_of(application)))
        line.sendall(BODY[:HALF])
        before_the_end = datetime.now(UTC)
        line.sendall(BODY[HALF:])
        sent = answer(line)

    application.refresh_from_db()
    assert (sent.status, application.status) == (302, Status.SUBMITTED)
    assert application.submitted_at >= before_the_end


def test_body_cut_short_is_refused_kindly_and_changes_nothing(web, application):
    with connect(web) as line:
        line.sendall(head(web, submit_path(application), cookies=session_of(application)))
        line.sendall(BODY[:-1])
        line.shutdown(1)
        refused = answer(line)
        words = refused.read().decode()

    assert refused.status == 400
    assert "did not reach us whole" in words
    assert Application.objects.get().status == Status.DRAFT


def test_half_sent_requests_stop_nobody_and_are_told_so(web, application):
    start = time.monotonic()
    with ExitStack() as lines:
        half_sent = [lines.enter_context(connect(web)) for _ in range(10)]
        for line in half_sent:
            line.sendall(head(web, submit_path(application)) + BODY[:HALF])
        half_headed = [lines.enter_context(connect(web)) for _ in range(10)]
        for line in half_headed:
            line.sendall(b"POST / HTTP/1.1\r\nHost:")

        with urlopen(f"{web.url}/health/", timeout=60) as response:
            states = json.load(response)
        ended_before, _, _ = select.select([*half_sent, *half_headed], [], [], 0)
        refusals = [answer(line) for line in half_sent]
        ends = [line.recv(1) for line in half_headed]

    assert (states["database"], ended_before) == ("up", [])  # nobody had to end to let it in
    assert {refused.status for refused in refusals} == {408}
    assert "did not reach us whole" in refusals[0].read().decode()
    assert ends == [b""] * 10
    assert time.monotonic() - start < 40


@pytest.mark.parametrize("sent", [100, 1_000])
def test_rest_of_a_body_that_is_too_large_is_not_taken_for_a_request(web, sent):
    """Whether little or much of the body follows, there is one answer and the connection ends."""
    inner = head(web, "/health/", method="GET", length=0)
    with connect(web) as line:
        line.sendall(head(web, "/accounts/login/", length=settings.MAX_FORM_BYTES + 1))
        with suppress(OSError):  # the end may come while we still write
            line.sendall(inner * sent)
        everything = until_the_end(line)

    assert everything.startswith(b"HTTP/1.1 413 ")
    assert everything.count(b"HTTP/1.1 ") == 1


def until_the_end(line: socket.socket) -> bytes:
    received = b""
    while piece := line.recv(65536):
        received += piece
    return received
