"""A section saves itself while somebody types, and says so; without a script the button does."""

from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from applications.models import Application
from jetportal.accounts.models import User
from positions.models import RecruitmentRound
from tests.applicants import make_application, make_user
from tests.browser.ways import be_at, follow, press, sign_in
from tests.services import wait_until
from tests.smtp import MailReceiver

pytestmark = pytest.mark.django_db(transaction=True)

FIRST, MORE = "I coach archery.", "I coach archery and judo."


@pytest.fixture
def draft(open_round: RecruitmentRound, enter: Callable[[User], None]) -> Application:
    """An empty draft of the person who is signed in."""
    enter(make_user())
    return make_application(round_=open_round, filled=False)


def path(application: Application) -> str:
    return f"/applications/{application.key}/purpose/"


def essay(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Statement of Purpose")


def be_told(page: Page, words: str, news: str | None = None) -> None:
    """Wait for the line by the buttons, and for what a screen reader hears."""
    expect(page.locator("[data-saved]")).to_contain_text(words)
    expect(page.get_by_role("status").filter(has_text=news or words)).to_be_attached()


def stored(application: Application) -> str:
    return application.sections.get(section="purpose").answers["statement"][0]


def test_typing_is_there_after_a_reload_and_the_button_agrees(page: Page, draft: Application):
    page.goto(path(draft))
    essay(page).press_sequentially(FIRST)
    be_told(page, "Saved at", "Saved")
    assert stored(draft) == FIRST

    page.reload()
    expect(essay(page)).to_have_value(FIRST)
    essay(page).fill(MORE)
    press(page, "Save and continue")

    be_at(page, "How you heard of JET")
    assert stored(draft) == MORE


def test_button_pressed_while_an_answer_is_on_its_way_is_no_conflict(
    page: Page, draft: Application
):
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/purpose/autosave/", hold)
    page.goto(path(draft))
    with page.expect_request("**/purpose/autosave/"):
        essay(page).fill(FIRST)
    essay(page).fill(MORE)
    press(page, "Save and continue")
    held[0].continue_()

    be_at(page, "How you heard of JET")
    assert stored(draft) == MORE


def test_leaving_the_page_saves_what_was_typed(page: Page, draft: Application):
    page.goto(path(draft))
    essay(page).fill(FIRST)
    follow(page, "Back to all parts")

    wait_until(draft.sections.exists, "the text that was sent on leaving")
    page.goto(path(draft))
    expect(essay(page)).to_have_value(FIRST)


def test_second_window_is_told_and_chooses(page: Page, context: BrowserContext, draft: Application):
    second = context.new_page()
    for tab in (page, second):
        tab.goto(path(draft))
    essay(page).fill(FIRST)
    be_told(page, "Saved at", "Saved")

    essay(second).fill(MORE)
    be_told(second, "Not saved: another window has saved this part")
    assert stored(draft) == FIRST
    press(second, "See both and choose")

    note = second.get_by_role("region", name="You saved this part in another window")
    expect(note.get_by_text(FIRST, exact=True)).to_be_visible()
    expect(essay(second)).to_have_value(MORE)
    press(second, "Save and continue")
    be_at(second, "How you heard of JET")
    assert stored(draft) == MORE


def test_typing_after_the_sign_in_has_ended_waits(
    page: Page, context: BrowserContext, mailbox: MailReceiver, draft: Application
):
    page.goto(path(draft))
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    essay(page).fill(FIRST)
    be_told(page, "What you typed until now is kept for 24 hours")

    follow(page, "Sign in and go on")
    sign_in(page, mailbox)
    page.get_by_role("link", name="Put it into the form").click()

    expect(essay(page)).to_have_value(FIRST)


def test_entry_of_a_list_saves_itself_and_is_there_after_a_reload(page: Page, draft: Application):
    page.goto(f"/applications/{draft.key}/employment/jobs/add/")
    employer = page.get_by_role("textbox", name="Employer")
    employer.press_sequentially("Bergen Archery")
    be_told(page, "Saved at", "Saved")

    page.reload()

    expect(employer).to_have_value("Bergen Archery")
    assert draft.sections.get(section="employment").entries["jobs"][0]["answers"]["employer"] == [
        "Bergen Archery"
    ]


def test_button_saves_without_a_script(
    page: Page, browser, browser_context_args, enter_in, draft: Application
):
    plain = browser.new_context(**browser_context_args, java_script_enabled=False)
    enter_in(plain, draft.applicant)
    tab = plain.new_page()
    tab.goto(path(draft))
    essay(tab).fill(FIRST)
    press(tab, "Save and continue")

    be_at(tab, "How you heard of JET")
    assert stored(draft) == FIRST
    tab.goto(path(draft))
    follow(tab, "Preview the two pages")
    expect(tab.get_by_text("About 1 page: 3 words")).to_be_visible()
    plain.close()
