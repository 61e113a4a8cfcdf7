"""Sensitive answers at the desk: who may open them, what is recorded, who never sees them."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from applications.domain import access, openings
from applications.domain.errors import Refused, UnknownSection
from applications.domain.roles import ensure_roles
from applications.models import Application, SensitiveOpening, Status
from applications.models.answers import SENSITIVE
from jetportal.mail.models import OutgoingMail
from tests.applicants import SENT_AT, make_staff, move
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


FILE = 19


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
