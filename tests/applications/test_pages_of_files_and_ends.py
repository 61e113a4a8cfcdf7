"""Documents of an applicant, and the own moves: withdrawing, confirming, discarding."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications.models import Application, Document, Status
from jetportal.mail.models import OutgoingMail
from tests.applicants import (
    SENT_AT,
    add_document,
    make_application,
    make_user,
    pdf,
)
from tests.applications.own_pages import ana, url
from tests.factories import CLOSES_AT, make_round

__all__ = ["ana"]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"GIF89a nothing", "This is not a PDF"),
        (b"<html>%PDF-1.7", "This is not a PDF"),
        (b"%PDF-1.7 and nothing more", "it is damaged"),
    ],
)
def test_wrong_file_is_refused_beside_its_slot_and_the_earlier_one_stays(ana, content, words):
    from django.core.files.uploadedfile import SimpleUploadedFile

    application = make_application(filled=False)
    earlier = add_document(application)
    file = SimpleUploadedFile("passport.pdf", content, content_type="application/pdf")

    answer = ana.post(url("upload", application, "citizenship"), {"file": file})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Document.objects.get().key == earlier.key


def test_pdf_is_taken_and_replaces_the_earlier_one(ana):
    from django.core.files.uploadedfile import SimpleUploadedFile

    application = make_application(filled=False)
    add_document(application)
    name = "../../etc/pass\x00port" + "x" * 300 + ".pdf"
    file = SimpleUploadedFile(name, pdf(pages=3), content_type="application/pdf")

    answer = ana.post(url("upload", application, "citizenship"), {"file": file})

    document = Document.objects.get()
    assert answer.status_code == 302
    assert (document.pages, document.size) == (3, len(pdf(pages=3)))
    assert document.file.name == f"{application.key}/{document.key}.pdf"


def test_upload_without_a_file_says_so(ana):
    application = make_application(filled=False)

    answer = ana.post(url("upload", application, "citizenship"))

    assert answer.status_code == 422
    assert "Choose a file first." in answer.content.decode()


def test_document_opens_for_its_owner_alone(ana):
    mine = add_document(make_application(filled=False))
    round_ = make_round(slug="sea-2026-summer")
    others = add_document(
        make_application(applicant=make_user("other@example.org"), round_=round_, filled=False)
    )

    own = ana.get(reverse("applications:document", args=[mine.key]))
    strangers = ana.get(reverse("applications:document", args=[others.key]))

    assert (own.status_code, own["Content-Type"]) == (200, "application/pdf")
    assert strangers.status_code == 404


def test_withdrawing_asks_first_and_can_be_taken_back(ana):
    application = make_application(status=Status.SUBMITTED)

    ana.get(url("withdraw", application))
    assert Application.objects.get().status == Status.SUBMITTED
    ana.post(url("withdraw", application))
    assert Application.objects.get().status == Status.WITHDRAWN
    ana.post(url("take_back", application))
    assert Application.objects.get().status == Status.SUBMITTED


def test_receipt_and_mail_tell_until_when_a_withdrawal_can_be_taken_back(ana):
    application = make_application(status=Status.SUBMITTED)
    ana.post(url("withdraw", application))

    shown = ana.get(url("receipt", application), {"zone": "America/New_York"})
    page = " ".join(shown.content.decode().replace("\u00a0", " ").split())

    until = "Friday, March 14, 2025, 12:00 AM HST"
    assert f"take the withdrawal back until {until} (Friday, March 14, 2025, 6:00 AM EDT)" in page
    mail = OutgoingMail.objects.get(kind="withdrawn")
    assert until in mail.text.replace("\u00a0", " ")
    assert until in mail.html.replace("\u00a0", " ")


def test_interview_is_confirmed_by_its_applicant(ana):
    application = make_application(status=Status.INTERVIEW_OFFERED)

    ana.post(url("answer", application, "interview_confirmed"))

    assert Application.objects.get().status == Status.INTERVIEW_CONFIRMED


@pytest.mark.parametrize("target", ["in_screening", "submitted", "withdrawn", "placed"])
def test_applicant_cannot_make_the_offices_moves(ana, target):
    application = make_application(status=Status.SUBMITTED)

    ana.post(url("answer", application, target))

    assert Application.objects.get().status == Status.SUBMITTED


def test_discarded_draft_is_gone_with_its_file(ana, django_capture_on_commit_callbacks):
    application = make_application(filled=False)
    document = add_document(application)

    with django_capture_on_commit_callbacks(execute=True):
        ana.post(url("discard", application))

    assert not Application.objects.exists()
    assert not document.file.storage.exists(document.file.name)


def test_second_click_on_discarding_leads_where_the_first_did(ana):
    application = make_application(filled=False)
    stranger = Client()
    stranger.force_login(make_user("stranger@example.org"))
    address = url("discard", application)

    before = stranger.post(address)
    first, second = ana.post(address), ana.post(address)
    with time_machine.travel(SENT_AT + timedelta(hours=1), tick=False):
        late = ana.post(address)

    assert [answer["Location"] for answer in (first, second)] == [reverse("applications:list")] * 2
    assert [answer.status_code for answer in (before, stranger.post(address))] == [404, 404]
    assert late.status_code == 410
    assert ana.post(reverse("applications:discard", args=[uuid4()])).status_code == 404


def test_sent_application_is_never_called_a_discarded_draft(ana):
    application = make_application(status=Status.SUBMITTED)

    refused = ana.post(url("discard", application))
    missing = ana.get(url("section", application, "nothing"))

    assert refused["Location"] == url("receipt", application)
    assert (missing.status_code, "You discarded" in missing.content.decode()) == (404, False)


def test_owner_of_a_discarded_draft_is_told_when_and_may_start_again(ana):
    application = make_application(filled=False)
    stranger = Client()
    stranger.force_login(make_user("stranger@example.org"))

    ana.post(url("discard", application))
    pages = [ana.get(url(name, application)) for name in ("tasks", "check", "receipt")]
    typed = ana.post(url("section", application, "identity"), {"family_name": "Lovelace"})
    elsewhere = stranger.get(url("tasks", application))
    with time_machine.travel(CLOSES_AT, tick=False):
        closed = ana.get(url("tasks", application)).content.decode()

    text = pages[0].content.decode()
    assert [page.status_code for page in (*pages, typed)] == [410] * 4
    assert "You discarded this draft" in text
    assert reverse("applications:start", args=[application.round_id]) in text
    assert "Start again" not in closed
    assert elsewhere.status_code == 404
