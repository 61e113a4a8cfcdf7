"""Completeness triage: what the desk finds, and asking an applicant for one thing."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError

from applications.domain import access, corrections
from applications.domain.errors import CorrectionClosed, NotChangeable, Refused, UnknownSection
from applications.domain.files import asked_documents
from applications.domain.files.documents import Upload
from applications.domain.form import freezing
from applications.domain.review import triage
from applications.models import (
    CompletenessCheck,
    CorrectionRequest,
    Document,
    FrozenAnswers,
    Scan,
    Slot,
    Status,
    Verdict,
)
from jetportal.mail.models import OutgoingMail
from tests.applicants import SENT_AT, add_document, make_application, make_staff, make_user, pdf
from tests.applications.desk import LIST

pytestmark = pytest.mark.django_db(transaction=True)

ASKED_AT = SENT_AT + timedelta(days=3)
OPEN_AT = ASKED_AT + timedelta(hours=1)
TICK = timedelta(microseconds=1)
PASSPORT = "documents.citizenship"
WORDS = "The photo is cut off. Send the whole page."


@pytest.fixture
def sent():
    return make_application(status=Status.SUBMITTED)


@pytest.fixture
def person():
    return make_staff("triage@example.org", access.PROGRAM_OFFICE)


def ask(sent, person, part=PASSPORT, *, hours=24, words=WORDS, at=ASKED_AT):
    return triage.ask_for(sent.pk, part, words=words, hours=hours, by=person, at=at)


def add(sent, *, pages=2, slot=Slot.CITIZENSHIP, at=OPEN_AT):
    upload = Upload(slot, "passport whole.pdf", pdf(pages=pages))
    return asked_documents.add(sent.key, upload, max_megabytes=5, by=sent.applicant, at=at)


def found(application):
    return {
        row.section + ("." + row.slot if row.slot else ""): row.verdict
        for row in application.checks.all()
    }


# --- The checklist ------------------------------------------------------------------------------


def test_parts_are_those_of_the_form_without_what_is_sensitive(sent, person, coordinator):
    plain = make_staff("new-york@example.org", access.COORDINATORS)

    keys = [part.key for part in triage.parts_of(sent, user=plain)]

    assert keys[0] == "position"
    assert keys[-1] == "declarations"
    assert {"references", PASSPORT, "documents.coaching", "purpose"} <= set(keys)
    assert not {"criminal", "medical", "grounds", "documents.criminal_record"} & set(keys)


def test_check_keeps_what_was_found_and_leaves_the_rest(sent, person):
    first = {"purpose": Verdict.OK, PASSPORT: Verdict.UNCLEAR, "nowhere": Verdict.OK}

    changed = triage.check(sent.pk, first, seen={}, by=person, at=ASKED_AT)
    again = triage.check(
        sent.pk,
        {"purpose": None, PASSPORT: Verdict.UNCLEAR},
        seen={"purpose": Verdict.OK, PASSPORT: Verdict.UNCLEAR},
        by=person,
        at=OPEN_AT,
    )

    assert (changed, again) == (2, 1)
    row = CompletenessCheck.objects.get()
    assert (row.slot, row.verdict, row.by, row.at) == ("citizenship", "unclear", person, ASKED_AT)


def test_second_of_two_who_check_is_told_what_the_first_found(sent, person):
    triage.check(sent.pk, {PASSPORT: Verdict.MISSING}, seen={}, by=person, at=ASKED_AT)
    other = make_staff("second@example.org", access.PROGRAM_OFFICE)

    with pytest.raises(triage.CheckedMeanwhile) as late:
        triage.check(
            sent.pk,
            {PASSPORT: Verdict.OK, "purpose": Verdict.OK},
            seen={PASSPORT: None, "purpose": None},
            by=other,
            at=OPEN_AT,
        )

    assert [row.by for row in late.value.checks] == [person]
    assert found(sent) == {PASSPORT: "missing"}
    triage.check(sent.pk, {PASSPORT: Verdict.MISSING}, seen={PASSPORT: None}, by=other, at=OPEN_AT)
    assert sent.checks.get().by == person


def test_nobody_checks_their_own_application(sent):
    with pytest.raises(Refused, match="your own application"):
        triage.check(sent.pk, {}, seen={}, by=sent.applicant, at=ASKED_AT)


@pytest.mark.parametrize(
    "wrong",
    [
        {"section": "purpose", "verdict": "fine"},
        {"section": "documents"},
        {"section": ""},
        {"section": "purpose", "slot": "citizenship"},
        {"section": "documents", "slot": "elsewhere"},
    ],
)
def test_database_refuses_a_check_of_nothing(sent, person, wrong):
    values = {"application": sent, "verdict": "ok", "by": person, "at": ASKED_AT, **wrong}

    with pytest.raises(IntegrityError):
        CompletenessCheck.objects.create(**values)


# --- Asking for one thing -----------------------------------------------------------------------


def test_asking_opens_one_document_until_the_end_of_a_minute(sent, person):
    asked = ask(sent, person, hours=24)

    assert asked.until_at == ASKED_AT + timedelta(hours=24, minutes=1)
    with pytest.raises(CorrectionClosed):
        add(sent, slot=Slot.COACHING)
    with pytest.raises(CorrectionClosed):
        add(sent, at=ASKED_AT - TICK)
    with pytest.raises(CorrectionClosed):
        add(sent, at=asked.until_at)
    assert add(sent, at=asked.until_at - TICK).received_at == asked.until_at - TICK


def test_asking_is_mailed_on_both_clocks_once(sent, person):
    ask(sent, person)

    mail = OutgoingMail.objects.get(kind="part_asked")
    assert mail.recipient == sent.email
    for words in (
        "What:          Proof of citizenship",
        WORDS,
        "Monday, March 17, 2025, 12:00\u00a0AM\u00a0HST",
        "In New York:  Monday, March 17, 2025, 6:00\u00a0AM\u00a0EDT",
    ):
        assert words in mail.text


def test_asking_for_a_section_opens_it_for_its_owner(sent, person):
    asked = ask(sent, person, "purpose")

    corrections.correct(
        sent.key, "purpose", {"statement": ["Better."]}, by=sent.applicant, at=OPEN_AT
    )

    assert sent.frozen.section == "purpose"
    with pytest.raises(CorrectionClosed):
        corrections.correct(
            sent.key, "purpose", {"statement": ["Late."]}, by=sent.applicant, at=asked.until_at
        )


def test_sensitive_document_is_not_named_in_mail(sent, person, office):
    office.get("/admin/")
    named = make_staff("named@example.org", access.PROGRAM_OFFICE)
    from applications.domain.roles import ensure_roles

    ensure_roles()

    ask(sent, named, "documents.criminal_record", words="The summary of the FBI.")

    mail = OutgoingMail.objects.get(kind="part_asked")
    assert "One document" in mail.text
    for words in ("riminal", "FBI"):
        assert words not in mail.subject + mail.text + mail.html


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"words": " \n"}, "Say what you need"),
        ({"words": "x" * 2001}, "At most 2,000"),
        ({"hours": 0}, "Choose from 1 to 336"),
        ({"hours": 337}, "Choose from 1 to 336"),
        ({"part": "nowhere"}, "does not ask for that part"),
        ({"part": "location"}, "does not ask for that part"),
        ({"part": "references"}, "does not ask for that part"),
        ({"part": "criminal"}, "does not ask for that part"),
        ({"part": "documents.criminal_record"}, "does not ask for that part"),
    ],
)
def test_asking_for_something_wrong_says_so_and_opens_nothing(sent, person, values, words):
    with pytest.raises(Refused, match=words):
        ask(sent, person, **values)

    assert not CorrectionRequest.objects.exists()
    assert not OutgoingMail.objects.filter(kind="part_asked").exists()


def test_asking_twice_is_told_and_not_done_twice(sent, person):
    asked = ask(sent, person)

    with pytest.raises(Refused, match="open already, until Monday, March 17"):
        ask(sent, person, at=asked.until_at - TICK)

    assert ask(sent, person, at=asked.until_at).pk != asked.pk
    assert OutgoingMail.objects.filter(kind="part_asked").count() == 2


def test_asking_waits_for_the_answer_to_the_applicants_own_request(sent, person):
    corrections.ask(sent.key, "purpose", reason="A slip.", by=sent.applicant, at=ASKED_AT)

    with pytest.raises(Refused, match="Answer that request"):
        ask(sent, person, "purpose")


def test_only_the_office_asks_and_nobody_asks_themselves(sent):
    coordinator = make_staff("ny@example.org", access.COORDINATORS, consulate="new-york")
    with pytest.raises(Refused, match="program office"):
        ask(sent, coordinator)
    with pytest.raises(Refused, match="your own application"):
        ask(sent, sent.applicant)


def test_nothing_is_asked_for_once_an_application_has_ended(person):
    ended = make_application(status=Status.WITHDRAWN)

    with pytest.raises(NotChangeable):
        ask(ended, person)


# --- The document that comes in -----------------------------------------------------------------


def test_asked_document_is_a_new_version_and_the_earlier_one_is_kept(sent, person):
    first, earlier = sent.frozen, sent.documents.get(slot="citizenship")
    ask(sent, person)

    document = add(sent)

    earlier.refresh_from_db()
    assert earlier.replaced_at == OPEN_AT
    assert list(sent.documents.standing().filter(slot="citizenship")) == [document]
    assert earlier.file.storage.exists(earlier.file.name)
    now = sent.frozen
    assert (now.version, now.section) == (2, "documents")
    assert freezing.is_intact(now)
    assert document.sha256 in now.canonical
    assert earlier.sha256 in FrozenAnswers.objects.get(pk=first.pk).canonical
    assert OutgoingMail.objects.filter(kind="answers_changed").count() == 1


def test_same_file_twice_is_one_document_and_one_version(sent, person):
    ask(sent, person)

    assert add(sent) == add(sent)

    assert sent.versions.count() == 2


def test_refused_file_changes_nothing(sent, person):
    ask(sent, person)

    with pytest.raises(Refused):
        asked_documents.add(
            sent.key,
            Upload(Slot.CITIZENSHIP, "passport.pdf", b"no PDF"),
            max_megabytes=5,
            by=sent.applicant,
            at=OPEN_AT,
        )

    assert sent.versions.count() == 1
    assert Document.objects.filter(replaced_at__isnull=False).count() == 0


def test_part_that_does_not_open_is_no_part(sent, person):
    with pytest.raises(UnknownSection):
        ask(sent, person, "")


# --- Pages --------------------------------------------------------------------------------------


def upload_page(sent):
    return f"/applications/{sent.key}/asked/citizenship/"


def test_receipt_shows_first_what_is_needed_with_the_time_left(client, sent, person):
    ask(sent, person)
    client.force_login(sent.applicant)

    with time_machine.travel(OPEN_AT, tick=False):
        page = client.get(f"/applications/{sent.key}/receipt/").content.decode()
    with time_machine.travel(ASKED_AT + timedelta(hours=25), tick=False):
        later = client.get(f"/applications/{sent.key}/receipt/").content.decode()

    assert "We need one thing: Proof of citizenship" in page
    assert page.index("We need one thing") < page.index("<h1>")
    for words in (WORDS, "23 hours 1 minute left", "HST", "EDT", upload_page(sent)):
        assert words in page
    assert "We need one thing" not in later


def test_applicant_sends_the_document_on_its_page(client, sent, person):
    ask(sent, person)
    client.force_login(sent.applicant)
    file = SimpleUploadedFile("passport.pdf", pdf(pages=3))

    with time_machine.travel(OPEN_AT, tick=False):
        shown = client.get(upload_page(sent))
        wrong = client.post(upload_page(sent), {})
        answer = client.post(upload_page(sent), {"file": file})

    assert WORDS in shown.content.decode()
    assert (wrong.status_code, "Choose a file first." in wrong.content.decode()) == (422, True)
    assert answer.headers["Location"] == f"/applications/{sent.key}/receipt/"
    assert sent.documents.standing().get(slot="citizenship").pages == 3


def test_document_that_comes_late_is_told_and_not_taken(client, sent, person):
    asked = ask(sent, person)
    client.force_login(sent.applicant)
    file = SimpleUploadedFile("passport.pdf", pdf(pages=3))

    with time_machine.travel(asked.until_at, tick=False):
        shown = client.get(upload_page(sent))
        page = client.post(upload_page(sent), {"file": file}, follow=True).content.decode()

    assert shown.headers["Location"] == f"/applications/{sent.key}/correct/"
    assert "The file was not taken." in page
    assert sent.versions.count() == 1


def test_page_of_a_document_that_nobody_asked_for_is_not_there(client, sent):
    client.force_login(sent.applicant)
    assert client.get(upload_page(sent)).status_code == 404
    client.force_login(make_user("other@example.org"))
    assert client.get(upload_page(sent)).status_code == 404


def test_desk_keeps_the_checklist_and_shows_trouble_on_the_file(coordinator, sent):
    page = f"{LIST}{sent.pk}/checks/"

    shown = coordinator.get(page)
    answer = coordinator.post(
        page, {f"found-{PASSPORT}": "unclear", "found-purpose": "ok", f"seen-{PASSPORT}": ""}
    )

    assert "Proof of citizenship" in shown.content.decode()
    assert "Ask for it" not in shown.content.decode()
    assert answer.headers["Location"] == f"{LIST}{sent.pk}/change/"
    assert found(sent) == {PASSPORT: "unclear", "purpose": "ok"}


def test_stale_checklist_is_answered_and_keeps_the_choices(office, coordinator, sent):
    page = f"{LIST}{sent.pk}/checks/"
    coordinator.post(page, {f"found-{PASSPORT}": "missing"})

    answer = office.post(page, {f"found-{PASSPORT}": "ok", f"seen-{PASSPORT}": ""})

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Proof of citizenship: missing" in text
    assert "new-york@example.org" in text
    assert 'name="found-documents.citizenship" value="ok" checked' in text


def test_desk_asks_for_one_thing(office, coordinator, sent):
    page = f"{LIST}{sent.pk}/ask/"

    with time_machine.travel(ASKED_AT, tick=False):
        assert coordinator.get(page).status_code == 403
        shown = office.get(f"{page}?part={PASSPORT}").content.decode()
        wrong = office.post(page, {"part": "", "words": "", "hours": "x"})
        values = {"part": PASSPORT, "words": WORDS, "hours": "48"}
        answer = office.post(page, values)
        again = office.post(page, values)
        file = office.get(f"{LIST}{sent.pk}/change/").content.decode()

    assert '<option value="documents.citizenship" selected>' in shown
    assert "HST" in shown
    assert "EDT" in shown
    assert wrong.status_code == 422
    assert answer.headers["Location"] == f"{LIST}{sent.pk}/change/"
    assert (again.status_code, CorrectionRequest.objects.count()) == (409, 1)
    assert WORDS in again.content.decode()
    assert "Asked for Proof of citizenship, open until" in file


@pytest.mark.parametrize("name", ["checks", "ask"])
def test_pages_of_another_consulate_are_not_there(coordinator, name):
    elsewhere = make_application(status=Status.SUBMITTED, consulate="denver")

    assert coordinator.get(f"{LIST}{elsewhere.pk}/{name}/").status_code == 404
    assert coordinator.post(f"{LIST}{elsewhere.pk}/{name}/").status_code == 404


def test_checklist_uses_a_fixed_number_of_queries(office, sent, person, django_assert_num_queries):
    office.get(f"{LIST}{sent.pk}/checks/")

    for parts in ({}, {PASSPORT: Verdict.OK, "purpose": Verdict.OK, "contact": Verdict.OK}):
        triage.check(sent.pk, parts, seen={}, by=person, at=ASKED_AT)
        with django_assert_num_queries(8):
            office.get(f"{LIST}{sent.pk}/checks/")


def test_refused_file_makes_way_in_a_slot_of_several(sent, person):
    refused = sent.documents.get(slot=Slot.COACHING)
    sound = add_document(sent, Slot.COACHING, pages=5)
    Document.objects.filter(pk=refused.pk).update(scan=Scan.REFUSED, scanned_at=SENT_AT)
    ask(sent, person, "documents.coaching")

    new = add(sent, slot=Slot.COACHING)

    refused.refresh_from_db()
    counting = sent.documents.filter(slot=Slot.COACHING, replaced_at=None)
    assert refused.replaced_at == OPEN_AT
    assert list(counting) == [sound, new]
