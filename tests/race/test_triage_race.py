"""Two people at the desk look at the same application, and its applicant sends at the end."""

from datetime import timedelta
from functools import partial

import pytest

from applications.domain import withdrawing
from applications.domain.access import PROGRAM_OFFICE
from applications.domain.errors import NotChangeable, Refused
from applications.domain.files import asked_documents
from applications.domain.files.documents import Upload
from applications.domain.review import triage
from applications.models import Application, CorrectionRequest, Slot, Status, Verdict
from jetportal.mail.models import OutgoingMail
from tests.applicants import SENT_AT, make_application, make_staff, pdf
from tests.race.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

PASSPORT = "documents.citizenship"
LATER = SENT_AT + timedelta(hours=1)


def sent() -> Application:
    return make_application(status=Status.SUBMITTED)


def asking(application: Application, *, by: str):
    office = make_staff(by, PROGRAM_OFFICE)
    return partial(
        triage.ask_for,
        application.pk,
        PASSPORT,
        words="All of it.",
        hours=24,
        by=office,
        at=SENT_AT,
    )


def checking(application: Application, verdict: Verdict, *, by: str):
    office = make_staff(by, PROGRAM_OFFICE)
    found = {PASSPORT: verdict}
    return partial(triage.check, application.pk, found, seen={}, by=office, at=SENT_AT)


def refusals(outcomes: list[object]) -> list[type]:
    return [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)]


def test_two_who_ask_open_one_part_and_send_one_mail():
    application = sent()

    outcomes = together(
        asking(application, by="one@example.org"), asking(application, by="two@example.org")
    )

    assert refusals(outcomes) == [Refused]
    assert CorrectionRequest.objects.count() == 1
    assert OutgoingMail.objects.filter(kind="part_asked").count() == 1


def test_of_two_who_find_different_things_one_is_told_of_the_other():
    application = sent()

    outcomes = together(
        checking(application, Verdict.OK, by="one@example.org"),
        checking(application, Verdict.MISSING, by="two@example.org"),
    )

    assert refusals(outcomes) == [triage.CheckedMeanwhile]
    assert application.checks.count() == 1


def test_two_uploads_of_one_file_are_one_document_and_one_version():
    application = sent()
    asking(application, by="one@example.org")()
    upload = Upload(Slot.CITIZENSHIP, "passport.pdf", pdf(pages=2))
    add = partial(
        asked_documents.add,
        application.key,
        upload,
        max_megabytes=5,
        by=application.applicant,
        at=LATER,
    )

    outcomes = together(add, add)

    assert refusals(outcomes) == []
    assert application.documents.standing().filter(slot="citizenship").count() == 1
    assert application.versions.count() == 2


def test_asking_beside_a_withdrawal_is_first_or_refused():
    application = sent()
    withdraw = partial(withdrawing.withdraw, application.key, by=application.applicant, at=LATER)

    outcomes = together(asking(application, by="one@example.org"), withdraw)

    assert set(refusals(outcomes)) <= {NotChangeable}
    application.refresh_from_db()
    assert application.status == Status.WITHDRAWN
