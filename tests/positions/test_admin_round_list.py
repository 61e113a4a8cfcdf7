"""The list of rounds at the desk: states, filters, cost."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from positions.deadlines import end_of_minute
from tests.factories import make_vacancy
from tests.positions.round_desk import LIST, draft, in_march_2024, page, published, staff

__all__ = ["in_march_2024", "staff"]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_a_fixed_number_of_queries(staff, django_assert_num_queries, rows):
    for number in range(rows):
        draft(slug=f"sea-2024-{number}")

    with django_assert_num_queries(7):
        response = staff.get(reverse(LIST))

    assert response.context["cl"].result_count == rows


def test_list_tells_state_deadline_and_vacancies(staff):
    published()

    text = staff.get(reverse(LIST)).content.decode().replace("\xa0", " ")

    assert "Friday, April 5, 2024, 11:59 PM HST" in text
    assert '<span class="chip chip-open">Open</span>' in text
    assert '<td class="field-posts_shown">1</td>' in text


SHOWN = ["sea-draft", "sea-later", "sea-open", "sea-past", "sea-upcoming"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=draft", ["sea-draft"]),
        ("state=open", ["sea-open"]),
        ("state=scheduled", ["sea-later", "sea-upcoming"]),
        ("state=past", ["sea-past"]),
        ("state=archived", ["sea-archived"]),
        ("of=annual", []),
        ("of=sea&state=open", ["sea-open"]),
        ("state=nonsense", SHOWN),
        ("q=past", ["sea-past"]),
        ("q=%00", SHOWN),
    ],
)
def test_list_is_filtered_through_the_address(staff, query, found):
    draft(slug="sea-draft")
    published(slug="sea-open")
    published(slug="sea-upcoming", opens_at=datetime(2024, 3, 20, tzinfo=UTC))
    over = end_of_minute(datetime(2024, 2, 28, 23, 59))
    published(slug="sea-past", closes_at=over)
    published(slug="sea-archived", closes_at=over, archived_at=over)
    draft(slug="sea-later", published_at=datetime(2024, 3, 10, tzinfo=UTC))

    response = staff.get(f"{reverse(LIST)}?{query}")

    assert sorted(round_.slug for round_ in response.context["cl"].result_list) == found


@pytest.mark.parametrize("query", ["title=%00", "kind=sea", "closes_at__year=9", "p=99999", "o=x"])
def test_nonsense_in_the_address_of_the_list_is_no_error_of_ours(staff, query):
    response = staff.get(f"{reverse(LIST)}?{query}")

    assert response.status_code in {200, 302, 400}


@pytest.mark.parametrize("posts", [1, 3])
def test_change_page_takes_a_fixed_number_of_queries(staff, django_assert_num_queries, posts):
    round_ = draft()
    for number in range(2, posts + 1):
        make_vacancy(round_, number=number, posts=1)
    staff.get(page("change", round_.pk))  # what a process looks up once

    with django_assert_num_queries(11):
        response = staff.get(page("change", round_.pk))

    assert len(response.context["inline_admin_formsets"][0].formset.forms) == posts
