"""What goes wrong on the way, and on a narrow screen in the colors of the system."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Locator, Page, expect

from applications.models import Application
from jetportal.accounts.models import User
from positions.models import RecruitmentRound
from tests.applicants import make_application, make_user, pdf
from tests.browser.hands import Hands, Keyboard
from tests.browser.inspecting import TOO_WIDE
from tests.browser.journeys import coaching, medical_with_an_allergy
from tests.browser.ways import be_at, follow, press, sign_in, tab_to
from tests.smtp import MailReceiver

pytestmark = pytest.mark.django_db(transaction=True)

AT_400_PERCENT = {"width": 320, "height": 256}  # of 1280 by 1024
CITIZENSHIP = "Proof of citizenship"


@pytest.fixture
def draft(open_round: RecruitmentRound, enter: Callable[[User], None]) -> Application:
    """An empty draft of the person who is signed in."""
    enter(make_user())
    return make_application(round_=open_round, filled=False)


def path(application: Application, page: str = "") -> str:
    return f"/applications/{application.key}/{page}"


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("passport.pdf", pdf())
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [(zipped(), "This is an archive, not a PDF"), (pdf()[:200], "it is damaged"), (b"", "empty")],
    ids=("zip", "damaged", "empty"),
)
def test_wrong_file_is_refused_and_the_earlier_one_stays(
    page: Page, draft: Application, tmp_path: Path, content: bytes, why: str
):
    good, wrong = tmp_path / "passport.pdf", tmp_path / "scan.pdf"
    good.write_bytes(pdf())
    wrong.write_bytes(content)
    page.goto(path(draft, "documents/"))
    Hands(page).add_file(CITIZENSHIP, good)

    again = page.get_by_label(f"Choose another PDF in its place for {CITIZENSHIP}")
    again.set_input_files(wrong)
    press(page, f"Replace the file for {CITIZENSHIP}")

    expect(page.get_by_role("alert")).to_contain_text(why)
    expect(page.get_by_role("link", name="Open passport.pdf")).to_be_visible()
    expect(page.get_by_text("scan.pdf")).to_have_count(0)
    assert [document.name for document in draft.documents.all()] == ["passport.pdf"]


def test_button_pressed_after_the_sign_in_has_ended_keeps_what_was_typed(
    browser: Browser,
    browser_context_args: dict,
    enter_in,
    mailbox: MailReceiver,
    draft: Application,
):
    """Without a script: no part has saved itself before."""
    plain = browser.new_context(**browser_context_args, java_script_enabled=False)
    enter_in(plain, draft.applicant)
    page = plain.new_page()
    page.goto(path(draft, "employment/"))
    career = page.get_by_label("How the JET Program fits your career plan")
    career.fill("It is where I begin.")
    plain.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    press(page, "Save and continue")
    sign_in(page, mailbox)

    be_at(page, "Employment")
    expect(page.get_by_role("heading", name="What you typed is kept")).to_be_visible()
    follow(page, "Put it into the form")
    expect(career).to_have_value("It is where I begin.")
    press(page, "Save and continue")
    expect(page.get_by_role("heading", level=1, name="Employment")).to_have_count(0)
    stored = draft.sections.get(section="employment").answers
    assert stored == {"career": ["It is where I begin."]}
    plain.close()


def looks_other_when(box: Locator, act: Callable[[], None]) -> bool:
    before = box.screenshot()
    act()
    return before != box.screenshot()


@pytest.mark.browser_context_args(viewport=AT_400_PERCENT, forced_colors="active")
def test_form_can_be_filled_at_400_percent_in_the_colors_of_the_system(
    page: Page, draft: Application
):
    wide = []
    for part in ("", "position/", "contact/", "documents/", "references/", "check/"):
        page.goto(path(draft, part))
        if page.evaluate(TOO_WIDE):
            wide.append(part)
    assert wide == []

    page.goto(path(draft, "driving/"))
    yes = page.get_by_role("radio", name="Yes").first
    assert looks_other_when(yes, yes.check)
    button = page.get_by_role("button", name="Save and continue")
    assert looks_other_when(button.locator(".."), lambda: tab_to(page, button))
    page.goto(path(draft, "medical/"))
    agreed = page.get_by_role("checkbox")
    assert looks_other_when(agreed, agreed.check)

    for title, part, fill in (
        ("Coaching and sport", "coaching/", coaching),
        ("Medical self-report", "medical/", medical_with_an_allergy),
    ):
        page.goto(path(draft, part))
        hands = Keyboard(page) if part == "coaching/" else Hands(page)
        hands.arrive(title)
        fill(hands)
        hands.press("Save and continue")
        expect(page.get_by_role("heading", level=1, name=title)).to_have_count(0)
