import io
import logging
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from jetportal.logs import current_request_id, request_of
from jetportal.middleware import (
    LONGEST_QUEUE,
    ArrivalMiddleware,
    RequestIdMiddleware,
    UnfitMiddleware,
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


def test_request_arrives_when_its_body_is_there():
    request = RequestFactory().post("/", {"name": "Ana"})
    instants = iter([NOW, NOW + TICK])

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            traveller.move_to(next(instants))
            return super().read(1)

    body = request.META["wsgi.input"].read()
    with time_machine.travel(NOW - TICK, tick=False) as traveller:
        request.META |= {"wsgi.input": Slow(body[:2]), "CONTENT_LENGTH": "2"}
        ArrivalMiddleware(answered)(request)

    assert request.received_at == NOW + TICK


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "did not reach us whole"),
        (408, "did not reach us whole"),
        (411, "did not reach us whole"),
        (413, "larger than 4\xa0MB"),
        (503, "A disk on our side is full"),
    ],
)
def test_unfit_request_is_refused_kindly_before_anything_sees_it(status, words):
    request = RequestFactory().get("/")
    request.unfit = status

    refused = UnfitMiddleware(answered)(request)

    assert refused.status_code == status
    assert words.replace("\xa0", " ") in refused.content.decode().replace("\xa0", " ")
    assert "Connection" not in refused


def test_request_id_is_in_the_answer_and_in_every_log_line():
    seen = []

    def notes(request: HttpRequest) -> HttpResponse:
        seen.append(request_of(logging.makeLogRecord({})))
        return HttpResponse()

    names = [RequestIdMiddleware(notes)(RequestFactory().get("/"))["X-Request-Id"] for _ in "12"]

    assert names == seen
    assert len(set(names)) == 2


def test_request_id_ends_with_its_request_even_when_it_fails():
    def fails(request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        RequestIdMiddleware(fails)(RequestFactory().get("/"))

    assert current_request_id.get() == "-"
