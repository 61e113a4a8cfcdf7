"""Addresses as long as the web process takes them, and heads longer than that."""

from urllib.request import urlopen

import pytest

from tests.processes import WebServer
from tests.raw import connect

pytestmark = pytest.mark.django_db(transaction=True)

LONGEST = 8190  # bytes of the first line, as in deploy/gunicorn.conf.py
AROUND = len("GET /rounds/?zone= HTTP/1.1\r\n")
HOST = b"Host: 127.0.0.1\r\n"
FLOODS = {
    "one header": b"GET / HTTP/1.1\r\n" + HOST + b"X-Flood: " + b"a" * 20_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\n" + HOST + b"X-Flood: a\r\n" * 200 + b"\r\n",
    "many cookies": b"GET / HTTP/1.1\r\n" + HOST + b"Cookie: a=" + b"b; c=" * 4000 + b"\r\n\r\n",
    "two lengths": b"POST /accounts/login/ HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: 4\r\nContent-Length: 40\r\n\r\nabcd",
    "length and pieces": b"POST /accounts/login/ HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n",
}


def refused(web: WebServer, flood: bytes) -> bool:
    """Tell whether the web process turns it away, with one answer at most, and hangs up."""
    with connect(web) as line:
        line.sendall(flood)
        heard = b""
        try:
            while piece := line.recv(4096):
                heard += piece
        except ConnectionResetError:
            pass
    return heard.count(b"HTTP/1.1 ") <= 1 and (not heard or heard[9:10] == b"4")


def test_filter_of_nonsense_is_ignored_at_any_length_and_floods_of_headers_are_refused():
    with WebServer() as web:
        pages = [
            urlopen(f"{web.url}/rounds/?zone={'a' * length}", timeout=10)
            for length in (3, 5000, LONGEST - AROUND)
        ]
        floods = {name: refused(web, flood) for name, flood in FLOODS.items()}
        after = urlopen(f"{web.url}/", timeout=10)

    assert [page.status for page in (*pages, after)] == [200, 200, 200, 200]
    assert floods == dict.fromkeys(FLOODS, True)
