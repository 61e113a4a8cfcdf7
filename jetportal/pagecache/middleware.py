"""Answer anonymous readers of public pages from memory: no query, no session.

It stands outside the session, and inside everything that sets the headers of safety, so that these
are on every answer, kept or fresh. See docs/decisions/0012.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from jetportal.middleware import from_trusted_proxy
from jetportal.pagecache.generations import GenerationReader
from jetportal.pagecache.pages import PublicPage, ValuesFromRows, key_of, parameters_of
from jetportal.pagecache.store import KeptPage, Key, PageStore, pack
from jetportal.requests import TimedRequest

LONGEST_LIFE = timedelta(minutes=5)
# A shared cache may repeat an answer for its second, and counts in whole ones: from this near to a
# change it must ask every time.
NEAR_A_CHANGE = timedelta(seconds=3)
SHARED = "public, max-age=0, must-revalidate, s-maxage=1"
ASK_EVERY_TIME = "no-cache"
PRIVATE = "private, no-cache"
VARY = "Cookie, Accept-Encoding"
TOKEN = b"csrfmiddlewaretoken"

log = logging.getLogger(__name__)
store = PageStore()
generations = GenerationReader()


def forget_everything() -> None:
    """Empty the memory of this process; for tests, whose database changes under it."""
    store.clear()
    generations.forget()
    parameters_of.cache_clear()
    for values in ValuesFromRows.everywhere:
        values.forget()


class PageCacheMiddleware:
    def __init__(self, get_response: Callable[[TimedRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: TimedRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        parameters = parameters_of(request.path_info)
        if parameters is None:
            return self.get_response(request)
        request.get_host()  # refuses a name that is not ours, as every other page does
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            return self.fresh_for_one(request)
        number = generations.current(younger_than=self.second_of(request))
        key = key_of(request, parameters, translation.get_language() or "", number)
        return self.kept(request, key) or self.rendered_in_turn(request, key)

    def second_of(self, request: TimedRequest) -> float | None:
        """Return how much of this second is over, where the front server repeats until its end.

        So each second begins with a look at the generation, and no answer outlives its second.
        """
        return this_second(now=timezone.now()) if at_front(request) else None  # noqa: TID251  an edge

    def fresh_for_one(self, request: TimedRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Cache-Control"] = PRIVATE
        patch_vary_headers(response, ["Cookie"])
        return response

    def kept(self, request: TimedRequest, key: Key) -> HttpResponse | None:
        page = store.get(key)
        if page and page.serves(request.received_at, generations.current()):
            return answer(request, page)
        return None

    def rendered_in_turn(self, request: TimedRequest, key: Key) -> HttpResponse:
        """Render the page, one thread at a time: who waited is served what the first one made."""
        with store.turn(key):
            return self.kept(request, key) or self.rendered(request, key)

    def rendered(self, request: TimedRequest, key: Key) -> HttpResponse:
        # Read before the page is made: a change that comes in between ends this page at once.
        generation = generations.current()
        response = self.get_response(request)
        if not isinstance(response, PublicPage) or not may_be_kept(request, response):
            return response
        until = request.received_at + LONGEST_LIFE
        page = pack(response, generation=generation, kept_until=until)
        store.put(key, page)
        return answer(request, page, fresh=response)


def may_be_kept(request: TimedRequest, page: PublicPage) -> bool:
    """Tell whether nothing in the answer belongs to one reader; else the page is at fault."""
    session = getattr(request, "session", None)
    personal = (
        (bool(page.cookies), "it sets a cookie"),
        (TOKEN in page.content, "it holds a form token"),
        (session is not None and session.accessed, "it read the session"),
    )
    faults = [fault for found, fault in personal if found]
    if faults:
        log.error("%s is not kept: %s", request.path_info, ", ".join(faults))
    return page.status_code == HttpResponse.status_code and not faults


def answer(
    request: TimedRequest, page: KeptPage, *, fresh: HttpResponse | None = None
) -> HttpResponse:
    """Make the answer from a kept page: whole, compressed, or "not modified"."""
    if page.etag.removeprefix("W/") in request.META.get("HTTP_IF_NONE_MATCH", ""):
        response = HttpResponse(status=304)
        del response.headers["Content-Type"]
    else:
        response = fresh if fresh is not None else HttpResponse(content_type=page.content_type)
        write_body(response, page, request)
    for name, value in page.headers.items():
        response.headers[name] = value
    response.headers["ETag"] = page.etag
    response.headers["Vary"] = VARY
    now = timezone.now()  # noqa: TID251  an edge
    response.headers["Cache-Control"] = cache_control(page, now=now)
    if at_front(request):
        response.headers["X-Accel-Expires"] = front_life(page, generations, now=now)
    return response


def write_body(response: HttpResponse, page: KeptPage, request: TimedRequest) -> None:
    accepted = request.META.get("HTTP_ACCEPT_ENCODING", "")
    encoding = next((name for name in page.bodies if name and name in accepted), "")
    body = page.bodies[encoding]
    response.content = b"" if request.method == "HEAD" else body
    response.headers["Content-Length"] = str(len(body))
    if encoding:
        response.headers["Content-Encoding"] = encoding


def cache_control(page: KeptPage, *, now: datetime) -> str:
    """Allow the front server its second, unless the page changes too soon after `now`."""
    near = page.window.until - now < NEAR_A_CHANGE
    return ASK_EVERY_TIME if near else SHARED


def at_front(request: TimedRequest) -> bool:
    """Tell whether the answer goes to the front server, whose request carries its stamp."""
    return "HTTP_X_REQUEST_START" in request.META and from_trusted_proxy(request)


def this_second(*, now: datetime) -> float:
    """Return how many seconds of the present second of the clock are over; never nothing."""
    return max(now.microsecond, 1) / 1_000_000


def front_life(page: KeptPage, reader: GenerationReader, *, now: datetime) -> str:
    """Let the front server repeat a page until this second is over, or ("0") not at all.

    nginx counts in whole seconds. Only a page of a generation that was read within this second may
    be repeated, so a change by staff shows at most a second later.
    """
    near = page.window.until - now < NEAR_A_CHANGE
    looked_before = reader.age() > this_second(now=now)
    old = near or looked_before or page.generation != reader.current()
    return "0" if old else f"@{int(now.timestamp())}"
