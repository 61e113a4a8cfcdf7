"""The front server as it is deployed, in front of a real web process: arrival, repeats, limits."""

import gzip
import json
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import reverse

from applications.domain.lateness import lapse
from applications.models import Application, DeadLinkVisit, Status
from jetportal.accounts.models import User
from positions.deadlines import LAPSE_AFTER
from positions.domain import rounds
from tests.applicants import make_application
from tests.front import NAME, Nginx, behind_the_front
from tests.processes import WebServer
from tests.raw import FORM, TOKEN, session_of, submit_path
from tests.security.safety import FIXED
from tests.services import ROOT, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

OPEN_PAGE, ELSEWHERE = "/rounds/", "203.0.113.9"
CONFIGURATION = (ROOT / "deploy" / "nginx.conf").read_text()


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer(**behind_the_front()) as server:
        yield server


@pytest.fixture
def front(web: WebServer) -> Iterator[Nginx]:
    with Nginx(web.port) as server:
        yield server


def an_application(*, closes_in: float = 3600) -> Application:
    """Return a finished draft whose round closes so many seconds from now, by the real clock."""
    application = make_application()
    application.round.closes_at = datetime.now(UTC) + timedelta(seconds=closes_in)
    application.round.save()
    return application


def get(front: Nginx, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    line = front.connect()
    line.request("GET", path, headers={"Host": NAME, **headers})
    response = line.getresponse()
    return response, response.read()


def send(front: Nginx, application: Application, **headers: str) -> HTTPResponse:
    """Send the application as its applicant, and return the answer."""
    return post(front, submit_path(application), session_of(application), **headers)


def post(front: Nginx, path: str, session: str = "", **headers: str) -> HTTPResponse:
    line = front.connect()
    body = f"csrfmiddlewaretoken={TOKEN}"
    own = {
        "Host": NAME,
        "Origin": f"https://{NAME}",
        "Content-Type": FORM,
        "Cookie": f"{settings.CSRF_COOKIE_NAME}={TOKEN}; {session}",
    }
    line.request("POST", path, body, {**own, **headers})
    response = line.getresponse()
    response.read()
    return response


def logged(front: Nginx, count: int) -> list[dict[str, str]]:
    """Return the lines of the log once there are so many."""
    wait_until(lambda: front.log.exists() and front.log.read_text().count("\n") >= count, "the log")
    return [json.loads(line) for line in front.log.read_text().splitlines()]


@contextmanager
def busy(web: WebServer) -> Iterator[None]:
    """Stop all processes of the web server for the block: requests wait in its queue."""
    assert web.process is not None
    os.killpg(web.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(web.process.pid, signal.SIGCONT)


def test_request_that_waited_is_judged_by_its_arrival_though_the_draft_has_lapsed(web, front):
    application = an_application(closes_in=4)
    closes_at = application.round.closes_at
    session = session_of(application)
    path = submit_path(application)

    with ThreadPoolExecutor(1) as pool:
        with busy(web):
            begun = datetime.now(UTC)
            answer = pool.submit(post, front, path, session)
            wait_until(lambda: datetime.now(UTC) > closes_at, "the closing instant")
            lapse.lapse_due(at=closes_at + LAPSE_AFTER)
            assert Application.objects.get().status == Status.LAPSED
        response = answer.result(30)

    application.refresh_from_db()
    assert response.headers["Location"] == reverse("applications:receipt", args=[application.key])
    assert application.status == Status.SUBMITTED
    tick = timedelta(milliseconds=50)  # the front server's clock moves in steps
    assert begun - tick <= application.submitted_at < closes_at < application.recorded_at
    (line,) = logged(front, 1)
    assert float(line["arrived"]) == application.submitted_at.timestamp()


def test_what_a_client_claims_of_time_and_network_counts_for_nothing(front):
    application = an_application(closes_in=-5)
    before = (application.round.closes_at - timedelta(seconds=5)).timestamp()

    response = send(front, application, **{"X-Request-Start": f"t={before:.3f}"})
    line = front.connect(source="127.0.2.1")
    line.request("GET", "/references/none/", headers={"Host": NAME, "X-Forwarded-For": ELSEWHERE})
    line.getresponse().read()

    assert response.status == 409
    assert Application.objects.get().status == Status.DRAFT
    assert DeadLinkVisit.objects.get().network == "127.0.2.1"


def test_public_page_is_repeated_without_asking_the_portal(front):
    an_application()

    def repeated() -> bool:
        get(front, OPEN_PAGE)
        return any(line["kept"] == "HIT" for line in logged(front, 1))

    wait_until(repeated, "a repeated page")


TELLING = {"proxy_cache ": "add_header X-Kept $upstream_cache_status; proxy_cache "}


def test_change_by_staff_shows_within_a_second(web):
    """The change comes when the front server has just begun to repeat the page."""
    round_ = an_application().round
    page, words = f"/rounds/{round_.slug}/", b"The host withdrew its notice."
    staff = User.objects.create_user("staff@jet.example", is_staff=True)
    with Nginx(web.port, changes=TELLING) as front:
        kept = [get(front, page)[0].headers["X-Kept"]]

        def just_begun() -> bool:
            kept.append(get(front, page)[0].headers["X-Kept"])
            return kept[-1] == "HIT" != kept[-2]

        wait_until(just_begun, "the first repetition")
        rounds.cancel(round_.pk, by=staff, at=datetime.now(UTC), reason=words.decode())
        changed = time.monotonic()
        seen = []
        while (asked := time.monotonic()) - changed < 2.5:
            seen.append((asked - changed, words in get(front, page)[1]))

    assert {told for age, told in seen if age >= 1} == {True}


def test_no_repeated_page_crosses_the_closing_instant(front):
    get(front, OPEN_PAGE)  # the first answer takes long on a busy machine
    round_ = an_application(closes_in=8).round
    page = f"/rounds/{round_.slug}/"
    start = reverse("applications:start", args=[round_.slug]).encode()
    seen = []
    while (asked := datetime.now(UTC)) < round_.closes_at + timedelta(seconds=1):
        text = get(front, page)[1]
        seen.append((asked, datetime.now(UTC), start in text))

    before = [offers for _, answered, offers in seen if answered < round_.closes_at]
    after = [offers for asked, _, offers in seen if asked >= round_.closes_at]
    assert (set(before), set(after)) == ({True}, {False})
    assert "HIT" in {line["kept"] for line in logged(front, len(seen))}


def test_people_with_a_session_always_reach_the_portal(front):
    application = an_application()
    for _ in range(10):
        get(front, OPEN_PAGE)

    response, _ = get(front, OPEN_PAGE, Cookie=session_of(application))

    assert response.headers["Cache-Control"] == "private, no-cache"
    assert re.search(r'"~(\w+)=" +1;', CONFIGURATION)[1] == settings.SESSION_COOKIE_NAME


def test_answers_about_one_person_are_never_kept(front):
    application = an_application()
    page = reverse("applications:tasks", args=[application.key])
    mine = [get(front, page, Cookie=session_of(application))[0].status for _ in range(3)]
    stranger = [get(front, page)[0].status for _ in range(3)]

    assert (set(mine), set(stranger)) == ({200}, {302})
    assert "HIT" not in {line["kept"] for line in logged(front, 6)}


def test_flood_of_forms_is_stopped_and_a_final_submit_is_not(web):
    application = an_application()
    session = session_of(application)
    with Nginx(web.port, changes={"rate=50r/s": "rate=1r/m", "burst=1000": "burst=2"}) as front:
        forms = [post(front, "/accounts/login/").status for _ in range(5)]
        submits = [post(front, submit_path(application), session).status for _ in range(5)]

    assert forms == [200, 200, 200, 429, 429]
    assert submits == [302] * 5


def test_log_tells_what_happened_and_about_nobody(front):
    get(front, "/rounds/?name=Ana", **{"User-Agent": "Ana's telephone"})
    get(front, "/references/secret-token/?lang=ja")
    get(front, "/watch/confirm/secret-token/")

    lines = logged(front, 3)
    assert [(line["path"], line["status"]) for line in lines] == [
        ("/rounds/", 200),
        ("/references/...", 404),
        ("/watch/confirm/...", 404),
    ]
    assert all(re.fullmatch(r"[0-9a-f]{12}", str(line["request"])) for line in lines)
    assert told_of_somebody(front) == []


def told_of_somebody(front: Nginx) -> list[str]:
    """List what no log of the front server may hold, of what our requests say."""
    words = "".join(file.read_text() for file in (front.log, front.error_log, front.output))
    return [word for word in ("Ana", "secret-token", "127.0.0.1") if word in words]


def test_files_come_from_the_front_server_in_their_small_form(web, tmp_path: Path):
    static = tmp_path / "static"
    static.mkdir()
    style = b"main { flex: 1 0 auto }\n" * 50
    (static / "look.0123456789ab.css").write_bytes(style)
    (static / "look.0123456789ab.css.gz").write_bytes(gzip.compress(style))
    (static / "plain.css").write_bytes(style)

    with Nginx(web.port, changes={"/srv/portal/var": str(tmp_path)}) as front:
        named, small = get(front, "/static/look.0123456789ab.css", **{"Accept-Encoding": "gzip"})
        plain, whole = get(front, "/static/plain.css")

    assert gzip.decompress(small) == whole == style
    assert named.headers["Cache-Control"] == "public, max-age=315360000, immutable"
    assert plain.headers["Cache-Control"] == "public, max-age=60"
    assert named.headers["Content-Type"] == "text/css; charset=utf-8"


def test_what_is_too_large_is_refused_kindly(front):
    line = front.connect()
    line.putrequest("POST", "/accounts/login/")
    line.putheader("Content-Length", str(13 * 1024 * 1024))
    line.endheaders()
    response = line.getresponse()

    assert response.status == 413
    assert "That is too large" in response.read().decode()


def test_portal_that_is_away_is_told_truthfully(web, front):
    web.stop()

    response, words = get(front, OPEN_PAGE)

    assert response.status == 502
    assert b"The portal does not answer at this moment" in words
    assert is_a_safe_page_of_the_front(response)


def is_a_safe_page_of_the_front(response: HTTPResponse) -> bool:
    """Tell whether a page that the portal has not made says what each of its own says."""
    policy = "default-src 'none'; frame-ancestors 'none'"
    strict = "max-age=31536000; includeSubDomains"
    own = {"Cache-Control": "no-store", "Content-Security-Policy": policy}
    wanted = {**FIXED, **own, "Strict-Transport-Security": strict}
    return {name: response.headers[name] for name in wanted} == wanted


def test_log_tells_of_nobody_when_the_portal_is_away_or_a_disk_takes_nothing(web, front):
    link = "/references/secret-token/"
    (front.folder / "bodies").rmdir()
    line = front.connect()
    line.request("POST", link, b"Ana" * 200_000, {"Host": NAME, "Content-Type": FORM})
    refused = line.getresponse()
    words = refused.read().decode()
    web.stop()

    away, _ = get(front, link)

    lines = logged(front, 2)
    assert (refused.status, away.status) == (500, 502)
    assert "If it does not say so, it was not sent." in words
    assert is_a_safe_page_of_the_front(refused)
    assert {line["path"] for line in lines} == {"/broke.html", "/away.html"}
    assert told_of_somebody(front) == []


def test_plain_http_leads_to_the_name_of_the_site(front):
    from http.client import HTTPConnection

    line = HTTPConnection("127.0.0.1", front.plain_port, timeout=10)
    line.request("GET", "/rounds/", headers={"Host": NAME})

    target = urlsplit(line.getresponse().headers["Location"])
    assert (target.scheme, target.netloc, target.path) == ("https", NAME, "/rounds/")


def test_requests_are_collected_before_they_are_handed_on():
    assert "proxy_request_buffering on;" in CONFIGURATION


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """Stand in the portal's place: yield a port, and the connections that came, as they began."""
    heads: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as thread:

        def answer_each() -> None:
            with suppress(OSError):
                while True:
                    line, _ = server.accept()
                    with line:
                        heads.append(line.recv(65536))
                        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                        line.settimeout(20)
                        line.recv(1)  # until the other side hangs up

        thread.submit(answer_each)
        yield server.getsockname()[1], heads
        server.shutdown(socket.SHUT_RDWR)


def test_all_who_wait_for_the_portal_wait_in_one_line():
    """Who came on a connection that is kept open would be served before who waits to be let in."""
    with listening() as (port, heads), Nginx(port) as front:
        line = front.connect()
        for _ in range(3):
            line.request("GET", "/accounts/login/", headers={"Host": NAME})
            line.getresponse().read()

    assert [b"\r\nConnection: close\r\n" in head for head in heads] == [True] * 3
