"""What a referee types or adds is kept, and is there again."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from applications.domain.referees import (
    letter_drafts,
    letter_files,
)
from applications.forms.letter import LONGEST_LETTER, MOST_PAGES
from applications.models import (
    Reference,
    ReferenceDraft,
    RequestState,
)
from jetportal import sealing
from tests import hostile
from tests.applicants import pdf
from tests.applications.letter_pages import asked, kept, now, referee, text_of, writing
from tests.letters import LETTER, TYPED, RefereeBrowser
from tests.referees import fresh

__all__ = ["asked", "now", "referee", "writing"]

pytestmark = pytest.mark.django_db


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
