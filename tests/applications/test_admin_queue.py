"""From file to file through a list, and documents shown in the page."""

from urllib.parse import quote

import pytest

from applications.models import Status
from tests.applications.desk import LIST, sent

pytestmark = pytest.mark.django_db


def page(application, filters=""):
    kept = f"?_changelist_filters={quote(filters)}" if filters else ""
    return f"{LIST}{application.pk}/change/{kept}"


def test_file_leads_to_its_neighbors_in_the_whole_list(office):
    oldest, middle, newest = sent(0), sent(1), sent(2)

    there = [office.get(page(each)).context["queue"] for each in (oldest, middle, newest)]

    assert [(queue.newer_url, queue.older_url) for queue in there] == [
        (page(middle), ""),
        (page(newest), page(oldest)),
        ("", page(middle)),
    ]


def test_neighbors_are_those_of_the_filtered_list_whose_filters_stay(office):
    first = sent(0)
    sent(1, status=Status.IN_SCREENING)
    last = sent(2)

    listed = office.get(f"{LIST}?status=submitted").content.decode()
    queue = office.get(page(first, "status=submitted")).context["queue"]

    assert page(first, "status=submitted") in listed
    assert queue.newer_url == page(last, "status=submitted")
    assert queue.older_url == ""
    assert queue.list_url == f"{LIST}?status=submitted"


@pytest.mark.parametrize("filters", ["status=nowhere", "x=1&p=older-1-1", "%00", "q=%00", "&&&"])
def test_nonsense_in_the_filters_is_the_whole_list(office, filters):
    older, newer = sent(0), sent(1)

    answer = office.get(page(newer, filters))

    assert answer.status_code == 200
    assert answer.context["queue"].older_url.startswith(page(older))


def test_neighbors_of_a_coordinator_are_of_the_own_consulate(coordinator):
    sent(0, consulate="denver")
    own = sent(1)
    sent(2, consulate="denver")

    queue = coordinator.get(page(own)).context["queue"]

    assert (queue.newer_url, queue.older_url) == ("", "")


@pytest.mark.parametrize("rows", [1, 3])
def test_filtered_neighbors_cost_a_fixed_number_of_queries(office, rows, django_assert_num_queries):
    made = [sent(number) for number in range(rows)]

    with django_assert_num_queries(36):
        office.get(page(made[0], "status=submitted"))


def test_documents_are_shown_in_the_page_from_our_own_pages_alone(office):
    application = sent(0)
    document = application.documents.get(slot="citizenship")

    answer = office.get(page(application))
    framed = office.get(f"/applications/files/{document.key}/")

    assert f'<iframe src="/applications/files/{document.key}/"' in answer.content.decode()
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "frame-src" not in office.get(LIST).headers["Content-Security-Policy"]
    assert framed.headers["X-Frame-Options"] == "SAMEORIGIN"
