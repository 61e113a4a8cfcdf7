"""The pages behind a referee's link, by what people try on them."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import translation
from pypdf import PdfReader

from applications.domain import workflow
from applications.domain.referees import (
    asking,
    letter_drafts,
    letter_files,
    letters,
    references,
    request_ends,
)
from applications.domain.referees.dead_links import PER_NETWORK
from applications.forms.letter import LONGEST_LETTER, MOST_PAGES
from applications.models import (
    Application,
    DeadLinkVisit,
    Reference,
    ReferenceDraft,
    ReferenceEvent,
    ReferenceRequest,
    RequestState,
)
from applications.tasks import forget_dead_links
from jetportal import sealing
from jetportal.mail.models import OutgoingMail
from tests import hostile
from tests.applicants import make_application, pdf
from tests.factories import CLOSES_AT, TICK
from tests.letters import ITO, LETTER, TYPED, RefereeBrowser, asked_by_mail
from tests.referees import WRITTEN_AT, ask, fresh, submit, token_of
from tests.security.addresses import every_address

pytestmark = pytest.mark.django_db

SUZUKI = replace(ITO, name="鈴木 恵", email="suzuki@example.org")

APPLICANT = "Lindqvist-Moreno"
PAGES = ["", "start", "write", "autosave", "preview", "file", "submit", "received", "decline"]
PAGES += ["not-me", "declined"]
ENGLISH, JAPANESE = {"accept-language": "en-US"}, {"accept-language": "ja,en;q=0.5"}


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(WRITTEN_AT, tick=False) as clock:
        yield clock


@pytest.fixture
def asked() -> ReferenceRequest:
    return asked_by_mail()


@pytest.fixture
def referee(asked: ReferenceRequest) -> RefereeBrowser:
    return RefereeBrowser(asked)


@pytest.fixture
def writing(referee: RefereeBrowser) -> RefereeBrowser:
    """A referee who has started."""
    referee.post("start")
    return referee


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def everything() -> list[object]:
    """Return every row that a referee's page may write."""
    models = (ReferenceRequest, ReferenceEvent, ReferenceDraft, Reference, OutgoingMail)
    return [list(model.objects.order_by("pk").values()) for model in models]


def kept(asked: ReferenceRequest) -> dict[str, list[str]]:
    return dict(letter_drafts.typing_of(asked).typed)


# --- Opening and starting -----------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_a_link_changes_nothing_whatever_page_a_scanner_tries(referee, method: str):
    before = everything()

    answers = {page: getattr(referee.client, method)(referee.path(page)) for page in PAGES}

    assert {answer.status_code for answer in answers.values()} <= {200, 302}
    assert everything() == before


def test_landing_says_who_asks_for_what_and_until_when_on_three_clocks(referee):
    page = text_of(referee.get(zone="America/New_York"))

    for words in (
        "<bdi>Ana Lindqvist-Moreno</bdi> asks you",
        "Round sea-2025-summer",
        "Sports Exchange Advisor",
        "<bdi>伊藤 健</bdi>",
        "Friday, March 14, 2025, 11:59\xa0PM\xa0HST",
        "Saturday, March 15, 2025, 5:59\xa0AM\xa0EDT",
    ):
        assert words in page


def test_reader_without_a_zone_is_shown_japan_and_the_united_states(referee):
    page = text_of(referee.get())

    assert re.findall(r"AM\s(\w+)</time>|PM\s(\w+)</time>", page) == [
        ("", "HST"),
        ("", "JST"),
        ("EDT", ""),
        ("CDT", ""),
        ("MDT", ""),
        ("PDT", ""),
    ]


def test_button_starts_the_letter_once(asked, referee):
    answers = [referee.post("start") for _ in range(2)]

    asked.refresh_from_db()
    assert [answer["Location"] for answer in answers] == [referee.path("write")] * 2
    assert asked.state == RequestState.OPENED
    assert asked.opened_at == WRITTEN_AT
    assert asked.events.filter(to_state=RequestState.OPENED).count() == 1


def test_writing_begins_with_the_button(referee):
    assert referee.get("write")["Location"] == referee.path()


# --- Languages ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "query", "language"),
    [
        (ENGLISH, {}, "en"),
        (JAPANESE, {}, "ja"),
        ({"accept-language": "fr, ja;q=0.8, en;q=0.5"}, {}, "ja"),
        ({"accept-language": "fr"}, {}, "en"),
        ({}, {}, "en"),
        (ENGLISH, {"lang": "ja"}, "ja"),
        (JAPANESE, {"lang": "en"}, "en"),
        (JAPANESE, {"lang": "../../etc"}, "ja"),
    ],
)
def test_page_is_in_the_language_of_the_reader(asked, headers, query, language: str):
    page = RefereeBrowser(asked, **headers).get(**query)

    assert f'<html lang="{language}">' in text_of(page)
    assert page["Content-Language"] == language
    assert {"Accept-Language", "Cookie"} <= set(page["Vary"].split(", "))


def test_chosen_language_stays(asked):
    referee = RefereeBrowser(asked, **JAPANESE)

    referee.get(lang="en")

    assert '<html lang="en">' in text_of(referee.get())
    cookie = referee.client.cookies["django_language"]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/references/", "Lax", True)


def test_other_pages_stay_english_for_a_japanese_browser(asked):
    page = Client(headers=JAPANESE).get("/verify/")

    assert '<html lang="en-US">' in text_of(page)
    assert translation.get_language() == "en-us"


def test_switching_the_language_while_writing_saves_first(asked, writing):
    answer = writing.write(then="ja", letter="途中まで")

    assert answer["Location"] == f"{writing.path('write')}?lang=ja"
    assert kept(asked)["letter"] == ["途中まで"]


# --- Headers ------------------------------------------------------------------------------------


def test_no_page_is_kept_found_or_passed_on(referee):
    for page in PAGES:
        answer = referee.get(page)

        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer.cookies == {}


# --- Saving and returning -----------------------------------------------------------------------


def test_what_is_typed_is_kept_unfinished_and_is_there_again(asked, writing):
    answer = writing.write(then="later", letter="まだ途中です", reliability="", known="")

    page = text_of(writing.get("write"))
    assert answer["Location"] == writing.path()
    assert "まだ途中です" in page
    assert "error-summary" not in page
    assert fresh(asked.referee).state == RequestState.IN_PROGRESS


def test_typing_is_sealed_at_rest(asked, writing):
    writing.write(then="later")

    stored = str(list(ReferenceDraft.objects.values()))
    assert TYPED["known"] not in stored
    assert sealing.unseal(ReferenceDraft.objects.get().sealed) is not None


def test_preview_leads_back_to_what_is_missing(writing):
    writing.write(letter="", cooperation="")

    page = writing.client.get(writing.path("preview"), follow=True)

    text = text_of(page)
    assert page.redirect_chain == [(f"{writing.path('write')}?mend=1", 302)]
    assert 'href="#id_letter"' in text
    assert 'href="#id_cooperation_0"' in text
    assert 'href="#id_known"' not in text
    assert "<title>Error: " in text


@pytest.mark.parametrize("nonsense", ["7", "yes", "5\x00", "<b>"])
def test_rating_that_is_none_is_reported_not_taken(writing, nonsense: str):
    writing.write(openness=nonsense)

    assert writing.get("preview")["Location"] == f"{writing.path('write')}?mend=1"


def test_second_window_is_shown_both_texts_and_its_own_stays_in_the_form(asked, writing):
    writing.write(then="later", letter="First window")

    answer = writing.write(version=0, then="later", letter="Second window")

    text = text_of(answer)
    assert answer.status_code == 409
    assert "First window" in text.partition("<form")[0]
    assert "Second window" in text.partition("<textarea")[2]
    assert kept(asked)["letter"] == ["First window"]
    again = writing.write(version=answer.context["version"], then="later", letter="Second window")
    assert again.status_code == 302
    assert kept(asked)["letter"] == ["Second window"]


def test_autosave_saves_and_tells_the_version(asked, writing):
    answer = writing.post("autosave", version=0, letter="Typed so far")

    assert answer.json() == {
        "saved": "Tuesday, February 4, 2025, 12:00\xa0AM\xa0HST",
        "version": 1,
    }
    assert kept(asked) == {"letter": ["Typed so far"]}


def test_autosave_never_chooses_between_two_windows(asked, writing):
    writing.write(then="later", letter="First window")

    answer = writing.post("autosave", version=0, letter="Second window")

    assert (answer.status_code, answer.json()) == (409, {"conflict": True})
    assert kept(asked)["letter"] == ["First window"]


@pytest.mark.parametrize("hostile_text", ["<script>alert(1)</script>", "\u202egnp", "a\x00b"])
def test_hostile_text_is_taken_and_does_nothing(writing, hostile_text: str):
    writing.write(known=hostile_text, letter=hostile_text + LETTER)

    pages = [text_of(writing.get(page)) for page in ("write", "preview")]

    assert writing.send().status_code == 302
    assert all(LETTER in page for page in pages)
    assert not any("<script>alert" in page or "\x00" in page for page in pages)
    assert all('dir="auto"' in page for page in pages)


# --- Length -------------------------------------------------------------------------------------


def test_letter_of_one_character_is_asked_about_and_can_be_sent(writing):
    writing.write(letter="推")

    asking_back = writing.send()
    nothing_yet = Reference.objects.count()
    sent = writing.send(whole="yes")

    assert asking_back.status_code == 422
    assert "Your letter has 1 character." in text_of(asking_back)
    assert nothing_yet == 0
    assert sent.status_code == 302
    assert Reference.objects.count() == 1


def test_letter_over_the_limit_is_kept_whole_and_says_by_how_much(asked, writing):
    writing.write(letter="字" * (LONGEST_LETTER + 2))

    page = writing.client.get(writing.path("preview"), follow=True)

    assert "2 characters over the limit" in text_of(page)
    assert kept(asked)["letter"] == ["字" * (LONGEST_LETTER + 2)]


def test_answer_over_its_limit_is_never_cut(asked, writing):
    writing.write(known="字" * 1001)

    page = text_of(writing.client.get(writing.path("preview"), follow=True))

    assert "1 character over the limit" in page
    assert "maxlength" not in page
    assert kept(asked)["known"] == ["字" * 1001]


def test_letter_at_the_limit_is_taken(writing):
    writing.write(letter="字" * LONGEST_LETTER)

    assert writing.send().status_code == 302
    assert Reference.objects.get().language == "en"  # signs without kana may be anything


# --- PDF ----------------------------------------------------------------------------------------


def file_of(content: bytes, name: str = "letter.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


@pytest.mark.parametrize(
    ("content", "in_english", "in_japanese"),
    [
        (b"PK\x03\x04 a zip", "This is an archive", "圧縮ファイル"),
        (b"<html>", "This is not a PDF", "PDFではない"),
        (b"%PDF-1.7 broken", "damaged", "破損している"),
        (pdf(pages=MOST_PAGES + 1), "has 11 pages", "11ページあります"),
        (pdf(pages=200), "has 200 pages", "200ページあります"),
        (hostile.locked("secret"), "password", "パスワード"),
        (b"%PDF-" + bytes(10 * 1024 * 1024), "larger than 10 MB", "10 MBを超えています"),
    ],
    ids=["zip", "page", "damaged", "11-pages", "200-pages", "locked", "10-MB"],
)
def test_pdf_that_is_not_taken_says_why_and_loses_no_typing(
    asked, content: bytes, in_english: str, in_japanese: str
):
    heard = {}
    for language in ("en", "ja"):
        referee = RefereeBrowser(asked, **{"accept-language": language})
        referee.post("start")
        version = letter_drafts.typing_of(asked).version
        typed = {"letter": "", "known": "Kept", "file": file_of(content)}
        heard[language] = referee.write(version=version, **typed)

    assert {answer.status_code for answer in heard.values()} == {422}
    assert in_english in text_of(heard["en"])
    assert in_japanese in text_of(heard["ja"])
    assert kept(asked)["known"] == ["Kept"]
    assert letter_drafts.typing_of(asked).file_name == ""


def test_empty_file_says_so(writing):
    answer = writing.write(file=file_of(b""))

    assert answer.status_code == 422
    assert "The file is empty" in text_of(answer)


def test_pdf_is_kept_seen_and_sent_sealed(asked, writing):
    content = pdf(pages=2)

    writing.write(letter="", file=file_of(content, "../../\u202e推薦状.pdf"))
    page = text_of(writing.get("preview"))
    own = writing.get("file")
    sent = writing.send()

    letter = Reference.objects.get()
    assert "2 pages" in page
    assert (own.content, own["Content-Type"]) == (content, "application/pdf")
    assert own["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert sent.status_code == 302
    assert (letter.form, letter.pages) == ("uploaded", 2)
    assert letter_files.content_of(letter) == content
    assert content not in letter.file.open().read()


def test_pdf_can_be_taken_back(asked, writing):
    writing.write(file=file_of(pdf()))

    writing.write(version=2, then="remove_file")

    assert letter_drafts.typing_of(asked).file_name == ""
    assert writing.get("file")["Location"] == writing.path("write")


# --- Sending ------------------------------------------------------------------------------------


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


def unknown(asked: ReferenceRequest) -> str:
    return "never-made-here"


def altered(asked: ReferenceRequest) -> str:
    token = token_of(asked)
    return token[:-1] + ("A" if token[-1] != "A" else "B")


def cut_short(asked: ReferenceRequest) -> str:
    return token_of(asked)[:-4]


def very_long(asked: ReferenceRequest) -> str:
    return "A" * 4000


def used(asked: ReferenceRequest) -> str:
    submit(asked)
    return token_of(asked)


def declined(asked: ReferenceRequest) -> str:
    letters.decline(token_of(asked), reason="", at=WRITTEN_AT)
    return token_of(asked)


def replaced(asked: ReferenceRequest) -> str:
    token, mine = token_of(asked), asked.referee.application
    references.replace(mine.key, asked.referee.key, SUZUKI, by=mine.applicant, at=WRITTEN_AT)
    return token


def given_another_address(asked: ReferenceRequest) -> str:
    token, mine = token_of(asked), asked.referee.application
    asking.correct_address(
        mine.key, asked.referee.key, "new@example.org", by=mine.applicant, at=WRITTEN_AT
    )
    return token


def withdrawn(asked: ReferenceRequest) -> str:
    with transaction.atomic():
        request_ends.cancel_all(asked.referee.application, at=WRITTEN_AT, withdrawn=True)
    return token_of(asked)


def expired(asked: ReferenceRequest) -> str:
    round_ = asked.referee.application.round
    type(round_).objects.update(closes_at=WRITTEN_AT)
    return token_of(asked)


DEAD: list[Callable[[ReferenceRequest], str]] = [
    unknown,
    altered,
    cut_short,
    very_long,
    used,
    declined,
    replaced,
    given_another_address,
    withdrawn,
    expired,
]


@pytest.mark.parametrize("make", DEAD, ids=lambda make: make.__name__)
def test_dead_links_all_say_the_same_and_nothing_of_the_applicant(asked, make):
    stranger = RefereeBrowser("never-made-here")
    expected = text_of(stranger.get())
    referee = RefereeBrowser(make(asked))

    answers = {page: referee.get(page) for page in PAGES}

    assert {answer.status_code for answer in answers.values()} == {404}
    assert {text_of(answer) for answer in answers.values()} == {expected}
    assert APPLICANT not in expected


@pytest.mark.parametrize("make", DEAD, ids=lambda make: make.__name__)
def test_dead_links_take_nothing_and_give_the_typing_back(asked, make):
    referee = RefereeBrowser(make(asked))
    before = everything()

    answers = [referee.write(), referee.post("submit", **TYPED), referee.post("autosave", **TYPED)]
    others = [referee.post(page) for page in ("start", "decline", "not-me", "received", "declined")]

    assert [answer.status_code for answer in answers] == [404, 404, 409]
    assert all(LETTER in text_of(answer) for answer in answers[:2])
    assert APPLICANT not in text_of(answers[0])
    assert {answer.status_code for answer in others} == {404}
    assert everything() == before


def test_receipt_is_not_for_whoever_finds_a_used_link(asked):
    submit(asked)
    finder = RefereeBrowser(asked)

    for proof in ("", "guessed", "ä", "x" * 5000):
        assert finder.get("received", proof=proof).status_code == 404
        assert finder.post("submit", proof=proof).status_code == 404


def test_proof_of_one_link_opens_no_other(asked):
    application = asked.referee.application
    other = RefereeBrowser(ask(application, SUZUKI))
    proof = RefereeBrowser(asked).get("decline").context["proof"]
    submit(fresh(application.referees.get(email=SUZUKI.email)))

    assert other.get("received", proof=proof).status_code == 404


def test_very_many_dead_links_from_one_network_are_slowed_and_a_living_one_opens(asked):
    stranger, referee = RefereeBrowser("never-made-here"), RefereeBrowser(asked)

    codes = [stranger.get().status_code for _ in range(PER_NETWORK + 2)]

    assert codes == [404] * PER_NETWORK + [429] * 2
    assert DeadLinkVisit.objects.count() == PER_NETWORK
    assert referee.get().status_code == 200


def test_visits_to_dead_links_are_forgotten_after_a_day(now):
    stranger = RefereeBrowser("never-made-here")
    stranger.get()
    now.move_to(WRITTEN_AT + timedelta(hours=2))
    stranger.get()

    now.move_to(WRITTEN_AT + timedelta(days=1, seconds=1))
    forget_dead_links()

    later = WRITTEN_AT + timedelta(hours=2)
    assert [visit.created_at for visit in DeadLinkVisit.objects.all()] == [later]


# --- Cost ---------------------------------------------------------------------------------------


def test_pages_keep_to_their_number_of_queries(writing, django_assert_max_num_queries: Callable):
    writing.write()
    for page in ("", "write", "preview", "decline"):
        with django_assert_max_num_queries(8):
            assert writing.get(page).status_code == 200
    with django_assert_max_num_queries(10):
        writing.write(version=1)
    context = writing.get("preview").context
    with django_assert_max_num_queries(25):
        writing.post("submit", version=context["version"], proof=context["proof"])
