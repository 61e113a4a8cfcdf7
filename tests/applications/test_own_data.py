"""One's own data as a ZIP, and the request to have it erased."""

import io
import json
import zipfile

import pytest
from django.test import Client

from applications.domain.errors import Refused
from applications.domain.keeping import erasure_requests
from applications.domain.review import notes
from applications.models import Application, ErasureRequest, Slot, Status
from jetportal.accounts.models import User
from tests.applicants import SENT_AT, add_document, make_application, make_office, make_user, pdf
from tests.factories import make_round
from tests.referees import SECRET, ask, submit, token_of

pytestmark = pytest.mark.django_db

PAGE, FILE, ERASE = (f"/accounts/data/{name}" for name in ("", "file/", "erasure/"))


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def archive(user: User) -> dict[str, bytes]:
    response = browser(user).get(FILE)
    assert response.status_code == 200
    with zipfile.ZipFile(io.BytesIO(response.getvalue())) as whole:
        return {name: whole.read(name) for name in whole.namelist()}


def test_zip_holds_answers_files_and_mails_and_no_letter_or_note():
    application = make_application(status=Status.SUBMITTED)
    notes.write(application.pk, by=make_office(), text="Ana called twice.", at=SENT_AT)
    add_document(application, Slot.HEALTH)

    held = archive(application.applicant)

    text = held["data.json"].decode()
    data = json.loads(text)
    (own,) = data["applications"]
    assert data["account"] == {"email": "ana.lm@example.org"}
    assert (own["reference"], own["status"]) == (application.reference_shown, "Submitted")
    assert "Buckwheat" in text
    assert [mail["kind"] for mail in own["mails"]] == ["confirmation"]
    assert "Ana called" not in text
    assert [content for name, content in held.items() if name.endswith("-health.pdf")] == [pdf()]


def test_zip_of_a_draft_holds_what_was_typed_and_no_letter():
    application = make_application()
    request = ask(application)
    link = token_of(request)
    submit(request)

    held = archive(application.applicant)

    assert "I coach archery" in held["data.json"].decode()
    assert SECRET not in held["data.json"].decode()
    assert link not in held["data.json"].decode()  # nor the link of a referee


def test_zip_holds_nothing_of_others():
    make_application(status=Status.SUBMITTED)

    held = archive(make_user("stranger@example.org"))

    assert list(held) == ["data.json"]
    assert json.loads(held["data.json"])["applications"] == []


def test_running_application_is_withdrawn_before_anything_is_erased():
    application = make_application(status=Status.SUBMITTED)
    client = browser(application.applicant)

    response = client.post(ERASE)

    assert response.status_code == 409
    assert erasure_requests.RUNNING in response.content.decode()
    assert not ErasureRequest.objects.exists()


def asked(status: Status = Status.WITHDRAWN) -> ErasureRequest:
    application = make_application(status=status)
    browser(application.applicant).post(ERASE)
    return ErasureRequest.objects.get()


def test_asking_twice_is_asking_once():
    request = asked()
    client = browser(request.applicant)

    client.post(ERASE)

    assert ErasureRequest.objects.count() == 1
    assert "has not answered yet" in client.get(PAGE).content.decode()


def test_office_erases_at_the_desk_and_the_account_is_gone(office):
    request = asked()
    page = f"/admin/applications/erasurerequest/{request.pk}/"
    assert "ana.lm@example.org" in office.get(page).content.decode()

    response = office.post(page, {"decision": "erase"})

    assert response.status_code == 302
    request.refresh_from_db()
    assert (request.granted, request.decided_by.email) == (True, "office@example.org")
    person = User.objects.get(pk=request.applicant_id)
    assert (person.is_active, "ana" in person.email) == (False, False)
    application = Application.objects.get()
    assert (application.erasure.cause, application.status) == ("asked", Status.WITHDRAWN)
    again = office.post(page, {"decision": "erase"})
    assert again.status_code == 409
    assert office.get("/admin/applications/erasurerequest/").status_code == 200


def test_declined_request_is_read_by_its_applicant(office):
    request = asked()
    page = f"/admin/applications/erasurerequest/{request.pk}/"

    silent = office.post(page, {"decision": "decline", "answer": " "})
    office.post(page, {"decision": "decline", "answer": "An appeal is running."})

    assert silent.status_code == 409
    shown = browser(request.applicant).get(PAGE).content.decode()
    assert "An appeal is running." in shown
    assert "Ask to erase my data" in shown


def test_request_is_not_for_coordinators_nor_for_oneself(coordinator):
    request = asked()
    page = f"/admin/applications/erasurerequest/{request.pk}/"

    assert coordinator.get(page).status_code == 403
    with pytest.raises(Refused, match="program office"):
        erasure_requests.grant(request.pk, by=make_user("x@example.org"), at=SENT_AT)


def test_application_begun_since_stops_the_erasure(office):
    request = asked()

    make_application(
        applicant=request.applicant, round_=make_round(slug="annual-2026"), filled=False
    )

    response = office.post(
        f"/admin/applications/erasurerequest/{request.pk}/", {"decision": "erase"}
    )

    assert response.status_code == 409
    assert request.applicant.is_active
