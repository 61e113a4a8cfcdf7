"""Two clicks on one button at the same instant: both are answered alike, and it is done once."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from applications.domain import access
from applications.domain.mailing import bulk
from applications.domain.review import conflicts, notes
from applications.domain.roles import ensure_roles
from applications.models import Application, BulkMail, ConflictLifting, Note
from jetportal.accounts.models import User
from tests.applicants import make_application, make_office, make_staff
from tests.applications.desk import sent
from tests.factories import CLOSES_AT
from tests.race.together import behind

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

NOW = CLOSES_AT + timedelta(days=3)


def test_note_is_kept_once():
    file = sent(0)
    write = partial(notes.write, file.pk, by=make_office(), text="Called her.", at=NOW)

    first, second = behind(Application.objects.filter(pk=file.pk), write, write)

    assert first == second == Note.objects.get()


def test_mail_to_many_is_proposed_once():
    ensure_roles()
    office = User.objects.get(pk=make_staff("office@example.org", access.PROGRAM_OFFICE).pk)
    propose = partial(bulk.propose, [sent(0).pk], by=office, at=NOW)

    first, second = behind(User.objects.filter(pk=office.pk), propose, propose)

    assert first == second == BulkMail.objects.get()


def test_conflict_is_lifted_once():
    file, office = sent(0), make_office()
    said = conflicts.declare(file.pk, by=make_office(2), at=NOW)
    lift = partial(conflicts.lift, file.pk, said.by_id, reason="x", by=office, at=NOW)

    first, second = behind(Application.objects.filter(pk=file.pk), lift, lift)

    assert first == second == ConflictLifting.objects.get()


def test_draft_is_discarded_once_and_both_clicks_lead_to_the_list():
    draft = make_application(filled=False)
    browser, again = Client(), Client()
    browser.force_login(draft.applicant)
    again.cookies = browser.cookies
    page = reverse("applications:discard", args=[draft.key])

    clicks = behind(
        Application.objects.filter(pk=draft.pk),
        partial(browser.post, page),
        partial(again.post, page),
    )

    assert [click["Location"] for click in clicks] == [reverse("applications:list")] * 2
    assert not Application.objects.exists()
