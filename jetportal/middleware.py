"""The outermost layers: when a request came, a name for it, and how much may come in."""

import ipaddress
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone

from jetportal.bodies import whole
from jetportal.logs import current_request_id
from jetportal.refusals import not_this_way, unfit
from jetportal.requests import PortalRequest

GetResponse = Callable[[HttpRequest], HttpResponse]

LONGEST_QUEUE = timedelta(seconds=120)
STAMP = re.compile(r"(?:t=)?(\d{10})(?:\.(\d{1,6}))?")


def stamped_arrival(stamp: str, *, now: datetime) -> datetime:
    """Return the instant the front server wrote, in UTC, or `now` where it cannot be believed.

    The stamp is `t=SECONDS.FRACTION` since 1970 (nginx: `t=${msec}`). One from the future counts
    as now, and one older than 120 seconds is no queue but a mistake.
    """
    match = STAMP.fullmatch(stamp.strip())
    if not match:
        return now
    seconds, fraction = match.groups()
    arrived = datetime.fromtimestamp(int(seconds), UTC)
    arrived += timedelta(microseconds=int((fraction or "0").ljust(6, "0")))
    return arrived if now - LONGEST_QUEUE <= arrived <= now else now


def from_trusted_proxy(request: HttpRequest) -> bool:
    """Tell whether the other end of the connection is one of TRUSTED_PROXIES (networks)."""
    if not settings.TRUSTED_PROXIES:
        return False
    try:
        peer = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(peer in ipaddress.ip_network(network) for network in settings.TRUSTED_PROXIES)


class ArrivalMiddleware:
    """Stamp `request.received_at` (aware, UTC), once all of the request is here.

    It is the outermost layer, before any query, lock or page, so that our slowness never makes
    anybody late. The instant is the one and only that deadlines are judged by: that of the
    complete request, so the body is taken in first. The layers within refuse one that is unfit.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponse:
        with whole(request) as unfit:
            request.unfit = unfit
            request.received_at = arrival(request, now=timezone.now().astimezone(UTC))
            return self.get_response(request)


def arrival(request: HttpRequest, *, now: datetime) -> datetime:
    """Return when the front server had all of the request, or `now` where there is none."""
    stamp = request.headers.get("X-Request-Start", "")
    trusted = bool(stamp) and from_trusted_proxy(request)
    return stamped_arrival(stamp, now=now) if trusted else now


class UnfitMiddleware:
    """Refuse a request whose body is too large or did not come in whole.

    It stands inside the layers that set the headers of safety, so that the refusal carries them.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponse:
        return self.get_response(request) if request.unfit is None else unfit(request)


class MethodMiddleware:
    """Give a page to the bare answer that an address gives to a method it does not take."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            response.content = not_this_way(request)
            response["Content-Type"] = "text/html; charset=utf-8"
            del response["Content-Length"]
        return response


class RequestIdMiddleware:
    """Give each request a name that appears in every log line and in the answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponse:
        request.request_id = request_id = uuid.uuid4().hex[:12]
        token = current_request_id.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            current_request_id.reset(token)
        response["X-Request-Id"] = request_id
        return response
