"""Files and the virus scanner: at the upload, later, and who may open them meanwhile."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from applications.domain import access
from applications.domain.errors import DocumentRefused
from applications.domain.files import documents, scans
from applications.domain.roles import ensure_roles
from applications.models import Application, Document, Scan, Slot, Status
from jetportal.mail.models import OutgoingMail
from tests.applicants import SENT_AT, STARTED_AT, add_document, make_application, make_staff, pdf
from tests.clamd import EICAR, Scanner
from tests.services import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def scanner(settings):
    with Scanner() as scanner:
        settings.CLAMD_URL = scanner.url
        yield scanner


def infected() -> bytes:
    return pdf() + b"%" + EICAR + b"\n"


def attach(application: Application, content: bytes) -> Document:
    upload = documents.Upload(Slot.CITIZENSHIP, "passport.pdf", content)
    return documents.attach(
        application.key, upload, max_megabytes=10, by=application.applicant, at=STARTED_AT
    )


def keep_unseen(application: Application, content: bytes) -> Document:
    """Store a file as it is stored while the scanner is away."""
    document = add_document(application, scan=Scan.WAITING)
    with document.file.storage.open(document.file.name, "wb") as file:
        file.write(content)
    return document


@pytest.mark.usefixtures("scanner")
def test_clean_file_is_taken_and_marked():
    document = attach(make_application(filled=False), pdf())

    assert (document.scan, document.scanned_at) == (Scan.CLEAN, STARTED_AT)


@pytest.mark.usefixtures("scanner")
def test_infected_file_is_refused_beside_the_field_and_stored_nowhere(client: Client, tmp_path):
    application = make_application(filled=False)
    client.force_login(application.applicant)
    file = SimpleUploadedFile("passport.pdf", infected(), content_type="application/pdf")

    answer = client.post(
        reverse("applications:upload", args=[application.key, "citizenship"]), {"file": file}
    )

    assert answer.status_code == 422
    assert "The virus scanner refused this file. Nothing was stored." in answer.content.decode()
    assert not Document.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_file_is_kept_as_being_checked_while_the_scanner_is_away(client: Client, settings):
    settings.CLAMD_URL = f"tcp://127.0.0.1:{free_port()}"
    application = make_application(filled=False)
    client.force_login(application.applicant)
    file = SimpleUploadedFile("passport.pdf", infected(), content_type="application/pdf")

    answer = client.post(
        reverse("applications:upload", args=[application.key, "citizenship"]),
        {"file": file},
        follow=True,
    )

    assert "Received, being checked" in answer.content.decode()
    assert Document.objects.get().scan == Scan.WAITING


def test_waiting_files_are_judged_once_the_scanner_is_back(scanner: Scanner):
    application = make_application()
    application.documents.all().delete()
    bad, good = keep_unseen(application, infected()), add_document(application, Slot.COACHING)

    judged = [scans.scan_due(at=SENT_AT) for _run in range(2)]

    bad.refresh_from_db()
    good.refresh_from_db()
    assert judged == [2, 0]
    assert (bad.scan, bad.scanned_at) == (Scan.REFUSED, SENT_AT)
    assert (good.scan, good.scanned_at) == (Scan.CLEAN, SENT_AT)
    assert len(scanner.seen) == 2


def test_scanner_that_is_away_ends_the_run(settings):
    settings.CLAMD_URL = f"tcp://127.0.0.1:{free_port()}"
    keep_unseen(make_application(filled=False), pdf())

    assert scans.scan_due(at=SENT_AT) == 0
    assert Document.objects.get().scan == Scan.WAITING


def test_without_a_scanner_nothing_waits_for_one():
    document = attach(make_application(filled=False), pdf())

    assert scans.scan_due(at=SENT_AT) == 0
    assert document.scan == Scan.NONE


@pytest.mark.usefixtures("scanner")
def test_file_that_is_gone_holds_up_no_other():
    application = make_application(filled=False)
    gone, other = keep_unseen(application, pdf()), add_document(application, Slot.COACHING)
    gone.file.storage.delete(gone.file.name)

    assert scans.scan_due(at=SENT_AT) == 1

    other.refresh_from_db()
    assert other.scan == Scan.CLEAN


@pytest.mark.usefixtures("scanner")
@pytest.mark.parametrize(
    ("status", "words"),
    [(Status.DRAFT, "remove that file and add another"), (Status.SUBMITTED, "counts as received")],
)
def test_owner_of_a_refused_file_is_told_once_without_its_name(status: Status, words: str):
    application = make_application(status=status)
    document = application.documents.get(slot=Slot.CITIZENSHIP)
    with document.file.storage.open(document.file.name, "wb") as file:
        file.write(infected())

    for _run in range(2):
        scans.scan_due(at=SENT_AT)

    mail = OutgoingMail.objects.get(kind="document_refused")
    assert mail.recipient == application.applicant.email
    assert words in " ".join(mail.text.split())
    assert "passport.pdf" not in mail.text
    assert "citizenship" not in mail.text.lower()


@pytest.mark.parametrize(
    ("scan", "owner", "staff"),
    [
        (Scan.NONE, True, False),
        (Scan.WAITING, True, False),
        (Scan.CLEAN, True, True),
        (Scan.REFUSED, False, False),
    ],
)
@pytest.mark.usefixtures("scanner")
def test_only_its_owner_opens_an_unchecked_file_and_nobody_a_refused_one(scan, owner, staff):
    application = make_application(status=Status.SUBMITTED)
    document = application.documents.get(slot=Slot.CITIZENSHIP)
    judged = scan in (Scan.CLEAN, Scan.REFUSED)
    document.scan, document.scanned_at = scan, SENT_AT if judged else None
    document.save()
    office = make_staff("office@example.org", access.PROGRAM_OFFICE)

    opens = [
        access.may_open(user, document, at=SENT_AT) for user in (application.applicant, office)
    ]

    assert opens == [owner, staff]


def test_sensitive_file_opens_for_its_owner_alone():
    application = make_application(status=Status.SUBMITTED)
    document = add_document(application, Slot.PHYSICIAN, pages=2)
    office = make_staff("office@example.org", access.PROGRAM_OFFICE)

    assert access.may_open(application.applicant, document, at=SENT_AT)
    assert not access.may_open(office, document, at=SENT_AT)


def test_desk_sees_that_a_file_was_refused_and_no_link_to_it(office: Client):
    application = make_application(status=Status.SUBMITTED)
    document = application.documents.get(slot=Slot.CITIZENSHIP)
    document.scan, document.scanned_at = Scan.REFUSED, SENT_AT
    document.save()

    page = office.get(f"/admin/applications/application/{application.pk}/change/").content.decode()

    assert "The virus scanner refused this file. Nobody can open it." in page
    assert str(document.key) not in page


@pytest.mark.parametrize("slot", [Slot.CITIZENSHIP, Slot.COACHING, Slot.PHYSICIAN])
def test_office_asks_for_another_in_place_of_a_refused_file(office: Client, slot: Slot):
    ensure_roles()
    application = make_application(status=Status.SUBMITTED)
    application.documents.filter(slot=slot).update(scan=Scan.REFUSED, scanned_at=SENT_AT)
    file = f"/admin/applications/application/{application.pk}/change/"
    ask = f"/admin/applications/application/{application.pk}/ask/?part=documents.{slot}"

    page, asking = office.get(file).content.decode(), office.get(ask)

    assert page.count("Ask for another") == 1
    assert ask in page
    assert asking.status_code == 200
    assert f'value="documents.{slot}" selected' in asking.content.decode()


def test_coordinator_sees_that_a_file_was_refused_and_does_not_ask(coordinator: Client):
    application = make_application(status=Status.SUBMITTED)
    application.documents.update(scan=Scan.REFUSED, scanned_at=SENT_AT)

    page = coordinator.get(
        f"/admin/applications/application/{application.pk}/change/"
    ).content.decode()

    assert "The virus scanner refused this file." in page
    assert "Ask for another" not in page


def test_infected_bytes_are_refused_by_the_domain(scanner: Scanner):
    with pytest.raises(DocumentRefused, match="virus scanner"):
        attach(make_application(filled=False), infected())

    assert len(scanner.seen) == 1
