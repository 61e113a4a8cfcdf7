"""The page of one application at the desk, and notes about it."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from applications.models import FrozenAnswers, Note, SectionAnswers, Status
from applications.sections.registry import sections_for
from jetportal.mail.models import OutgoingMail
from positions.models import Sport
from tests.applicants import SENT_AT, make_application, make_user

pytestmark = pytest.mark.django_db


def file(pk: int, page: str = "change") -> str:
    return f"/admin/applications/application/{pk}/{page}/"


@pytest.fixture
def sent():
    return make_application(status=Status.SUBMITTED)


@pytest.fixture
def elsewhere():
    """An application to another consulate than the coordinator's."""
    return make_application(
        applicant=make_user("joel@example.org"), status=Status.SUBMITTED, consulate="denver"
    )


def test_file_shows_the_application_in_the_order_of_the_form(coordinator, sent):
    page = coordinator.get(file(sent.pk))

    titles = [part.title for part in page.context["page"].parts]
    plain = [section for section in sections_for(sent.round) if not section.sensitive]
    *asked, last = [section.title for section in plain]
    assert titles == [*asked, "References", "Documents", last]
    assert len(titles) > 15
    text = page.content.decode()
    for words in (
        sent.reference_shown,
        "Lindqvist-Moreno, Ana",
        "I coach archery and would like to share it in Japan.",
        "12:00:00\u00a0AM\u00a0HST on Thursday, March 13, 2025",
        "The answers are as they were sent.",
        "Draft to submitted",
        "The applicant",
        str(sent.documents.all()[0].key),
    ):
        assert words in text


def test_file_costs_a_fixed_number_of_queries(coordinator, sent, django_assert_num_queries):
    for number in range(3):
        Note.objects.create(application=sent, by=make_user(), text=f"Note {number}", at=SENT_AT)

    with django_assert_num_queries(29):
        coordinator.get(file(sent.pk))


def test_file_lists_what_became_of_its_mail(coordinator, sent):
    OutgoingMail.objects.filter(key=f"confirmation:{sent.pk}").update(state="failed")

    mails = coordinator.get(file(sent.pk)).context["page"].mails

    assert [(mail.kind, mail.chip.words) for mail in mails] == [("Confirmation", "Failed")]


def test_file_reads_the_frozen_answers_and_not_the_stored_ones(coordinator, sent):
    row = SectionAnswers.objects.get(application=sent, section="purpose")
    row.answers = {"statement": ["Something else."]}
    row.save()

    text = coordinator.get(file(sent.pk)).content.decode()

    assert "I coach archery" in text
    assert "Something else." not in text


def test_broken_fingerprint_is_told(coordinator, sent):
    frozen = FrozenAnswers.objects.get(application=sent)
    FrozenAnswers.objects.update(canonical=frozen.canonical.replace("archery", "judo"))

    text = coordinator.get(file(sent.pk)).content.decode()

    assert "do not match their fingerprint" in text
    assert "I coach archery" in text


def test_changed_document_is_told(coordinator, sent):
    sent.documents.filter(slot="citizenship").update(sha256="0" * 64)

    text = coordinator.get(file(sent.pk)).content.decode()

    assert "This is not the file that was sent." in text
    assert "do not match their fingerprint" in text


PAGES = [
    ("get", "change/"),
    ("post", "note/"),
    ("get", "move/disqualified/"),
    ("post", "move/disqualified/"),
    ("get", "history/"),
    ("get", "delete/"),
]


@pytest.mark.parametrize(("method", "page"), PAGES)
def test_number_of_another_consulate_answers_like_one_that_is_not_there(
    coordinator, elsewhere, method, page
):
    data = {"text": "Hello", "reason": "Because"} if method == "post" else {}

    answers = {
        getattr(coordinator, method)(
            f"/admin/applications/application/{pk}/{page}", data
        ).status_code
        for pk in (elsewhere.pk, 999_999, 10**17)
    }

    assert answers == {404}
    assert not Note.objects.exists()


def test_draft_has_no_page_at_the_desk(office):
    draft = make_application()

    assert office.get(file(draft.pk)).status_code == 404


@pytest.mark.parametrize("group", ["Administrators", None])
def test_roles_without_applications_find_no_file(at_the_desk, sent, group):
    client = at_the_desk(*([group] if group else []))

    assert client.get(file(sent.pk)).status_code == 404


def test_applicant_and_stranger_do_not_enter(client, sent):
    assert client.get(file(sent.pk)).headers["Location"].startswith("/accounts/login/")
    client.force_login(sent.applicant)
    assert client.get(file(sent.pk)).status_code == 404


@pytest.mark.parametrize("page", ["change/", "add/", "history/", "delete/", "note/"])
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_nothing_edits_or_deletes_an_application(office, sent, page, method):
    before = list(SectionAnswers.objects.order_by("pk").values())
    prefix = "" if page == "add/" else f"{sent.pk}/"

    answer = getattr(office, method)(f"/admin/applications/application/{prefix}{page}")

    assert answer.status_code in {404, 405, 422}
    sent.refresh_from_db()
    assert sent.status == "submitted"
    assert list(SectionAnswers.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    "model", ["sectionanswers", "frozenanswers", "statuschange", "document", "note"]
)
def test_parts_of_an_application_have_no_pages_of_their_own(office, sent, model):
    assert office.get(f"/admin/applications/{model}/").status_code == 404


def test_document_opens_for_the_own_consulate_only(coordinator, sent, elsewhere):
    own, other = sent.documents.all()[0], elsewhere.documents.all()[0]

    assert coordinator.get(f"/applications/files/{own.key}/").status_code == 200
    assert coordinator.get(f"/applications/files/{other.key}/").status_code == 404


def test_note_is_kept_with_name_and_time(coordinator, sent):
    with time_machine.travel(SENT_AT, tick=False):
        answer = coordinator.post(file(sent.pk, "note"), {"text": " Called her.\r\nTwice. "})

    assert answer.headers["Location"] == file(sent.pk)
    note = Note.objects.get()
    assert (note.text, note.by.email, note.at) == (
        "Called her.\nTwice.",
        "new-york@example.org",
        SENT_AT,
    )
    assert "Called her.\nTwice." in coordinator.get(file(sent.pk)).content.decode()


def test_note_that_is_sent_again_at_once_is_kept_once(coordinator, sent):
    for seconds in (0, 3, 9, 30):
        with time_machine.travel(SENT_AT + timedelta(seconds=seconds), tick=False):
            answer = coordinator.post(file(sent.pk, "note"), {"text": "Called her. "})
            coordinator.post(file(sent.pk, "note"), {"text": f"After {seconds} seconds"})
        assert answer.headers["Location"] == file(sent.pk)

    assert Note.objects.filter(text="Called her.").count() == 2
    assert Note.objects.count() == 6


def test_address_of_a_note_leads_to_the_file_when_it_is_only_opened(coordinator, sent):
    answer = coordinator.get(file(sent.pk, "note"))

    assert (answer.status_code, answer.headers["Location"]) == (302, file(sent.pk))
    assert not Note.objects.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [("  ", "Write the note first."), ("x" * 4001, "at most 4,000 characters")],
)
def test_note_that_cannot_be_kept_says_why_and_keeps_the_text(coordinator, sent, text, words):
    answer = coordinator.post(file(sent.pk, "note"), {"text": text})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert text.strip() in page
    assert not Note.objects.exists()


def test_note_keeps_what_can_be_stored(coordinator, sent):
    coordinator.post(file(sent.pk, "note"), {"text": "a\x00b <script>\u202e\U0001f600"})

    assert Note.objects.get().text == "a\ufffdb <script>\u202e\U0001f600"
    assert "<script>\u202e" not in coordinator.get(file(sent.pk)).content.decode()


def test_note_needs_the_token_of_the_form(coordinator, sent):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = coordinator.cookies

    assert strict.post(file(sent.pk, "note"), {"text": "Hello"}).status_code == 403
    assert not Note.objects.exists()


def test_search_of_other_pages_is_scoped_too(coordinator, sent, elsewhere):
    address = (
        "/admin/autocomplete/?app_label=applications&model_name=document&field_name=application"
    )

    answer = coordinator.get(address)

    found = {row["id"] for row in answer.json()["results"]} if answer.status_code == 200 else set()
    assert str(elsewhere.pk) not in found


def test_file_stays_as_it_was_sent_when_staff_name_the_sport_later(office, sent):
    post = sent.round.vacancies.get()
    post.sport = Sport.objects.create(name="Judo")
    post.save()

    text = office.get(file(sent.pk)).content.decode()

    assert "Sport to be announced" in text
    assert "Archery" in text  # the sport the applicant named, asked while none was announced
    assert "Judo" not in text
