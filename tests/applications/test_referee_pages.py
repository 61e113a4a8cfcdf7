"""The pages behind a referee's link, by what people try on them."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import translation

from applications.models import (
    RequestState,
)
from tests.applications.letter_pages import (
    ENGLISH,
    JAPANESE,
    PAGES,
    asked,
    everything,
    kept,
    now,
    referee,
    text_of,
    writing,
)
from tests.letters import RefereeBrowser
from tests.referees import WRITTEN_AT

__all__ = ["asked", "now", "referee", "writing"]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_a_link_changes_nothing_whatever_page_a_scanner_tries(referee, method: str):
    before = everything()

    answers = {page: getattr(referee.client, method)(referee.path(page)) for page in PAGES}

    assert {answer.status_code for answer in answers.values()} <= {200, 302}
    assert everything() == before


def test_landing_says_who_asks_for_what_and_until_when_on_three_clocks(referee):
    page = text_of(referee.get(zone="America/New_York"))

    for words in (
        "<bdi>Ana Lindqvist-Moreno</bdi> asks you",
        "Round sea-2025-summer",
        "Sports Exchange Advisor",
        "<bdi>伊藤 健</bdi>",
        "Friday, March 14, 2025, 11:59\xa0PM\xa0HST",
        "Saturday, March 15, 2025, 5:59\xa0AM\xa0EDT",
    ):
        assert words in page


def test_reader_without_a_zone_is_shown_japan_and_the_united_states(referee):
    page = text_of(referee.get())

    assert re.findall(r"AM\s(\w+)</time>|PM\s(\w+)</time>", page) == [
        ("", "HST"),
        ("", "JST"),
        ("EDT", ""),
        ("CDT", ""),
        ("MDT", ""),
        ("PDT", ""),
    ]


def test_button_starts_the_letter_once(asked, referee):
    answers = [referee.post("start") for _ in range(2)]

    asked.refresh_from_db()
    assert [answer["Location"] for answer in answers] == [referee.path("write")] * 2
    assert asked.state == RequestState.OPENED
    assert asked.opened_at == WRITTEN_AT
    assert asked.events.filter(to_state=RequestState.OPENED).count() == 1


def test_writing_begins_with_the_button(referee):
    assert referee.get("write")["Location"] == referee.path()


# --- Languages ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "query", "language"),
    [
        (ENGLISH, {}, "en"),
        (JAPANESE, {}, "ja"),
        ({"accept-language": "fr, ja;q=0.8, en;q=0.5"}, {}, "ja"),
        ({"accept-language": "fr"}, {}, "en"),
        ({}, {}, "en"),
        (ENGLISH, {"lang": "ja"}, "ja"),
        (JAPANESE, {"lang": "en"}, "en"),
        (JAPANESE, {"lang": "../../etc"}, "ja"),
    ],
)
def test_page_is_in_the_language_of_the_reader(asked, headers, query, language: str):
    page = RefereeBrowser(asked, **headers).get(**query)

    assert f'<html lang="{language}">' in text_of(page)
    assert page["Content-Language"] == language
    assert {"Accept-Language", "Cookie"} <= set(page["Vary"].split(", "))


def test_chosen_language_stays(asked):
    referee = RefereeBrowser(asked, **JAPANESE)

    referee.get(lang="en")

    assert '<html lang="en">' in text_of(referee.get())
    cookie = referee.client.cookies["django_language"]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/references/", "Lax", True)


def test_other_pages_stay_english_for_a_japanese_browser(asked):
    page = Client(headers=JAPANESE).get("/verify/")

    assert '<html lang="en-US">' in text_of(page)
    assert translation.get_language() == "en-us"


def test_switching_the_language_while_writing_saves_first(asked, writing):
    answer = writing.write(then="ja", letter="途中まで")

    assert answer["Location"] == f"{writing.path('write')}?lang=ja"
    assert kept(asked)["letter"] == ["途中まで"]


# --- Headers ------------------------------------------------------------------------------------


def test_no_page_is_kept_found_or_passed_on(referee):
    for page in PAGES:
        answer = referee.get(page)

        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer.cookies == {}


# --- Saving and returning -----------------------------------------------------------------------


def test_pages_keep_to_their_number_of_queries(writing, django_assert_max_num_queries: Callable):
    writing.write()
    for page in ("", "write", "preview", "decline"):
        with django_assert_max_num_queries(8):
            assert writing.get(page).status_code == 200
    with django_assert_max_num_queries(10):
        writing.write(version=1)
    context = writing.get("preview").context
    with django_assert_max_num_queries(25):
        writing.post("submit", version=context["version"], proof=context["proof"])
