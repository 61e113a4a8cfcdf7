"""The copy of the answers: as a PDF, whose text is read back, and as a page."""

import io
import re

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from applications.domain.form import drafts
from applications.exports import content, pdf
from applications.models import Application, FrozenAnswers, Status
from applications.models.answers import SENSITIVE
from applications.sections.registry import SECTIONS, sections_for
from positions.models import RoundKind
from tests.applicants import SENT_AT as SENT
from tests.applicants import STARTED_AT, answers_for, make_application, make_user, move
from tests.factories import make_round

pytestmark = pytest.mark.django_db

HARD = (
    f"\n  Two  spaces, “quotes” – a dash\n\n弓道を教えたい。{'あ' * 400}\n{'x' * 700}"
    "\nĐặng Łukasz Кириллица 한국어 \U0001f3f9 \u202eback, <b>&amp;</b> \\n (1) %s [[ x ]] \t tab"
)


def url(name: str, application: Application) -> str:
    return reverse(f"applications:{name}", args=[application.key])


def squeezed(text: str) -> str:
    return "".join(text.split())


def body(file: bytes, application: Application) -> str:
    """Return the text of a PDF without white space, and without the foot of its pages."""
    frozen = application.frozen
    foot = rf"{application.reference_shown}{frozen.digest}Page\d+of\d+"
    pages = [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(file)).pages]
    assert all(re.search(f"{foot}$", page) for page in pages)
    return "".join(re.sub(f"{foot}$", "", page) for page in pages)


def download(client: Client, application: Application) -> bytes:
    response = client.get(url("copy", application))
    assert response.status_code == 200
    return b"".join(response.streaming_content)


@pytest.fixture
def client_of(client: Client):
    def signed_in(application: Application) -> Client:
        client.force_login(application.applicant)
        return client

    return signed_in


def test_rounds_of_these_tests_ask_for_every_section_there_is():
    rounds = [make_round(slug=f"{kind}-2025") for kind in RoundKind.values]

    assert {section.key for round_ in rounds for section in sections_for(round_)} == {
        section.key for section in SECTIONS
    }


@pytest.mark.parametrize("kind", RoundKind.values)
def test_pdf_holds_every_answer_as_typed_in_every_section(client_of, kind):
    round_ = make_round(slug=f"{kind}-2025")
    application = make_application(round_=round_, status=Status.SUBMITTED)

    text = body(download(client_of(application), application), application)

    typed = [
        value
        for section, answers in answers_for(round_).items()
        if section not in SENSITIVE
        for values in answers.values()
        for value in values
    ]
    codes = {"on", "yes", "no", "female", "new-york", "automatic", "none", "friend"}
    codes |= {"1", "3", "27", round_.vacancies.all()[0].key}
    assert [words for words in typed if words not in codes and squeezed(words) not in text] == []
    for section in sections_for(round_):
        assert squeezed(section.title) in text
    assert "March27,1996" in text


@pytest.mark.parametrize("kind", RoundKind.values)
def test_pdf_says_what_review_and_page_say(client_of, kind):
    application = make_application(round_=make_round(slug=f"{kind}-2025"), status=Status.SUBMITTED)
    client = client_of(application)

    shown = client.get(url("answers", application)).context["parts"]
    parts = [part for part in shown if part.key not in SENSITIVE]
    text = body(download(client, application), application)

    assert len(shown) == len(sections_for(application.round)) + 1  # and the referees
    place = 0
    for part in parts:
        for words in (part.title, *(w for a in part.answers for w in (a.label, a.words))):
            place = text.index(squeezed(words), place)


def test_pdf_loses_no_sign_of_a_hard_text(client_of):
    application = make_application()
    drafts.save_section(
        application.key,
        "purpose",
        {"statement": [HARD]},
        by=application.applicant,
        at=STARTED_AT,
    )
    move(application, Status.SUBMITTED, at=SENT)
    application.refresh_from_db()

    text = body(download(client_of(application), application), application)

    assert squeezed(HARD) in text
    assert squeezed(content.NOT_DRAWN) in text


@pytest.mark.parametrize("text", [HARD, "", "\n", "word " * 700, "あ" * 3000, "W" * 3000])
def test_lines_fit_the_page_and_nothing_is_cut(text):
    lines = list(pdf.wrapped(text, pdf.WORDS))

    widths = [sum(pdf._width(sign, pdf.WORDS) for sign in line.rstrip()) for line in lines]
    assert max(widths) <= pdf.LINE
    expected = text.replace("\t", pdf.TAB)
    assert squeezed("".join(lines)) == squeezed(expected)
    assert len("".join(lines)) == len(expected) - expected.count("\n")


def test_every_page_fits_and_has_its_number():
    answers = tuple((f"Question {number}", f"Answer {number}\n" * 7) for number in range(60))
    copy = pdf.Copy("Application", (), (("Part", answers),), "foot")

    pages = PdfReader(io.BytesIO(pdf.written(copy))).pages

    assert len(pages) > 10
    for number, page in enumerate(pages, 1):
        assert page.extract_text().endswith(f"Page {number} of {len(pages)}")
        assert page.mediabox[2:] == [612, 792]


def test_name_of_the_file_is_the_reference_and_it_is_never_kept(client_of):
    application = make_application(status=Status.SUBMITTED)

    response = client_of(application).get(url("copy", application))

    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="{application.reference_shown}.pdf"'
    )
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == (
        "application/pdf",
        "nosniff",
    )
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("name", ["copy", "answers"])
def test_copies_cost_a_fixed_number_of_queries(client_of, name, django_assert_num_queries):
    application = make_application(status=Status.SUBMITTED)
    client = client_of(application)

    with django_assert_num_queries(8):
        client.get(url(name, application))


def test_draft_has_no_copy(client_of):
    application = make_application()
    client = client_of(application)

    assert client.get(url("copy", application)).status_code == 404
    assert client.get(url("answers", application))["Location"] == url("check", application)


def test_copy_belongs_to_its_owner_and_to_the_desk_that_reviews_it(coordinator, office):
    here = make_application(status=Status.SUBMITTED)
    away = make_application(
        applicant=make_user("joel@example.org"), status=Status.SUBMITTED, consulate="denver"
    )
    stranger = Client()
    stranger.force_login(make_user("stranger@example.org"))

    def heard(client: Client) -> list[int]:
        return [client.get(url("copy", application)).status_code for application in (here, away)]

    assert heard(coordinator) == [200, 404]
    assert heard(office) == [200, 200]
    assert heard(stranger) == [404, 404]
    assert coordinator.get(url("answers", here)).status_code == 404


def test_copy_of_text_that_was_tampered_with_does_not_vouch_for_it(client_of):
    application = make_application(status=Status.SUBMITTED)
    FrozenAnswers.objects.update(canonical="{}")

    file = download(client_of(application), application)

    text = "".join(squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(file)).pages)
    assert squeezed(content.UNKNOWN) in text
    assert application.frozen.digest not in text
