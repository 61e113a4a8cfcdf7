"""Nothing is lost and nothing happens twice, whatever the browser is made to do."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from applications.models import Application, Status
from jetportal.accounts.models import User
from jetportal.mail.models import OutgoingMail
from positions.models import RecruitmentRound
from tests.applicants import make_application, make_user
from tests.browser.ways import be_at, choose, newest_mail, press, sign_in
from tests.smtp import MailReceiver

pytestmark = pytest.mark.django_db(transaction=True)

RECEIPT = "We have your application."


@pytest.fixture
def ready(open_round: RecruitmentRound, enter: Callable[[User], None]) -> Application:
    """A complete draft of the person who is signed in."""
    enter(make_user())
    return make_application(round_=open_round)


def path(application: Application, page: str = "") -> str:
    return f"/applications/{application.key}/{page}"


def confirmations(application: Application) -> int:
    return OutgoingMail.objects.filter(key=f"confirmation:{application.pk}").count()


def test_second_click_sends_nothing_twice(page: Page, ready: Application, mailbox: MailReceiver):
    page.goto(path(ready, "check/"))

    page.get_by_role("button", name="Send my application").dblclick()

    be_at(page, RECEIPT)
    ready.refresh_from_db()
    newest_mail(mailbox, ready.reference_shown)
    assert (ready.status, ready.history.count()) == (Status.SUBMITTED, 1)
    assert (confirmations(ready), len(mailbox.messages)) == (1, 1)


def test_second_tab_finds_the_receipt(page: Page, context: BrowserContext, ready: Application):
    second = context.new_page()
    for tab in (page, second):
        tab.goto(path(ready, "check/"))

    press(page, "Send my application")
    be_at(page, RECEIPT)
    reference = page.locator(".reference-number").inner_text()
    press(second, "Send my application")

    be_at(second, RECEIPT)
    expect(second.get_by_text(reference, exact=True)).to_be_visible()
    assert confirmations(ready) == 1


def test_answers_of_both_tabs_are_saved(page: Page, context: BrowserContext, ready: Application):
    second = context.new_page()
    page.goto(path(ready, "contact/"))
    second.goto(path(ready, "coaching/"))

    page.get_by_label("Hometown").fill("Trenton")
    press(page, "Save and continue")
    be_at(page, "Check your answers")
    second.get_by_label("Your sport").fill("Judo")
    press(second, "Save and continue")

    be_at(second, "Check your answers")
    expect(second.get_by_text("Trenton", exact=True)).to_be_visible()
    expect(second.get_by_text("Judo", exact=True)).to_be_visible()


def test_way_back_after_sending_leads_to_the_receipt(page: Page, ready: Application):
    page.goto(path(ready, "check/"))
    press(page, "Send my application")
    be_at(page, RECEIPT)

    page.reload()
    be_at(page, RECEIPT)
    page.go_back()

    be_at(page, RECEIPT)
    ready.refresh_from_db()
    assert (ready.history.count(), confirmations(ready)) == (1, 1)


def test_section_saved_after_sending_changes_nothing(
    page: Page, context: BrowserContext, ready: Application
):
    second = context.new_page()
    second.goto(path(ready, "contact/"))
    page.goto(path(ready, "check/"))
    press(page, "Send my application")
    be_at(page, RECEIPT)

    second.get_by_label("Hometown").fill("Trenton")
    press(second, "Save and continue")

    be_at(second, "Contact: not saved")
    expect(second.get_by_text("Trenton")).to_be_visible()
    assert ready.sections.get(section="contact").answers["hometown"] == ["Bergen"]


def test_expired_sign_in_leads_back_to_the_same_page(
    page: Page, context: BrowserContext, mailbox: MailReceiver, ready: Application
):
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    page.goto(path(ready, "identity/"))
    sign_in(page, mailbox)

    be_at(page, "Identity")
    expect(page).to_have_url(re.compile(path(ready, "identity/")))
    expect(page.get_by_label("Family name")).to_have_value("Lindqvist-Moreno")


def test_draft_is_found_again_where_it_was_left(page: Page, ready: Application):
    page.goto(path(ready, "identity/"))
    choose(page, "Do you also hold Japanese nationality?", "Yes")
    press(page, "Save and continue")
    be_at(page, "Check your answers")

    page.goto("/applications/")
    expect(page.get_by_text("Draft, not sent")).to_be_visible()
    page.get_by_role("link", name=ready.round.title).click()
    page.get_by_role("link", name="Identity", exact=True).click()

    question = page.get_by_role("group", name="Do you also hold Japanese nationality?")
    expect(question.get_by_label("Yes", exact=True)).to_be_checked()
