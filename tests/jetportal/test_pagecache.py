"""Pages from memory: who gets one, until when, in which form, and what is never kept."""

import gzip
import threading
import time
from datetime import UTC, datetime, timedelta

import brotli
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from django.urls import path

from jetportal.pagecache import generations, middleware
from jetportal.pagecache.middleware import (
    PageCacheMiddleware,
    cache_control,
    front_life,
    store,
    this_second,
)
from jetportal.pagecache.models import PageGeneration
from jetportal.pagecache.pages import PublicPage, kept_page
from jetportal.pagecache.store import KeptPage, PageStore, pack
from jetportal.pagecache.windows import ALWAYS, Window
from jetportal.urls import urlpatterns as portal_urls
from tests.factories import CLOSES_AT, OPENS_AT, TICK, make_round

AT = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
made: list[str] = []


@pytest.fixture(autouse=True)
def nothing_made():
    made.clear()


def plain(request: HttpRequest) -> HttpResponse:
    made.append(request.get_full_path())
    return PublicPage(f"<h1>Page {len(made)}</h1>" + "<p>words</p>" * 200, window=ALWAYS)


def with_cookie(request: HttpRequest) -> HttpResponse:
    page = PublicPage("cookie", window=ALWAYS)
    page.set_cookie("mine", "1")
    return page


def with_token(request: HttpRequest) -> HttpResponse:
    return PublicPage(
        f'<input name="csrfmiddlewaretoken" value="{get_token(request)}">', window=ALWAYS
    )


def with_session(request: HttpRequest) -> HttpResponse:
    request.session.get("name")
    return PublicPage("session", window=ALWAYS)


def gone(request: HttpRequest) -> HttpResponse:
    page = PublicPage("gone", window=ALWAYS)
    page.status_code = 410
    return page


urlpatterns = [
    *portal_urls,
    path("plain/", kept_page(colour=["red", "blue"])(plain)),
    path("not-kept/", plain),
    path("cookie/", kept_page()(with_cookie)),
    path("token/", kept_page()(with_token)),
    path("session/", kept_page()(with_session)),
    path("gone/", kept_page()(gone)),
]
own_pages = pytest.mark.urls(__name__)


def kept(body: str = "body", *, window: Window = ALWAYS, until: datetime = AT + MINUTE) -> KeptPage:
    return pack(PublicPage(body, window=window), generation=1, kept_until=until)


@own_pages
@pytest.mark.django_db
def test_kept_page_costs_no_query_and_no_view(client, django_assert_num_queries):
    first = client.get("/plain/")

    with django_assert_num_queries(0):
        second = client.get("/plain/")

    assert second.content == first.content
    assert made == ["/plain/"]
    assert not second.cookies


@own_pages
@pytest.mark.django_db
def test_first_answer_reads_the_generation_and_no_session(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/plain/")


@own_pages
@pytest.mark.django_db
def test_view_that_is_not_marked_is_made_each_time(client):
    client.get("/not-kept/")
    client.get("/not-kept/")

    assert len(made) == 2
    assert len(store) == 0


@own_pages
@pytest.mark.django_db
def test_visitor_with_a_session_gets_a_page_of_their_own(client):
    client.get("/plain/")
    client.cookies[settings.SESSION_COOKIE_NAME] = "something"

    response = client.get("/plain/")

    assert len(made) == 2
    assert response["Cache-Control"] == "private, no-cache"
    assert len(store) == 1


@own_pages
@pytest.mark.django_db
def test_other_methods_pass_by(client):
    client.post("/plain/")
    client.post("/plain/")

    assert len(made) == 2
    assert len(store) == 0


@own_pages
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "second", "pages"),
    [
        ("/plain/", "/plain/?utm_source=mail", 1),
        ("/plain/?colour=red", "/plain/?colour=red&other=1", 1),
        ("/plain/", "/plain/?colour=", 1),
        ("/plain/?colour=red", "/plain/?colour=blue", 2),
        ("/plain/?colour=mud", "/plain/?colour=%00%FF", 1),
        ("/plain/", "/plain/?colour=mud", 2),
    ],
)
def test_key_tells_apart_what_the_page_knows(client, first, second, pages):
    client.get(first)
    client.get(second)

    assert len(store) == pages
    assert len(made) == pages


@own_pages
@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/cookie/", "/token/", "/session/", "/gone/"])
def test_personal_or_failed_answers_are_never_kept(client, address):
    client.get(address)

    assert len(store) == 0


@own_pages
@pytest.mark.django_db
def test_answer_speaks_the_encoding_that_is_accepted(client):
    whole = client.get("/plain/").content

    br = client.get("/plain/", headers={"Accept-Encoding": "gzip, deflate, br"})
    zipped = client.get("/plain/", headers={"Accept-Encoding": "gzip"})

    assert (br["Content-Encoding"], brotli.decompress(br.content)) == ("br", whole)
    assert (zipped["Content-Encoding"], gzip.decompress(zipped.content)) == ("gzip", whole)
    assert br["Content-Length"] == str(len(br.content))
    assert br["Vary"] == "Cookie, Accept-Encoding"


@own_pages
@pytest.mark.django_db
def test_first_answer_is_compressed_as_later_ones_are(client):
    response = client.get("/plain/", headers={"Accept-Encoding": "br"})

    assert response["Content-Encoding"] == "br"


@own_pages
@pytest.mark.django_db
def test_known_tag_is_answered_not_modified(client):
    tag = client.get("/plain/")["ETag"]

    again = client.get("/plain/", headers={"If-None-Match": f'"other", {tag}'})
    other = client.get("/plain/", headers={"If-None-Match": '"other"'})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert other.status_code == 200


@own_pages
@pytest.mark.django_db
def test_head_has_the_length_and_no_body(client):
    whole = client.get("/plain/")

    response = client.head("/plain/")

    assert response.content == b""
    assert response["Content-Length"] == whole["Content-Length"]


@own_pages
@pytest.mark.django_db
def test_kept_answer_carries_the_headers_of_safety(client):
    fresh, hit = client.get("/plain/"), client.get("/plain/")

    names = [
        "Content-Security-Policy",
        "X-Frame-Options",
        "X-Content-Type-Options",
        "Referrer-Policy",
        "Cross-Origin-Opener-Policy",
    ]
    assert len(made) == 1
    assert [hit[name] for name in names] == [fresh[name] for name in names]
    assert fresh["X-Request-Id"] != hit["X-Request-Id"]


@own_pages
@pytest.mark.django_db
def test_page_ends_five_minutes_after_it_was_made(client, time_machine):
    time_machine.move_to(AT, tick=False)
    client.get("/plain/")
    time_machine.move_to(AT + 5 * MINUTE - TICK, tick=False)
    client.get("/plain/")
    time_machine.move_to(AT + 5 * MINUTE, tick=False)
    client.get("/plain/")

    assert len(made) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("edge", [OPENS_AT, CLOSES_AT])
def test_no_page_crosses_an_opening_or_a_closing(client, time_machine, edge):
    make_round()
    states = []
    for at in (edge - MINUTE, edge - TICK, edge, edge - TICK):
        time_machine.move_to(at, tick=False)
        states.append(client.get("/rounds/sea-2025-summer/").context)

    # The second one is a page from memory and has no context; the others were made for their side.
    assert [context and context["accepting"] for context in states] == [
        edge == CLOSES_AT,
        None,
        edge == OPENS_AT,
        edge == CLOSES_AT,
    ]


@pytest.mark.django_db
def test_page_made_after_closing_is_right_for_all_that_came_since(client, time_machine):
    make_round()
    time_machine.move_to(CLOSES_AT + MINUTE, tick=False)
    client.get("/rounds/")
    page = next(iter(store._pages.values()))

    assert page.window.since == CLOSES_AT
    assert page.serves(CLOSES_AT, page.generation)
    assert not page.serves(CLOSES_AT - TICK, page.generation)


@own_pages
@pytest.mark.django_db
def test_new_generation_ends_every_page(client, monkeypatch):
    monkeypatch.setattr(generations, "LOOK_AGAIN_SECONDS", 0)
    client.get("/plain/")
    client.get("/plain/")

    generations.bump()
    client.get("/plain/")

    assert len(made) == 2


@pytest.mark.django_db(transaction=True)
def test_bump_takes_effect_when_the_change_is_committed():
    generations.bump()
    reader = generations.GenerationReader()
    seen = []

    def look() -> None:
        from django.db import connection

        reader.forget()
        seen.append(reader.current())
        connection.close()

    with transaction.atomic():
        generations.bump()
        other = threading.Thread(target=look)
        other.start()
        other.join()
    reader.forget()
    seen.append(reader.current())

    assert seen == [2, 3]


@pytest.mark.django_db
def test_bump_makes_the_row_that_is_missing():
    generations.bump()

    assert PageGeneration.objects.get().number == 2


@pytest.mark.django_db
def test_reader_looks_at_most_once_a_second(django_assert_num_queries):
    reader = generations.GenerationReader()

    with django_assert_num_queries(1):
        numbers = {reader.current() for _ in range(50)}

    assert numbers == {0}


@pytest.mark.django_db
def test_reader_keeps_the_last_number_while_the_database_does_not_answer():
    reader = generations.GenerationReader()
    PageGeneration.objects.create(number=7)
    numbers = [reader.current()]
    reader._looked_at = float("-inf")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE pagecache_pagegeneration RENAME TO elsewhere")
        numbers.append(reader.current())
        transaction.set_rollback(True)

    assert numbers == [7, 7]


@pytest.mark.django_db
def test_reader_with_an_old_number_waits_for_whoever_looks():
    reader = generations.GenerationReader()
    PageGeneration.objects.create(number=7)
    waiting = threading.Event()
    seen = []

    def ask() -> None:
        waiting.set()
        seen.append(reader.current())

    with reader._looking:
        other = threading.Thread(target=ask)
        other.start()
        assert waiting.wait(10)
        reader._number, reader._looked_at = 8, time.monotonic()
    other.join()

    assert seen == [8]


@own_pages
@pytest.mark.django_db(transaction=True)
def test_one_thread_makes_the_page_for_all_who_wait():
    begun, go_on = threading.Event(), threading.Event()
    answers = []

    def slow(request: HttpRequest) -> HttpResponse:
        begun.set()
        assert go_on.wait(10)
        return plain(request)

    cache = PageCacheMiddleware(slow)

    def ask() -> None:
        from django.db import connection

        request = RequestFactory().get("/plain/")
        request.received_at = AT
        answers.append(cache(request).content)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    go_on.set()
    for thread in threads:
        thread.join(10)

    assert len(answers) == 8
    assert len(set(answers)) == 1
    assert made == ["/plain/"]


def test_store_lets_go_of_the_page_not_asked_for_the_longest():
    pages = PageStore(most_pages=2)
    pages.put(("a",), kept())
    pages.put(("b",), kept())
    pages.get(("a",))

    pages.put(("c",), kept())

    assert [bool(pages.get((name,))) for name in "abc"] == [True, False, True]


def test_store_stays_below_its_size():
    page = kept("x" * 1000)
    pages = PageStore(most_bytes=2 * page.size)

    for name in "abca":
        pages.put((name,), page)

    assert len(pages) == 2
    assert pages._bytes == 2 * page.size


@pytest.mark.parametrize(
    ("seconds", "shared"), [(60, True), (3, True), (2.9, False), (0, False), (-5, False)]
)
def test_front_server_may_repeat_a_page_only_far_from_its_next_change(seconds, shared):
    page = kept(window=Window(until=AT + timedelta(seconds=seconds)))

    assert ("s-maxage=1" in cache_control(page, now=AT)) is shared


@pytest.mark.parametrize(
    ("changes", "since", "until"),
    [
        ([AT], AT, None),
        ([AT + TICK], None, AT + TICK),
        ([AT - MINUTE, None, AT + MINUTE], AT - MINUTE, AT + MINUTE),
    ],
)
def test_window_lies_between_the_changes_around_an_instant(changes, since, until):
    window = Window.around(changes, AT)

    assert window == Window(since or ALWAYS.since, until or ALWAYS.until)
    assert window.holds(AT)


@pytest.mark.django_db
def test_bad_query_strings_are_answered_kindly():
    client = Client(raise_request_exception=False)
    too_many = "&".join(
        f"a{number}=1" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)
    )

    assert client.get(f"/rounds/?{too_many}").status_code == 400
    assert client.get("/rounds/?%ff=%00&;;;==&zone=%F0%9F").status_code == 200


def test_middleware_stands_outside_the_session_and_inside_the_headers():
    order = settings.MIDDLEWARE
    own = order.index(f"{middleware.__name__}.PageCacheMiddleware")

    assert order.index("csp.middleware.CSPMiddleware") < own
    assert order.index("django.middleware.security.SecurityMiddleware") < own
    assert own < order.index("django.contrib.sessions.middleware.SessionMiddleware")


class Reader(generations.GenerationReader):
    """A reader that looked so many seconds ago and found generation 1, or another."""

    def __init__(self, age: float, *, number: int = 1) -> None:
        super().__init__()
        self._number, self._looked_at = number, time.monotonic() - age


HALF_PAST = AT + timedelta(milliseconds=500)  # half of the second is over


THIS_SECOND = f"@{int(AT.timestamp())}"


@pytest.mark.parametrize(
    ("age", "number", "changes_in", "life"),
    [
        (0.1, 1, 60, THIS_SECOND),
        (0.7, 1, 60, "0"),  # read in the second before
        (0.1, 2, 60, "0"),  # a page of an earlier generation
        (0.1, 1, 4, THIS_SECOND),
        (0.1, 1, 3, "0"),
    ],
)
def test_front_server_repeats_a_page_until_the_second_of_its_look_is_over(
    age, number, changes_in, life
):
    page = kept(window=Window(until=AT + timedelta(seconds=changes_in)))

    assert front_life(page, Reader(age, number=number), now=HALF_PAST) == life


def test_second_that_has_just_begun_still_asks_for_a_new_look():
    assert this_second(now=AT) == 0.000_001
    assert this_second(now=HALF_PAST) == 0.5


@own_pages
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("trusted", "stamp", "told"),
    [(["127.0.0.1"], "t=1", True), ([], "t=1", False), (["127.0.0.1"], None, False)],
)
def test_only_the_front_server_is_told_how_long_it_may_repeat(
    client, settings, trusted, stamp, told
):
    settings.TRUSTED_PROXIES = trusted

    response = client.get("/plain/", headers={"X-Request-Start": stamp} if stamp else {})

    assert ("X-Accel-Expires" in response) is told


@pytest.mark.django_db
def test_reader_asked_for_a_younger_number_looks_again(django_assert_num_queries):
    reader = Reader(0.3)

    with django_assert_num_queries(1):
        reader.current()
        reader.current(younger_than=0.5)
        reader.current(younger_than=0.2)
        reader.current(younger_than=0.2)
