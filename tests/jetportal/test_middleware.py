import io
import logging
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from jetportal.middleware import (
    LONGEST_QUEUE,
    ArrivalMiddleware,
    LengthMiddleware,
    RequestIdFilter,
    RequestIdMiddleware,
    current_request_id,
    stamped_arrival,
)

NOW = datetime(2024, 4, 6, 9, 59, 59, 500_000, tzinfo=UTC)
TICK = timedelta(microseconds=1)
IN_TIME = "t=1712397590.250"  # 9:59:50.250 UTC, nearly ten seconds earlier
ARRIVED = datetime(2024, 4, 6, 9, 59, 50, 250_000, tzinfo=UTC)


def stamp(instant: datetime) -> str:
    return f"t={int(instant.timestamp())}.{instant.microsecond:06}"


def answered(request: HttpRequest) -> HttpResponse:
    return HttpResponse("reached")


def arrival(peer: str, stamp: str | None) -> datetime:
    request = RequestFactory().get("/", REMOTE_ADDR=peer)
    if stamp is not None:
        request.META["HTTP_X_REQUEST_START"] = stamp
    with time_machine.travel(NOW, tick=False):
        ArrivalMiddleware(answered)(request)
    return request.received_at


@pytest.mark.parametrize(
    ("written", "counts"),
    [
        (NOW - TICK, NOW - TICK),
        (NOW, NOW),
        (NOW + TICK, NOW),
        (NOW - LONGEST_QUEUE, NOW - LONGEST_QUEUE),
        (NOW - LONGEST_QUEUE - TICK, NOW),
    ],
)
def test_stamp_counts_from_120_seconds_back_until_now(written, counts):
    assert stamped_arrival(stamp(written), now=NOW) == counts


@pytest.mark.parametrize(
    ("written", "microsecond"),
    [("1712397590", 0), ("t=1712397590.2", 200_000), ("t=1712397590.000001", 1)],
)
def test_stamp_is_read_with_and_without_its_letter_and_fraction(written, microsecond):
    assert stamped_arrival(written, now=NOW) == ARRIVED.replace(microsecond=microsecond)


@pytest.mark.parametrize(
    "nonsense",
    [
        *("", "t=", "yesterday", "t=-1712397590", "t=1712397590.", "t=1712397590.1234567"),
        *("t=9999999999.0", "t=17123975909", "1712397590250", "t=1e9"),
    ],
)
def test_stamp_that_is_nonsense_counts_as_now(nonsense):
    assert stamped_arrival(nonsense, now=NOW) == NOW


@pytest.mark.parametrize(
    ("proxies", "peer", "expected"),
    [
        (["127.0.0.1"], "127.0.0.1", ARRIVED),
        (["10.0.0.0/8", "::1/128"], "::1", ARRIVED),
        (["127.0.0.1"], "127.0.0.2", NOW),
        (["127.0.0.1"], "", NOW),
        (["127.0.0.1"], "unix:", NOW),
        ([], "127.0.0.1", NOW),
    ],
)
def test_stamp_counts_only_from_a_trusted_proxy(settings, proxies, peer, expected):
    settings.TRUSTED_PROXIES = proxies

    assert arrival(peer, IN_TIME) == expected


def test_request_without_a_stamp_arrives_now(settings):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]

    assert arrival("127.0.0.1", None) == NOW


class Unread(io.RawIOBase):
    """A body that nobody may touch."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("The body was read.")


@pytest.mark.parametrize(
    ("kind", "limit"),
    [
        ("application/x-www-form-urlencoded", settings.MAX_FORM_BYTES),
        ("text/plain", settings.MAX_FORM_BYTES),
        ("multipart/form-data; boundary=x", settings.MAX_UPLOAD_BYTES),
    ],
)
def test_body_over_the_limit_is_refused_by_its_length_alone(kind, limit):
    request = RequestFactory().post("/")
    request.META |= {"CONTENT_TYPE": kind, "wsgi.input": Unread()}
    request._stream = Unread()

    request.META["CONTENT_LENGTH"] = str(limit)
    fits = LengthMiddleware(answered)(request)
    request.META["CONTENT_LENGTH"] = str(limit + 1)
    refused = LengthMiddleware(answered)(request)

    assert (fits.status_code, fits.content) == (200, b"reached")
    assert (refused.status_code, refused["Connection"]) == (413, "close")
    assert f"{limit // 1024 // 1024} MB" in refused.content.decode().replace("\xa0", " ")


@pytest.mark.parametrize("length", ["", "nonsense", "-1"])
def test_length_that_is_nonsense_is_left_to_the_framework(length):
    request = RequestFactory().post("/")
    request.META["CONTENT_LENGTH"] = length

    assert LengthMiddleware(answered)(request).content == b"reached"


def test_request_id_is_in_the_answer_and_in_every_log_line():
    seen = []

    def logs(request: HttpRequest) -> HttpResponse:
        record = logging.makeLogRecord({})
        RequestIdFilter().filter(record)
        seen.append(record.request_id)
        return HttpResponse()

    names = [RequestIdMiddleware(logs)(RequestFactory().get("/"))["X-Request-Id"] for _ in "12"]

    assert names == seen
    assert len(set(names)) == 2


def test_request_id_ends_with_its_request_even_when_it_fails():
    def fails(request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        RequestIdMiddleware(fails)(RequestFactory().get("/"))

    assert current_request_id.get() == "-"
