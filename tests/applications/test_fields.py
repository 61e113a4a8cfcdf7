from datetime import date

import pytest
from django.core.exceptions import ValidationError

from applications.sections import fields
from applications.sections.fields import over_limit, plural
from applications.sections.person import vacancy_words
from tests.factories import make_round


def said(field: object, value: object) -> list[tuple[str, str]]:
    """Return the code and the words of each error, or nothing where the value is right."""
    try:
        field.clean(value)
    except ValidationError as problem:
        return [(error.code, error.message) for error in problem.error_list]
    return []


def test_text_at_its_limits_is_taken_whole():
    field = fields.Text("Statement", max_characters=9, max_words=2)

    assert field.clean("\U0001f3f9" * 4 + " " + "é" * 4) == "\U0001f3f9" * 4 + " " + "é" * 4
    assert field.max_length is None
    assert "maxlength" not in field.widget.attrs


@pytest.mark.parametrize(
    ("typed", "start"),
    [
        ("a" * 10, "1 character over the limit of 9."),
        ("a b c", "1 word over the limit of 2."),
        ("a b c d e f", "4 words over the limit of 2 and 2 characters over the limit of 9."),
    ],
)
def test_text_over_its_limits_says_by_how_much_and_that_it_is_kept(typed, start):
    field = fields.Text("Statement", max_characters=9, max_words=2)

    words = f"{start} All of it is kept; shorten it before you send"

    assert said(field, typed) == [("too_long", words)]


def test_missing_text_is_asked_for_in_the_words_of_its_field():
    field = fields.Text("Family name", max_characters=60, missing="Write your family name")

    assert said(field, " \u3000\n") == [("required", "Write your family name")]
    assert said(fields.Text("Former names", max_characters=60, required=False), "") == []


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("ana.lm@example.org", True),
        ("  ana.lm@example.org  ", True),
        ("ana.lm", False),
        ("ana@lm@example.org", False),
        ("Ana <ana.lm@example.org>", False),
        ("ana.lm@example.org\nBcc: x@example.org", False),
    ],
)
def test_email_is_an_address_and_nothing_beside_it(typed, right):
    codes = [code for code, _ in said(fields.Email("E-mail"), typed)]

    assert codes == ([] if right else ["invalid"])


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        *((text, True) for text in ("+1 202 555 0100", "+1 (202) 555-0100", "1.202.555.0100")),
        *((text, True) for text in ("+" + "1" * 15, "12345678")),
        *((text, False) for text in ("1234567", "+" + "1" * 16, "+1 202 CALL", "++1202555010")),
        *((text, False) for text in ("202-555-0100 ext. 5", "٢٠٢٥٥٥٠١٠٠")),
    ],
)
def test_phone_is_judged_by_its_digits(typed, right):
    codes = [code for code, _ in said(fields.Phone("Phone"), typed)]

    assert codes == ([] if right else ["invalid"])


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("\n".join("12345"), None),
        ("\n".join("123456"), "Use at most 5 lines"),
        ("x" * 80 + "\n" + "y" * 80, None),
        ("x" * 81, "Keep each line to 80 characters"),
        ("\U0001f3f9" * 80, None),
    ],
)
def test_address_has_five_lines_of_eighty_characters(typed, words):
    assert said(fields.Address("Address"), typed) == ([("too_long", words)] if words else [])


def test_answer_that_is_not_offered_is_refused_kindly():
    field = fields.YesNo("Citizen?")

    assert said(field, "maybe") == [("invalid_choice", "Choose one of the answers on this page")]
    assert said(field, "") == [("required", "Choose yes or no")]
    assert field.clean("no") == "no"


def test_statement_must_be_ticked():
    assert said(fields.Tick("All is true"), "") == [("required", "Tick this to go on")]
    assert fields.Tick("All is true").clean("on") is True


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (["3", "27", "1996"], date(1996, 3, 27)),
        (["02", "29", "2024"], date(2024, 2, 29)),
        ([" 12 ", " 31 ", " 1999 "], date(1999, 12, 31)),
    ],
)
def test_date_is_read_from_month_day_and_year(typed, day):
    assert fields.DateField("Birth date").clean(typed) == day


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [
        (["", "", ""], "required", "Fill in month, day and year"),
        (None, "required", "Fill in month, day and year"),
        (["3", "", "1996"], "day", "Write the day in numbers"),
        (["March", "27", "1996"], "month", "Write the month in numbers"),
        (["3", "27", "-1"], "year", "Write the year in numbers"),
        (["3", "27", "19960"], "year", "Write the year in numbers"),
        (["３", "27", "1996"], "month", "Write the month in numbers"),
        (["13", "1", "1996"], "month", "The month is a number from 1 to 12"),
        (["0", "1", "1996"], "month", "The month is a number from 1 to 12"),
        (
            ["2", "29", "2023"],
            "day",
            "February 29, 2023 does not exist. Check the day and the month",
        ),
    ],
)
def test_date_says_which_part_is_wrong(typed, code, words):
    assert said(fields.DateField("Birth date"), typed) == [(code, words)]


def test_date_that_is_not_asked_for_may_be_empty():
    assert fields.DateField("Date", required=False).clean(["", " ", ""]) is None


@pytest.mark.parametrize(
    ("used", "words"),
    [(650, ""), (651, "1 word over the limit of 650"), (1651, "1,001 words over the limit of 650")],
)
def test_distance_over_a_limit_is_written_out(used, words):
    assert over_limit(used, 650, "word") == words


def test_plural_follows_the_count():
    assert [plural(count, "word") for count in (0, 1, 2)] == ["words", "word", "words"]


@pytest.mark.django_db
def test_post_is_named_by_its_prefecture_while_the_organization_is_not_known():
    round_ = make_round(posts=1)
    round_.vacancies.update(prefecture="Ehime")

    assert vacancy_words(round_.vacancies.get()) == "Sport to be announced, Ehime"
