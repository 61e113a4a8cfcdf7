"""The Statement of Purpose on paper: what is shown, how it is measured, what it costs."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from applications.domain.form import drafts
from applications.models import Application, Status
from applications.sections.pages import LINE_WIDTH, LINES_PER_PAGE, pages
from tests.applicants import SENT_AT, make_application, make_user

FULL_LINE = "x" * LINE_WIDTH


@given(st.text(alphabet=st.sampled_from(" \n\tab弓道é\U0001f3f9\u2028"), max_size=3000))
def test_no_character_is_lost_between_pages(text: str):
    assert "".join(pages(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1),
        ("word", 1),
        ("\n" * LINES_PER_PAGE, 1),
        ("\n" * (LINES_PER_PAGE + 1), 2),
        (f"{FULL_LINE} " * LINES_PER_PAGE, 1),
        (f"{FULL_LINE} " * LINES_PER_PAGE + "x", 2),
        ("x" * LINE_WIDTH * LINES_PER_PAGE, 1),
        ("x" * (LINE_WIDTH * LINES_PER_PAGE + 1), 2),
        ("弓" * (LINE_WIDTH * LINES_PER_PAGE // 2), 1),
        ("弓" * (LINE_WIDTH * LINES_PER_PAGE // 2 + 1), 2),
    ],
)
def test_page_ends_after_its_last_line(text: str, expected: int):
    assert len(pages(text)) == expected


def test_line_breaks_before_the_word_that_does_not_fit():
    first = " ".join(["coach"] * (LINES_PER_PAGE * 15))  # 15 of them fill 89 of 92 characters

    one, two = pages(f"{first} archery")

    assert (one, two) == (f"{first} ", "archery")


@pytest.fixture
def draft(db: None) -> Application:
    return make_application(filled=False)


@pytest.fixture
def ana(draft: Application):
    browser = Client()
    with time_machine.travel(SENT_AT, tick=False):
        browser.force_login(draft.applicant)
        yield browser


def address(application: Application) -> str:
    return reverse("applications:purpose_preview", args=[application.key])


def save(application: Application, text: str) -> None:
    answers = {"statement": [text]}
    drafts.save_section(application.key, "purpose", answers, by=application.applicant, at=SENT_AT)


def test_saved_text_is_shown_as_typed_with_its_length(ana, draft):
    save(draft, "\n<b>I coach</b> archery.\n\nAnd judo.")

    page = ana.get(address(draft)).content.decode()

    assert "\n&lt;b&gt;I coach&lt;/b&gt; archery.\n\nAnd judo.</span>" in page
    assert "About 1 page: 5 words, 34 characters." in page
    assert "End of page 1" in page


def test_text_over_the_limit_is_shown_whole_with_a_sentence(ana, draft):
    text = "word " * (draft.round.purpose_max_words + 2)
    save(draft, text)

    answer = ana.get(address(draft))

    page = answer.content.decode()
    assert f"2 words over the limit of {draft.round.purpose_max_words}" in page
    assert "All of it is kept" in page
    assert "".join(answer.context["sheets"]) == text


def test_short_lines_over_two_pages_are_told_as_well(ana, draft):
    save(draft, "line\n" * (2 * LINES_PER_PAGE + 1))

    assert "Longer than 2 pages" in ana.get(address(draft)).content.decode()


def test_nothing_saved_is_said(ana, draft):
    assert "Nothing is saved in this part yet" in ana.get(address(draft)).content.decode()


def test_section_page_leads_to_the_preview(ana, draft):
    page = reverse("applications:section", args=[draft.key, "purpose"])

    assert address(draft) in ana.get(page).content.decode()


def test_preview_costs_at_most_eight_queries(ana, draft, django_assert_num_queries):
    save(draft, "I coach archery.")

    with django_assert_num_queries(7):
        ana.get(address(draft))


def test_preview_of_somebody_else_is_not_found(client, draft):
    client.force_login(make_user("stranger@example.org"))

    assert client.get(address(draft)).status_code == 404


def test_preview_of_what_was_sent_leads_to_the_receipt(client, db):
    application = make_application(status=Status.SUBMITTED)
    client.force_login(application.applicant)

    answer = client.get(address(application))

    assert answer["Location"] == reverse("applications:receipt", args=[application.key])
