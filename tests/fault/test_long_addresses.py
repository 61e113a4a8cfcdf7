"""Addresses as long as the web process takes them."""

from urllib.request import urlopen

import pytest

from tests.processes import WebServer

pytestmark = pytest.mark.django_db(transaction=True)

LONGEST = 8190  # bytes of the first line, as in deploy/gunicorn.conf.py
AROUND = len("GET /rounds/?zone= HTTP/1.1\r\n")


def test_filter_of_nonsense_is_ignored_at_any_length_that_is_read():
    with WebServer() as web:
        pages = [
            urlopen(f"{web.url}/rounds/?zone={'a' * length}", timeout=10)
            for length in (3, 5000, LONGEST - AROUND)
        ]

    assert [page.status for page in pages] == [200, 200, 200]
