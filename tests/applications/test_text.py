import re
import sys

import pytest

from applications.sections.text import (
    WORD,
    count_characters,
    count_words,
    folded,
    storable,
)
from tests.counting import CHARACTERS, WORDS
from tests.services import ROOT


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\r\r\nb", "a\n\nb"),
        ("a\x00b", "a\ufffdb"),
        ("\ud800 \udfff", "\ufffd \ufffd"),
        ("\U0001f3f9 \u202eabc\u202c \x0b\ufeff", "\U0001f3f9 \u202eabc\u202c \x0b\ufeff"),
        ("  kept  \n\n", "  kept  \n\n"),
    ],
)
def test_text_is_kept_as_typed_but_for_line_ends_and_what_no_database_stores(typed, kept):
    assert storable(typed) == storable(storable(typed)) == kept


@pytest.mark.parametrize(("text", "words"), WORDS)
def test_words_are_runs_of_anything_but_white_space(text, words):
    assert count_words(text) == words


@pytest.mark.parametrize(("text", "characters"), CHARACTERS)
def test_characters_are_code_points(text, characters):
    assert count_characters(text.strip()) == characters


def test_counter_in_the_browser_has_the_same_white_space():
    script = (ROOT / "static" / "js" / "counter.js").read_text()
    gaps = re.search(r"const GAPS = /\[(.*)\]\+/u;", script)[1]

    white = re.compile(f"[{gaps}]")

    every = map(chr, range(sys.maxunicode + 1))
    assert [c for c in every if bool(white.match(c)) == bool(WORD.match(c))] == []


def test_white_space_of_words_is_what_a_form_strips():
    every = [chr(code) for code in range(sys.maxunicode + 1)]

    assert [c for c in every if c.isspace() == bool(WORD.match(c))] == []


@pytest.mark.parametrize(
    ("name", "search"),
    [("  Lindqvist   MORENO ", "lindqvist moreno"), ("Straße", "strasse"), ("İ" * 300, 200)],
)
def test_name_is_folded_for_search(name, search):
    assert search in {folded(name), len(folded(name))}
