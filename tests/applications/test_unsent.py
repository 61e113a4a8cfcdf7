"""What was typed after a late submit, once that was let in, is shown to its owner alone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from applications.domain import access, workflow
from applications.domain.errors import RoundClosed
from applications.domain.form import drafts
from applications.domain.lateness.unsent import unsent_parts
from applications.models import Application, LateSubmit
from jetportal.accounts.models import User
from tests.applicants import make_application, make_staff
from tests.factories import CLOSES_AT

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

LATE = CLOSES_AT + timedelta(minutes=5)
AT = CLOSES_AT + timedelta(hours=1)
TYPED = "Typed after the click, <b>弓道</b>"


@pytest.fixture
def admitted() -> Application:
    application = make_application()
    owner = application.applicant
    with pytest.raises(RoundClosed):
        workflow.submit(application.key, by=owner, received_at=LATE, recorded_at=LATE)
    for section, answers in {
        "purpose": {"statement": [TYPED]},
        "medical": {"consent": ["on"], "condition": ["yes"], "condition_detail": ["A broken arm"]},
    }.items():
        drafts.save_section(application.key, section, answers, by=owner, at=AT)
    office = make_staff("office@example.org", access.PROGRAM_OFFICE)
    workflow.admit(application.pk, until=AT + timedelta(days=1), reason="A storm", by=office, at=AT)
    return Application.objects.with_round().with_late_end(AT).get()


def receipt(application: Application, reader: User) -> str:
    browser = Client()
    browser.force_login(reader)
    answer = browser.get(reverse("applications:receipt", args=[application.key]))
    return answer.content.decode() if answer.status_code == 200 else ""


def test_receipt_shows_its_owner_what_was_typed_later(admitted):
    page = receipt(admitted, admitted.applicant)

    assert "What you typed after you had sent" in page
    assert "Typed after the click, &lt;b&gt;弓道&lt;/b&gt;" in page
    assert "A broken arm" in page
    assert "I coach archery" not in page


def test_parts_come_in_the_order_of_the_form(admitted):
    keys = [part.key for part in unsent_parts(admitted)]

    assert keys == ["purpose", "medical"]


def test_nobody_else_reads_it(admitted):
    office = User.objects.get(email="office@example.org")

    assert receipt(admitted, office) == ""


def test_receipt_without_any_says_nothing_of_it(admitted):
    LateSubmit.objects.update(unsent="")

    assert "What you typed after you had sent" not in receipt(admitted, admitted.applicant)


def test_what_no_key_opens_is_said_to_be_stored(admitted):
    LateSubmit.objects.update(unsent="no token")

    assert "They are stored, and cannot be shown here now." in receipt(admitted, admitted.applicant)
