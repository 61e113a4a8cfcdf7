"""From file to file through a list, and documents shown in the page."""

import re
from html import unescape
from urllib.parse import quote_plus

import pytest

from applications.models import Status
from tests.applications.desk import LIST, sent

pytestmark = pytest.mark.django_db


def kept(filters):
    return f"?_changelist_filters={quote_plus(filters)}"


def page(application, filters=""):
    return f"{LIST}{application.pk}/change/{kept(filters) if filters else ''}"


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

    with django_assert_num_queries(34):
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


def links(html: str, of: str) -> set[str]:
    """Return the addresses on a page that begin like this, links and forms."""
    found = re.findall(r'(?:href|action)="([^"]*)"', html)
    return {unescape(address) for address in found if address.startswith(of)}


def test_every_page_of_a_file_keeps_the_filters_in_its_links(office):
    file = sent(0)
    filters = "status=submitted&q=lind&p=older-1-1"
    own = f"{LIST}{file.pk}/"

    seen = {page(file, filters)}
    for address in (page(file, filters), f"{own}move/in_screening/{kept(filters)}"):
        shown = office.get(address).content.decode()
        seen |= links(shown, own)
        assert f"{LIST}?{filters}" in links(shown, LIST)
        assert LIST not in links(shown, LIST)

    assert {f"{own}note/", f"{own}checks/", f"{own}move/in_screening/"} <= {
        address.partition("?")[0] for address in seen
    }
    assert {"_changelist_filters" in address for address in seen} == {True}
    plain = links(office.get(page(file)).content.decode(), own)
    assert plain
    assert not any("_changelist_filters" in address for address in plain)


def test_filters_survive_a_note_a_check_and_a_move(office):
    file = sent(0)
    filters = "status=submitted&round=sea-2025-summer"
    sends = {
        "note/": {"text": "Read."},
        "checks/": {},
        "move/in_screening/": {"seen": "submitted", "reason": ""},
    }

    led = {
        office.post(f"{LIST}{file.pk}/{address}{kept(filters)}", data).headers["Location"]
        for address, data in sends.items()
    }

    assert led == {page(file, filters)}
    assert office.get(page(file, filters)).context["queue"].list_url == f"{LIST}?{filters}"


def test_filters_of_an_address_lead_nowhere_else(office):
    file = sent(0)
    hostile = 'x="><script>&status=submitted&e=//evil.example'

    shown = office.get(page(file, hostile)).content.decode()

    assert "<script>&" not in shown
    assert all(address.startswith("/") for address in links(shown, LIST))
