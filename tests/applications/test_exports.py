"""Lists of the desk as files: asked for, made in pieces, fetched, forgotten."""

import csv
import io
import logging
import zipfile
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from pypdf import PdfReader

from applications.domain import access
from applications.domain.errors import Refused
from applications.domain.review import exports
from applications.exports import making
from applications.exports.columns import COLUMNS, columns_for, neutralized
from applications.exports.writing import BOM
from applications.models import (
    ExportDownload,
    ExportJob,
    ExportKind,
    ExportState,
    SectionAnswers,
    StaffOffice,
)
from jetportal.accounts.models import User
from tests.applicants import SENT_AT, make_consulate, make_office, make_staff
from tests.applications.desk import sent
from tests.factories import make_round

pytestmark = pytest.mark.django_db

EXPORT = "/admin/applications/application/export/"
NOW = SENT_AT + timedelta(days=1)
TITLES = [column.title for column in COLUMNS]


def asked(client, query: str = "", **values: object) -> ExportJob:
    response = client.post(EXPORT + query, {"kind": "csv", **values})
    assert response.status_code == 302, response.content.decode()
    return ExportJob.objects.get(key=response["Location"].split("/")[-2])


def made(job: ExportJob) -> ExportJob:
    making.make_due(now=lambda: max(NOW, job.asked_at))
    job.refresh_from_db()
    return job


def fetched(client, job: ExportJob) -> bytes:
    response = client.get(f"/admin/applications/exportjob/{job.key}/file/")
    assert response.status_code == 200
    return response.getvalue()


def table(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8")
    assert text.startswith(BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(BOM), newline="")))


def exported(client, query: str = "") -> list[list[str]]:
    columns = [column.key for column in COLUMNS]
    return table(fetched(client, made(asked(client, query, columns=columns))))


def test_export_has_a_row_per_application_newest_first(office):
    older, newer = sent(0), sent(1)

    rows = exported(office)

    assert rows[0] == TITLES
    assert rows[1:] == [
        [
            application.reference_shown,
            "Round sea-2025-summer",
            "SEA",
            "sea-2025-summer/sea/1",
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

    newest = ExportJob.objects.order_by("pk").last()
    page = office.get(f"/admin/applications/exportjob/{newest.key}/")
    assert page.context["list_url"] == "/admin/applications/application/?q=person1"
    assert [job.filters for job in ExportJob.objects.order_by("pk")] == [
        "round=annual-2025",
        "position=ALT",
        "",
    ]


def test_export_is_longer_than_a_page(office, monkeypatch):
    monkeypatch.setattr("applications.admin.application.ApplicationAdmin.list_per_page", 1)
    for number in range(3):
        sent(number)

    assert len(exported(office)) == 4


def test_only_the_chosen_columns_are_in_the_file(office):
    application = sent(0)

    job = made(asked(office, columns=["status", "reference"]))

    assert table(fetched(office, job)) == [
        ["Reference", "Status"],
        [application.reference_shown, "Submitted"],
    ]


def test_workbook_holds_text_and_no_formula(office):
    application = sent(0)
    row = SectionAnswers.objects.get(application=application, section="identity")
    row.answers["family_name"] = ['=HYPERLINK("http://bad.example","x")']
    row.save()

    job = made(asked(office, kind="xlsx", columns=["family_name", "email"]))

    with zipfile.ZipFile(io.BytesIO(fetched(office, job))) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        names = book.namelist()
    words = ["".join(cell.itertext()) for cell in sheet.iter() if cell.tag.endswith("}c")]
    assert words == [
        *("Family name", "E-mail"),
        *('\'=HYPERLINK("http://bad.example","x")', "person0@example.org"),
    ]
    assert not [part for part in sheet.iter() if part.tag.endswith(("}f", "}hyperlink"))]
    assert not [name for name in names if "external" in name.lower()]


def test_zip_holds_a_pdf_per_application_and_nothing_sensitive(office):
    people = [sent(number) for number in range(2)]

    job = made(asked(office, kind="pdfs"))

    with zipfile.ZipFile(io.BytesIO(fetched(office, job))) as archive:
        texts = {
            name: "".join(page.extract_text() for page in PdfReader(archive.open(name)).pages)
            for name in archive.namelist()
        }
    assert sorted(texts) == sorted(f"{person.reference_shown}.pdf" for person in people)
    for text in texts.values():
        assert "I coach archery" in text
        assert "Buckwheat" not in text


@pytest.mark.parametrize("rows", [1, 3])
def test_asking_uses_a_fixed_number_of_queries(office, rows, django_assert_num_queries):
    for number in range(rows):
        sent(number)

    with django_assert_num_queries(12):
        asked(office, columns=["reference"])


@pytest.mark.parametrize("rows", [1, 3])
def test_making_a_table_uses_a_fixed_number_of_queries(office, rows, django_assert_num_queries):
    for number in range(rows):
        sent(number)
    job = asked(office, columns=["reference", "family_name"])

    with django_assert_num_queries(14):
        made(job)


@pytest.mark.parametrize("rows", [1, 3])
def test_list_of_exports_uses_a_fixed_number_of_queries(office, rows, django_assert_num_queries):
    sent(0)
    for number in range(rows):
        made(asked(office, columns=[COLUMNS[number].key]))

    with django_assert_num_queries(7):
        response = office.get("/admin/applications/exportjob/")

    assert response.context["cl"].result_count == rows


def test_export_of_a_coordinator_holds_the_own_consulate_only(coordinator):
    own = sent(0)
    sent(1, consulate="denver")

    rows = exported(coordinator, "?consulate=denver")

    assert [row[0] for row in rows[1:]] == [own.reference_shown]


def test_what_is_not_seen_any_more_when_it_is_made_is_left_out(coordinator):
    sent(0)
    job = asked(coordinator, columns=["reference"])
    StaffOffice.objects.update(consulate=make_consulate("denver"))
    other = sent(1, consulate="denver")

    made(job)

    assert (job.state, job.rows, len(job.left_out)) == (ExportState.DONE, [], 1)
    assert other.reference_shown not in str(fetched(coordinator, job))


def test_who_lost_the_desk_gets_no_file(coordinator):
    sent(0)
    job = asked(coordinator, columns=["reference"])
    job.asked_by.groups.clear()

    made(job)

    assert (job.state, job.problem) == (ExportState.FAILED, exports.NO_ACCESS)


def test_file_is_handed_out_only_while_all_in_it_may_be_seen(coordinator):
    sent(0)
    job = made(asked(coordinator, columns=["reference"]))
    StaffOffice.objects.update(consulate=make_consulate("denver"))

    response = coordinator.get(f"/admin/applications/exportjob/{job.key}/file/")

    assert response.status_code == 302
    assert not ExportDownload.objects.exists()


def test_export_is_its_askers_alone(office, at_the_desk):
    sent(0)
    job = made(asked(office, columns=["reference"]))
    other = at_the_desk(access.PROGRAM_OFFICE, email="second@example.org")

    for path in ("", "file/"):
        response = other.get(f"/admin/applications/exportjob/{job.key}/{path}")
        assert response.status_code == 404
    listed = other.get("/admin/applications/exportjob/")
    assert listed.context["cl"].result_count == 0


def test_each_download_is_on_record(office):
    sent(0)
    job = made(asked(office, columns=["reference"]))

    for _ in range(2):
        fetched(office, job)
    office.head(f"/admin/applications/exportjob/{job.key}/file/")

    who = {row.by.email for row in ExportDownload.objects.select_related("by")}
    assert (who, job.downloads.count()) == ({"office@example.org"}, 2)
    page = office.get(f"/admin/applications/exportjob/{job.key}/").content.decode()
    assert page.count("<li>") >= 2


def test_page_shows_how_far_it_is(office):
    sent(0)
    job = asked(office, columns=["reference"])

    waiting = office.get(f"/admin/applications/exportjob/{job.key}/").content.decode()
    early = office.get(f"/admin/applications/exportjob/{job.key}/file/")
    made(job)
    ready = office.get(f"/admin/applications/exportjob/{job.key}/").content.decode()

    assert '<progress id="export-progress" max="1" value="0">' in waiting
    assert early.status_code == 302
    assert "Download the file" in ready
    assert "progress id" not in ready


def test_export_is_refused_to_roles_without_applications(at_the_desk):
    assert at_the_desk("Administrators").get(EXPORT).status_code == 403


def test_unknown_filter_leads_back_to_the_list(office):
    sent(0)

    assert office.get(f"{EXPORT}?round=nowhere").status_code == 302


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Choose which file you want."),
        ({"kind": "exe"}, "Choose one of the three files."),
        ({"kind": "csv"}, "Choose at least one column."),
        ({"kind": "csv", "columns": ["sealed"]}, "Choose columns of this list."),
    ],
)
def test_bad_wish_is_answered_beside_the_field(office, values, words):
    sent(0)

    response = office.post(EXPORT, values)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not ExportJob.objects.exists()


def test_nothing_to_export_is_said(office):
    response = office.post(EXPORT, {"kind": "pdfs"})

    assert response.status_code == 422
    assert "nothing to export" in response.content.decode()


def test_too_many_pdfs_are_refused_and_say_what_to_do():
    wanted = exports.Wanted(ExportKind.PDFS, (), range(exports.MOST_PDFS + 1))

    with pytest.raises(Refused, match="Narrow the list first"):
        exports.ask(wanted, by=make_office(), at=NOW)


def test_second_click_is_the_same_export_and_a_fourth_wish_waits(office):
    sent(0)
    first = asked(office, columns=["reference"])

    assert asked(office, columns=["reference"]) == first
    for column in ("status", "email"):
        asked(office, columns=[column])
    refused = office.post(EXPORT, {"kind": "csv", "columns": ["round"]})

    assert (refused.status_code, ExportJob.objects.count()) == (422, 3)


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_formula_is_neutralized(first):
    assert neutralized(f"{first}1+1") == f"'{first}1+1"
    assert neutralized(f"1{first}1") == f"1{first}1"


def test_nobody_without_the_list_reads_a_column():
    nobody = make_staff("nobody@example.org")

    assert columns_for(make_office()) == COLUMNS
    assert columns_for(nobody) == ()


def test_export_is_logged_without_personal_data(office, caplog):
    sent(0)

    with caplog.at_level(logging.INFO, logger="applications"):
        made(asked(office, "?q=person0", columns=["reference"]))

    lines = [record.getMessage() for record in caplog.records if "export" in record.message]
    job = ExportJob.objects.get()
    assert lines == [f"export made id={job.pk} account={job.asked_by_id} rows=1"]


class DyingStorage(FileSystemStorage):
    """The worker is killed while it writes the second file."""

    written = 0

    def save(self, *args: object, **named: object) -> str:
        type(self).written += 1
        if self.written == 2:
            raise SystemExit
        return super().save(*args, **named)


def test_export_whose_worker_died_goes_on_behind_its_last_piece(office, monkeypatch, settings):
    monkeypatch.setattr("applications.exports.making.ROWS_A_PIECE", 1)
    people = [sent(number) for number in range(3)]
    job = asked(office, columns=["reference"])
    at = job.asked_at
    whole = settings.STORAGES
    dying = {"BACKEND": f"{__name__}.DyingStorage"}
    settings.STORAGES = {**whole, "default": dying}
    with pytest.raises(SystemExit):
        making.make_due(now=lambda: at)
    job.refresh_from_db()
    assert (job.done, job.state) == (1, ExportState.WAITING)

    settings.STORAGES = whole
    assert making.make_due(now=lambda: at) == 0  # still leased to the dead one
    assert making.make_due(now=lambda: at + exports.LEASE) == 1

    job.refresh_from_db()
    rows = table(fetched(office, job))[1:]
    assert rows == [[person.reference_shown] for person in reversed(people)]
    assert default_storage.listdir(making.folder(job))[1] == [job.file.rpartition("/")[2]]


class BrokenStorage(FileSystemStorage):
    def save(self, *args: object, **named: object) -> str:
        raise OSError("no space left")


def test_export_that_cannot_be_made_fails_plainly(office, settings, caplog):
    sent(0)
    job = asked(office, columns=["reference"])
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": f"{__name__}.BrokenStorage"},
    }

    for number in range(exports.MOST_TRIES + 1):
        at = job.asked_at + number * exports.AGAIN_AFTER
        making.make_due(now=lambda at=at: at)

    job.refresh_from_db()
    assert (job.state, job.problem) == (ExportState.FAILED, exports.GAVE_UP)
    assert "no space" not in caplog.text
    page = office.get(f"/admin/applications/exportjob/{job.key}/").content.decode()
    assert exports.GAVE_UP in page


def test_run_whose_time_is_over_leaves_the_rest_to_the_next(office, monkeypatch):
    monkeypatch.setattr("applications.exports.making.ROWS_A_PIECE", 1)
    for number in range(2):
        sent(number)
    job = asked(office, columns=["reference"])
    clock = iter(job.asked_at + timedelta(seconds=3 * second) for second in range(100))

    making.make_due(now=lambda: next(clock))
    job.refresh_from_db()

    assert (job.state, job.done) == (ExportState.WAITING, 1)
    making.make_due(now=lambda: job.asked_at + timedelta(minutes=1))
    job.refresh_from_db()
    assert job.state == ExportState.DONE


def test_file_is_deleted_after_a_week_and_its_record_stays(office):
    sent(0)
    job = made(asked(office, columns=["reference"]))
    fetched(office, job)
    name = job.file

    assert making.forget(at=job.expires_at - timedelta(microseconds=1)) == 0
    assert making.forget(at=job.expires_at) == 1
    assert making.forget(at=job.expires_at) == 0

    job.refresh_from_db()
    assert (job.state, job.rows, job.downloads.count()) == (ExportState.EXPIRED, [], 1)
    assert not default_storage.exists(name)
    page = office.get(f"/admin/applications/exportjob/{job.key}/").content.decode()
    assert "Its 7 days are over" in page


def test_export_that_nobody_made_disappears_too(office):
    sent(0)
    job = asked(office, columns=["reference"])

    making.forget(at=job.expires_at)

    assert ExportJob.objects.get().state == ExportState.EXPIRED
    page = office.get(f"/admin/applications/exportjob/{job.key}/").content.decode()
    assert "so the file was deleted; nobody had downloaded it." in page
    assert User.objects.filter(pk=job.asked_by_id).exists()
