"""Sensitive answers at the desk: who may open them, what is recorded, who never sees them."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from applications.domain import access
from applications.domain.errors import Refused, UnknownSection
from applications.domain.review import openings
from applications.domain.roles import ensure_roles
from applications.models import Application, Document, Scan, SensitiveOpening, Slot, Status
from applications.models.answers import SENSITIVE
from jetportal.mail.models import OutgoingMail
from tests.applicants import SENT_AT, add_document, make_application, make_staff, move, pdf
from tests.applications.desk import LIST
from tests.applications.test_sensitive import MARK, marked

pytestmark = pytest.mark.django_db

WHY = "Screening: the coordinator asked about the placement."


@pytest.fixture(autouse=True)
def roles() -> None:
    ensure_roles()


@pytest.fixture
def sent() -> Application:
    application = marked()
    move(application, Status.SUBMITTED, at=SENT_AT)
    return Application.objects.get(pk=application.pk)


def page_of(application: Application, section: str = "criminal") -> str:
    return reverse("admin:applications_application_sensitive", args=[application.pk, section])


def file_of(application: Application) -> str:
    return reverse("admin:applications_application_change", args=[application.pk])


@pytest.mark.parametrize("section", SENSITIVE)
def test_office_opens_a_part_with_a_reason_and_is_recorded(office: Client, sent, section):
    asked = office.get(page_of(sent, section))
    nothing_yet = SensitiveOpening.objects.exists()

    shown = office.post(page_of(sent, section), {"reason": f" {WHY}\n"})

    assert MARK not in asked.content.decode()
    assert not nothing_yet
    assert MARK in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    opening = SensitiveOpening.objects.get()
    kept = (opening.application, opening.part, opening.by.email, opening.reason)
    assert kept == (sent, section, "office@example.org", WHY)
    file = office.get(file_of(sent)).content.decode()
    assert WHY in file
    assert MARK not in file


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 4001])
def test_without_a_reason_nothing_is_opened(office: Client, sent, reason):
    answer = office.post(page_of(sent), {"reason": reason})

    assert answer.status_code == 422
    assert MARK not in answer.content.decode()
    assert not SensitiveOpening.objects.exists()


def test_coordinator_finds_no_sensitive_page_and_no_word_of_it(coordinator: Client, office, sent):
    office.post(page_of(sent), {"reason": WHY})

    answers = [coordinator.get(page_of(sent)), coordinator.post(page_of(sent), {"reason": WHY})]
    file = coordinator.get(file_of(sent))

    assert [answer.status_code for answer in answers] == [404, 404]
    assert file.status_code == 200
    assert "Sensitive answers" not in file.content.decode()
    assert WHY not in file.content.decode()
    assert SensitiveOpening.objects.count() == 1


def test_permission_alone_opens_no_file_that_is_not_seen(at_the_desk, sent):
    administrator = at_the_desk(access.ADMINISTRATORS, email="admin@example.org")
    user = make_staff("admin@example.org")
    user.is_superuser = True
    user.save()

    assert administrator.get(page_of(sent)).status_code == 404


def test_nobody_opens_their_own_or_a_draft(sent):
    draft = marked(applicant=make_staff("two@example.org", access.PROGRAM_OFFICE))
    mine = sent.applicant
    mine.is_staff = True
    mine.groups.set(draft.applicant.groups.all())
    mine.save()

    for application, by in ((sent, mine), (draft, mine)):
        with pytest.raises(Refused):
            openings.open_part(application, "criminal", reason=WHY, by=by, at=SENT_AT)
    assert not SensitiveOpening.objects.exists()


def test_part_that_is_not_sensitive_is_not_there(office: Client, sent):
    by = make_staff("office@example.org")

    with pytest.raises(UnknownSection):
        openings.open_part(sent, "purpose", reason=WHY, by=by, at=SENT_AT)
    assert office.get(page_of(sent, "purpose")).status_code == 404
    assert office.get(page_of(sent, "nothing")).status_code == 404


def test_lost_key_is_said_and_records_no_opening(office: Client, sent, settings):
    settings.SEALING_KEYS = ["dGhpc2lzYW5vdGhlcmtleXRoaXNpc2Fub3RoZXJrZXk="]
    sent.versions.update(sealed="gAAAAA")

    answer = office.post(page_of(sent), {"reason": WHY})

    assert answer.status_code == 409
    assert "its key is missing" in answer.content.decode()
    assert WHY in answer.content.decode()
    assert not SensitiveOpening.objects.exists()


@pytest.mark.parametrize("changes", [{"reason": " \n"}, {"part": ""}])
def test_database_refuses_an_opening_without_part_or_reason(office: Client, sent, changes):
    office.post(page_of(sent), {"reason": WHY})

    with pytest.raises(IntegrityError), transaction.atomic():
        SensitiveOpening.objects.update(**changes)


@pytest.mark.parametrize("rows", [1, 3])
def test_file_costs_the_same_queries_however_often_it_was_opened(
    office: Client, sent, rows, django_assert_num_queries
):
    for _ in range(rows):
        office.post(page_of(sent), {"reason": WHY})

    with django_assert_num_queries(FILE):
        office.get(file_of(sent))


FILE = 33


def test_no_mail_export_list_or_copy_tells_a_sensitive_answer(office: Client, sent, caplog):
    """The mark stands in every sensitive part, and each of these pages shows something."""
    copy = reverse("applications:copy", args=[sent.key])
    shown = [office.get(path) for path in (LIST, f"{LIST}export/", file_of(sent), copy)]
    mails = list(OutgoingMail.objects.values_list("subject", "text", "html"))

    bodies = [
        b"".join(page.streaming_content) if page.streaming else page.content for page in shown
    ]

    assert [page.status_code for page in shown] == [200] * 4
    assert len(mails) == 1
    assert MARK not in str(mails) + caplog.text
    assert [MARK.encode() in body for body in bodies] == [False] * 4


# --- Documents that are kept apart --------------------------------------------------------------


@pytest.fixture
def letter(settings, tmp_path) -> Document:
    """A sensitive document of a sent application, with a name that tells too much."""
    settings.MEDIA_ROOT = tmp_path
    application = make_application(status=Status.SUBMITTED)
    document = add_document(application, Slot.PHYSICIAN, pages=2)
    document.name = f"{MARK}.pdf"
    document.save()
    return document


def page_of_file(document: Document) -> str:
    place = [document.application_id, document.key]
    return reverse("admin:applications_application_sensitive_file", args=place)


def test_office_opens_a_sensitive_file_with_a_reason_and_is_recorded(office: Client, letter):
    listed = office.get(file_of(letter.application)).content.decode()
    asked = office.get(page_of_file(letter))
    nothing_yet = SensitiveOpening.objects.exists()

    shown = office.post(page_of_file(letter), {"reason": f" {WHY}\n"})

    assert page_of_file(letter) in listed
    assert MARK not in listed + asked.content.decode()
    assert not nothing_yet
    assert b"".join(shown.streaming_content) == pdf(pages=2)
    assert (shown["Content-Type"], shown["Content-Disposition"]) == (
        "application/pdf",
        'inline; filename="physician.pdf"',
    )
    assert "no-store" in shown["Cache-Control"]
    assert "sandbox" in shown["Content-Security-Policy"]
    opening = SensitiveOpening.objects.get()
    kept = (opening.application, opening.part, opening.by.email, opening.reason)
    assert kept == (letter.application, "physician", "office@example.org", WHY)
    history = office.get(file_of(letter.application)).content.decode()
    assert "Statement of Physician (PDF) opened" in history
    assert WHY in history


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 4001])
def test_without_a_reason_no_file_is_opened(office: Client, letter, reason):
    answer = office.post(page_of_file(letter), {"reason": reason})

    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("text/html")
    assert not SensitiveOpening.objects.exists()


def test_sensitive_file_is_not_there_for_whoever_may_not_open_it(
    coordinator: Client, at_the_desk, letter
):
    administrator = at_the_desk(access.ADMINISTRATORS, email="admin@example.org")
    answers = [
        ask(page_of_file(letter), {"reason": WHY})
        for client in (coordinator, administrator)
        for ask in (client.get, client.post)
    ]
    plain = coordinator.get(reverse("applications:document", args=[letter.key]))
    file = coordinator.get(file_of(letter.application)).content.decode()

    assert [answer.status_code for answer in answers] == [404] * 4
    assert plain.status_code == 404
    assert str(letter.key) not in file
    assert not SensitiveOpening.objects.exists()


def test_address_of_a_sensitive_file_leads_to_no_other(office: Client, letter):
    """Neither a file that is not kept apart, nor one through the number of another application."""
    application = letter.application
    passport = application.documents.get(slot=Slot.CITIZENSHIP)
    elsewhere = make_application(
        applicant=make_staff("two@example.org"), round_=application.round, status=Status.SUBMITTED
    )
    crossed = page_of_file(letter).replace(f"/{application.pk}/", f"/{elsewhere.pk}/")

    answers = [
        office.post(address, {"reason": WHY}) for address in (page_of_file(passport), crossed)
    ]

    assert crossed != page_of_file(letter)
    assert [answer.status_code for answer in answers] == [404, 404]
    assert not SensitiveOpening.objects.exists()


def lose_the_key(document: Document, settings) -> None:
    settings.SEALING_KEYS = ["dGhpc2lzYW5vdGhlcmtleXRoaXNpc2Fub3RoZXJrZXk="]


def lose_the_file(document: Document, settings) -> None:
    document.file.storage.delete(document.file.name)


def change_the_file(document: Document, settings) -> None:
    Document.objects.filter(pk=document.pk).update(sha256="0" * 64)


def refuse_the_file(document: Document, settings) -> None:
    Document.objects.filter(pk=document.pk).update(scan=Scan.REFUSED, scanned_at=SENT_AT)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lose_the_key, "This file cannot be opened now. It is still stored."),
        (lose_the_file, "The stored file was not found."),
        (change_the_file, "The stored file does not match its fingerprint."),
        (refuse_the_file, "The virus scanner refused this file. Nobody can open it."),
    ],
)
def test_file_that_cannot_be_opened_says_why_and_records_nothing(
    office: Client, letter, settings, harm, words
):
    harm(letter, settings)

    answer = office.post(page_of_file(letter), {"reason": WHY})

    assert answer.status_code == 409
    assert words in answer.content.decode()
    assert WHY in answer.content.decode()
    assert not SensitiveOpening.objects.exists()


def test_desk_says_of_a_refused_sensitive_file_that_nobody_opens_it(
    office: Client, letter, settings
):
    refuse_the_file(letter, settings)

    page = office.get(file_of(letter.application)).content.decode()

    assert "The virus scanner refused this file. Nobody can open it." in page
    assert page_of_file(letter) not in page


@pytest.mark.parametrize("files", [1, 3])
def test_page_costs_the_same_queries_however_many_sensitive_files(
    office: Client, letter, files, django_assert_num_queries
):
    for number in range(1, files):
        add_document(letter.application, Slot.PHYSICIAN, pages=2 + number)

    with django_assert_num_queries(FILE):
        office.get(file_of(letter.application))
