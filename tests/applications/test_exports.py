"""The list of the desk as CSV."""

import csv
import io
import logging

import pytest

from applications.exports.listing import BOM, HEAD, neutralized
from applications.models import SectionAnswers
from tests.applications.desk import sent
from tests.factories import make_round

pytestmark = pytest.mark.django_db

EXPORT = "/admin/applications/application/export/"


def exported(client, query: str = "") -> list[list[str]]:
    response = client.get(EXPORT + query)
    assert response.status_code == 200
    text = response.getvalue().decode("utf-8")
    assert text.startswith(BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(BOM), newline="")))


def test_export_has_a_row_per_application_newest_first(office):
    older, newer = sent(0), sent(1)

    rows = exported(office)

    assert rows[0] == list(HEAD)
    assert rows[1:] == [
        [
            application.reference_shown,
            "Round sea-2025-summer",
            "SEA",
            "New York",
            "Lindqvist-Moreno",
            "Ana",
            f"person{number}@example.org",
            "Submitted",
            f"2025-03-13 00:0{number}:00",
            f"2025-03-13 00:0{number}:00",
            f"2025-03-13T10:0{number}:00.000000Z",
        ]
        for application, number in ((newer, 1), (older, 0))
    ]


def test_export_takes_the_filters_and_the_search_of_the_list(office):
    sent(0)
    annual = sent(1, round_=make_round(slug="annual-2025"))

    for query in ("?round=annual-2025", "?position=ALT", "?q=person1"):
        assert [row[0] for row in exported(office, query)[1:]] == [annual.reference_shown]


def test_export_is_longer_than_a_page(office, monkeypatch):
    monkeypatch.setattr("applications.admin.application.ApplicationAdmin.list_per_page", 1)
    for number in range(3):
        sent(number)

    assert len(exported(office)) == 4


@pytest.mark.parametrize("rows", [1, 3])
def test_export_uses_a_fixed_number_of_queries(office, rows, django_assert_num_queries):
    for number in range(rows):
        sent(number)

    with django_assert_num_queries(9):
        exported(office)


def test_export_of_a_coordinator_holds_the_own_consulate_only(coordinator):
    own = sent(0)
    sent(1, consulate="denver")

    rows = exported(coordinator, "?consulate=denver")

    assert [row[0] for row in rows[1:]] == [own.reference_shown]


def test_export_is_refused_to_roles_without_applications(at_the_desk):
    assert at_the_desk("Administrators").get(EXPORT).status_code == 403


def test_unknown_filter_leads_back_to_the_list(office):
    sent(0)

    assert office.get(f"{EXPORT}?round=nowhere").status_code == 302


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_formula_is_neutralized(first):
    assert neutralized(f"{first}1+1") == f"'{first}1+1"
    assert neutralized(f"1{first}1") == f"1{first}1"


def test_formula_in_a_name_reaches_no_spreadsheet(office):
    application = sent(0)
    row = SectionAnswers.objects.get(application=application, section="identity")
    row.answers["family_name"] = ['=HYPERLINK("http://bad.example","x")']
    row.save()

    assert exported(office)[1][4] == '\'=HYPERLINK("http://bad.example","x")'


def test_export_is_logged_without_personal_data(office, caplog):
    sent(0)

    with caplog.at_level(logging.INFO, logger="applications.exports"):
        exported(office, "?q=person0")

    lines = [record.getMessage() for record in caplog.records if "exported" in record.message]
    account = int(office.session["_auth_user_id"])
    assert lines == [f"applications exported account={account} rows=1"]
