"""A letter is taken in once, late or in time, or declined; its applicant reads none of it."""

import re
from collections import defaultdict
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.http import HttpResponse
from django.test import Client
from pypdf import PdfReader

from applications.domain import workflow
from applications.models import (
    Application,
    Reference,
    ReferenceDraft,
    RequestState,
)
from jetportal import sealing
from jetportal.mail.models import OutgoingMail
from tests.applicants import make_application
from tests.applications.letter_pages import APPLICANT, asked, now, referee, text_of, writing
from tests.factories import CLOSES_AT, TICK
from tests.letters import ITO, LETTER, RefereeBrowser
from tests.referees import WRITTEN_AT, ask, fresh
from tests.security.addresses import every_address

__all__ = ["asked", "now", "referee", "writing"]

pytestmark = pytest.mark.django_db


def test_letter_is_taken_in_with_its_ratings(asked, writing):
    writing.write()

    answer = writing.send()

    letter = Reference.objects.get()
    assert answer["Location"].startswith(writing.path("received"))
    assert (letter.request, letter.language, letter.late) == (asked, "ja", False)
    assert (letter.received_at, letter.recorded_at) == (WRITTEN_AT, WRITTEN_AT)
    words = sealing.unseal(letter.sealed) or ""
    assert LETTER in words
    assert '"reliability": "5"' in words
    assert '"recommendation": "strongly"' in words
    assert fresh(asked.referee).state == RequestState.RECEIVED
    assert not ReferenceDraft.objects.exists()


def test_second_press_finds_the_same_receipt_and_one_letter(writing):
    writing.write()
    context = writing.get("preview").context
    data = {"version": context["version"], "proof": context["proof"]}

    answers = [writing.post("submit", **data) for _ in range(2)]

    receipts = [text_of(writing.client.get(answer["Location"])) for answer in answers]
    assert receipts[0] == receipts[1]
    assert "We have your letter" in receipts[0]
    assert "Monday, February 3, 2025" in receipts[0] or "February 4, 2025" in receipts[0]
    assert Reference.objects.count() == 1
    assert OutgoingMail.objects.filter(kind="reference_thanks").count() == 1


def test_letter_saved_in_another_window_after_the_preview_is_looked_over_again(writing):
    writing.write()
    seen = writing.get("preview").context["version"]
    writing.write(version=seen, letter=LETTER + "追伸")

    answer = writing.send(version=seen)

    assert answer.status_code == 409
    assert "追伸" in text_of(answer)
    assert not Reference.objects.exists()


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("at", "counts"), [(CLOSES_AT - TICK, True), (CLOSES_AT, False)], ids=["last instant", "first"]
)
def test_letter_after_the_end_is_kept_sealed_and_says_so(
    asked, writing, now, at: datetime, counts: bool
):
    writing.write()
    context = writing.get("preview").context
    now.move_to(at)

    answer = writing.post("submit", version=context["version"], proof=context["proof"])

    page = text_of(writing.client.get(answer["Location"]))
    letter = Reference.objects.get()
    assert (letter.counts, LETTER in (sealing.unseal(letter.sealed) or "")) == (counts, True)
    assert ("after the deadline" in page) is not counts
    assert APPLICANT in page or not counts
    state = fresh(asked.referee).state
    assert state == (RequestState.RECEIVED if counts else RequestState.IN_PROGRESS)


def test_typing_that_comes_after_the_end_is_shown_back(writing, now):
    now.move_to(CLOSES_AT)

    answer = writing.write(letter="Written until the last second", known="Since 2019")

    assert answer.status_code == 404
    page = text_of(answer)
    assert "Since 2019\n\nWritten until the last second</textarea>" in page
    assert not ReferenceDraft.objects.exists()


def test_letter_typed_until_after_the_end_can_be_sent_as_a_late_one(writing, now):
    proof = writing.get("write").context["proof"]
    now.move_to(CLOSES_AT + timedelta(minutes=4, seconds=12))

    page = writing.write(proof=proof)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text_of(page)))
    sent = writing.post("submit", **hidden)

    assert page.status_code == 409
    assert "It reached us 4 minutes 12 seconds after the deadline" in text_of(page)
    assert "We have your letter" in text_of(writing.client.get(sent["Location"]))
    letter = Reference.objects.get()
    assert (letter.counts, LETTER in (sealing.unseal(letter.sealed) or "")) == (False, True)


def test_late_letter_is_shown_what_another_window_had_saved(writing, now):
    page = writing.get("write").context
    writing.write(letter=LETTER + "別の画面")
    now.move_to(CLOSES_AT)

    late = writing.write(proof=page["proof"], version=page["version"])
    form = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text_of(late))
    unseen = writing.post("submit", **{**dict(form), "version": "0"})
    sent = writing.post("submit", **dict(form))

    assert "別の画面" in text_of(late)
    assert (unseen.status_code, "別の画面" in text_of(unseen)) == (409, True)
    assert "/received/" in sent["Location"]


def test_draft_that_does_not_open_is_said_and_the_typing_given_back(asked, writing):
    writing.write(letter="Saved before")
    ReferenceDraft.objects.update(sealed="sealed with a key that is gone")

    seen = writing.get("write")
    sent = writing.write(letter="Written anew")
    by_itself = writing.post("autosave", version="1", letter="Written anew")

    assert (seen.status_code, sent.status_code, by_itself.status_code) == (409, 409, 409)
    assert "Your letter cannot be opened now" in text_of(seen)
    assert "Written anew</textarea>" in text_of(sent)
    assert ReferenceDraft.objects.get().sealed == "sealed with a key that is gone"


def test_unfinished_letter_after_the_end_is_shown_back_without_a_button(writing, now):
    proof = writing.get("write").context["proof"]
    now.move_to(CLOSES_AT)

    page = writing.write(proof=proof, known="", letter="Half a letter")

    assert page.status_code == 409
    assert "Half a letter</textarea>" in text_of(page)
    assert "/submit/" not in text_of(page)


# --- What the applicant sees --------------------------------------------------------------------


def addresses_of(application: Application) -> dict[str, str]:
    """Return every address of the applicant's, by its name."""
    referee = application.referees.get(email=ITO.email)
    places = {
        "key": application.key,
        "referee_key": referee.key,
        "document_key": application.documents.first().key,
        "slug": application.round.slug,
        "slot": "citizenship",
        "section_key": "purpose",
        "list_key": "jobs",
        "entry_id": "00000001",
        "target": "withdrawn",
    }
    found = dict(every_address(defaultdict(lambda: "1", places)))
    return {name: path for name, path in found.items() if name.startswith("applications:")}


def readable(response: HttpResponse) -> str:
    """Return the words of a page or of a PDF."""
    content = b"".join(response)
    if content.startswith(b"%PDF-"):
        return "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return content.decode()


def shown_to_the_applicant(application: Application) -> dict[str, str]:
    client = Client()
    client.force_login(application.applicant)
    found = {name: client.get(path) for name, path in addresses_of(application).items()}
    return {name: readable(page) for name, page in found.items() if page.status_code == 200}


def test_letter_stands_in_no_page_file_or_mail_of_its_applicant():
    application = make_application()
    referee = RefereeBrowser(ask(application, ITO))
    referee.post("start")
    secrets = {"known": "KnownSinceSpring", "letter": f"PatientAsAnArcher {LETTER}"}
    referee.write(**secrets)
    referee.send()
    assert "PatientAsAnArcher" in (sealing.unseal(Reference.objects.get().sealed) or "")

    pages = shown_to_the_applicant(application)
    mine = application.applicant
    workflow.submit(application.key, by=mine, received_at=WRITTEN_AT, recorded_at=WRITTEN_AT)
    pages |= {f"{name}, sent": text for name, text in shown_to_the_applicant(application).items()}
    for mail in OutgoingMail.objects.exclude(recipient=ITO.email):
        pages[mail.key] = f"{mail.subject} {mail.text} {mail.html}"

    assert {"applications:references", "applications:copy, sent"} <= set(pages)
    assert sum(ITO.name in text for text in pages.values()) > 1
    words = ("KnownSinceSpring", "PatientAsAnArcher", LETTER[:12], "Outstanding")
    assert [(name, word) for name, text in pages.items() for word in words if word in text] == []


# --- Declining ----------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["", "I know her too little", "Long " * 5000])
def test_referee_declines_and_a_second_press_finds_the_thanks(asked, referee, reason: str):
    proof = referee.get("decline").context["proof"]

    answers = [referee.post("decline", reason=reason, proof=proof) for _ in range(2)]

    pages = [referee.client.get(answer["Location"]) for answer in answers]
    assert {page.status_code for page in pages} == {200}
    assert "Thank you for telling us" in text_of(pages[1])
    assert fresh(asked.referee).state == RequestState.DECLINED
    told = OutgoingMail.objects.get(kind="reference_declined")
    assert not reason or reason not in told.text
    last = asked.events.last().reason
    assert last == reason.strip() if reason else last


def test_somebody_else_says_so_and_the_link_ends(asked, referee):
    proof = referee.get("decline").context["proof"]

    answers = [referee.post("not-me", proof=proof) for _ in range(2)]

    pages = [text_of(referee.client.get(answer["Location"])) for answer in answers]
    assert pages[0] == pages[1]
    assert "We write to this address no more" in pages[0]
    assert referee.get().status_code == 404
    assert fresh(asked.referee).state == RequestState.FAILED


# --- Dead links ---------------------------------------------------------------------------------
