"""The list of the desk: what it shows, to whom, at which cost."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils.html import strip_tags

from applications.models import Application, Status
from tests.applicants import COACH, EMPLOYER, SENT_AT, make_application
from tests.applications.desk import LIST, sent
from tests.factories import make_round
from tests.referees import ask, submit

pytestmark = pytest.mark.django_db


def listed(client: Client, query: str = "") -> list[int]:
    response = client.get(LIST + query)
    assert response.status_code == 200, response.headers
    return [application.pk for application in response.context["cl"].result_list]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_uses_a_fixed_number_of_queries(office, rows, django_assert_num_queries):
    for number in range(rows):
        sent(number)

    with django_assert_num_queries(13):
        response = office.get(LIST)

    assert len(response.context["cl"].result_list) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_list_of_a_coordinator_uses_a_fixed_number_of_queries(
    coordinator, rows, django_assert_num_queries
):
    for number in range(rows):
        sent(number)

    with django_assert_num_queries(13):
        coordinator.get(LIST)


def test_filter_that_the_list_does_not_know_is_told(office):
    sent(0)

    page = office.get(f"{LIST}?letters=nope", follow=True).content.decode()

    assert "The address names no filter of this list. It shows all." in page
    assert "names no filter" not in office.get(LIST).content.decode()


def test_row_says_who_where_what_and_when(office):
    application = sent(0)

    page = office.get(LIST).content.decode()

    for words in (
        application.reference_shown,
        "Lindqvist-Moreno, Ana",
        "New York",
        "SEA",
        "Submitted",
        "Thu, Mar\u00a013, 2025, 12:00\u00a0AM",
        "2\u00a0d before",
    ):
        assert words in page


def test_drafts_are_not_listed(office):
    make_application()
    shown = sent(1)

    assert Application.objects.count() == 2
    assert listed(office) == [shown.pk]


def test_coordinator_sees_the_own_consulate_only(coordinator):
    own = sent(1)
    sent(2, consulate="denver")

    assert listed(coordinator) == [own.pk]
    assert listed(coordinator, "?consulate=denver") == [own.pk]
    assert "By interview location" not in coordinator.get(LIST).content.decode()


def test_administrators_have_no_list(at_the_desk):
    client = at_the_desk("Administrators")

    assert client.get(LIST).status_code == 403


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("?round=sea-2025-summer", [1, 0]),
        ("?round=annual-2025", [2]),
        ("?position=ALT", [2]),
        ("?status=in_screening", [1]),
        ("?consulate=denver", [0]),
        ("?status=submitted&round=sea-2025-summer", [0]),
        ("?status=withdrawn", []),
    ],
)
def test_list_is_filtered_by_its_address(office, query, numbers):
    made = [
        sent(0, consulate="denver"),
        sent(1, status=Status.IN_SCREENING),
        sent(2, round_=make_round(slug="annual-2025")),
    ]

    assert listed(office, query) == [made[number].pk for number in numbers]


@pytest.mark.parametrize(
    "query", ["?round=nowhere", "?status=draft", "?status=%00", "?position=XYZ", "?consulate=1"]
)
def test_unknown_filter_leads_back_to_the_whole_list(office, query):
    shown = sent(0)

    response = office.get(LIST + query, follow=True)

    assert [row.pk for row in response.context["cl"].result_list] == [shown.pk]


@pytest.mark.parametrize(
    "query",
    [
        "?nonsense=1",
        "?email=%00",
        "?applicant__email=a",
        "?o=-99.x",
        "?p=older-99999999999999999-1",
        "?p=newer-x",
        "?p=-5",
        "?q=%00",
        "?q=%F0%9F%98%80%ED%A0%80",
        "?all=1",
        "?_facets=1",
    ],
)
def test_nonsense_in_the_address_is_left_unread(office, query):
    sent(0)

    assert office.get(LIST + query).status_code == 200


def test_search_finds_a_reference_however_it_is_typed(office):
    application, _other = sent(0), sent(1)
    reference = application.reference

    for typed in (reference, application.reference_shown, f" {reference.lower()} "):
        assert listed(office, f"?q={typed}") == [application.pk]


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("person1@", [1]),
        ("PERSON1", [1]),
        ("person", [1, 0]),
        ("lindq", [1, 0]),
        ("LINDQVIST-m", [1, 0]),
        ("moreno", []),
        ("%", []),
        ("_", []),
    ],
)
def test_search_takes_the_beginning_of_a_name_or_address(office, typed, numbers):
    made = [sent(0), sent(1)]

    response = office.get(LIST, {"q": typed})

    found = [row.pk for row in response.context["cl"].result_list]
    assert found == [made[number].pk for number in numbers]


def test_pages_follow_each_other_without_a_count(office, monkeypatch):
    monkeypatch.setattr("applications.admin.application.ApplicationAdmin.list_per_page", 2)
    keys = [sent(number).pk for number in range(5)][::-1]

    first = office.get(LIST)
    second = office.get(LIST + first.context["cl"].older_url)
    third = office.get(LIST + second.context["cl"].older_url)
    back = office.get(LIST + third.context["cl"].newer_url)

    pages = [[row.pk for row in page.context["cl"].result_list] for page in (first, second, third)]
    assert pages == [keys[:2], keys[2:4], keys[4:]]
    assert [row.pk for row in back.context["cl"].result_list] == keys[2:4]
    assert (first.context["cl"].newer_url, third.context["cl"].older_url) == ("", "")


def test_pages_keep_filters_and_rows_of_the_same_instant(office, monkeypatch):
    monkeypatch.setattr("applications.admin.application.ApplicationAdmin.list_per_page", 1)
    keys = [sent(number, at=SENT_AT).pk for number in range(2)][::-1]

    first = office.get(LIST + "?round=sea-2025-summer")
    second = office.get(LIST + first.context["cl"].older_url)

    assert "round=sea-2025-summer" in first.context["cl"].older_url
    assert [row.pk for row in first.context["cl"].result_list] == keys[:1]
    assert [row.pk for row in second.context["cl"].result_list] == keys[1:]


def test_list_of_one_round_tells_its_deadline(coordinator):
    sent(0)

    page = coordinator.get(LIST + "?round=sea-2025-summer").content.decode()

    assert "The deadline was" in page
    assert "Friday, March 14, 2025, 11:59\u00a0PM\u00a0HST" in page
    assert "The same moment in New York" in page
    assert "Saturday, March 15, 2025, 5:59\u00a0AM\u00a0EDT" in page


def test_empty_list_says_why(office):
    assert "No application has arrived yet" in office.get(LIST).content.decode()
    assert "No application matches" in office.get(LIST + "?q=nobody").content.decode()


def test_letters_column_counts_and_its_filter_finds_what_is_missing(office):
    both, one = sent(1), sent(2)
    for application, words in ((both, (COACH, EMPLOYER)), (one, (COACH,))):
        for each in words:
            submit(ask(application, each, at=SENT_AT), at=SENT_AT)

    page = office.get(LIST)
    missing = office.get(LIST, {"letters": "missing"})

    text = page.content.decode()
    assert "2 of 2" in text
    assert "1 of 2" in text
    assert [row.pk for row in missing.context["cl"].result_list] == [one.pk]
    assert office.get(LIST, {"letters": "lost"}).status_code == 302


def test_filters_are_folded_but_for_those_that_narrow_the_list(office):
    sent(0)

    def groups(query: dict[str, str]) -> dict[str, bool]:
        page = office.get(LIST, query).content.decode()
        found = re.findall(r"<details[^>]*?( open)?>\s*<summary>(.*?)</summary>", page)
        return {unescape(strip_tags(words)): bool(is_open) for is_open, words in found}

    folded, narrowed = groups({}), groups({"status": "submitted", "order": "score"})

    assert len(folded) == len(narrowed) == 13
    assert not any(folded.values())
    assert [words for words, is_open in narrowed.items() if is_open] == [
        "Status: Submitted",
        "Order: Highest score first",
    ]
