"""From the first page to the confirmation in the mailbox."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from applications.models import Application, Status
from jetportal.mail.models import MailState, OutgoingMail
from positions.deadlines import in_words, zone_named
from positions.models import RecruitmentRound
from tests.applicants import make_application, make_user, pdf
from tests.browser.ways import (
    EMAIL,
    be_at,
    code_in,
    declare,
    fill_contact,
    fill_identity,
    fill_rest,
    follow,
    newest_mail,
    press,
    sign_in,
    tab_to,
    upload_documents,
)
from tests.services import wait_until
from tests.smtp import MailReceiver

pytestmark = pytest.mark.django_db(transaction=True)

NEW_YORK = "America/New_York"
WITHOUT_JAVASCRIPT = pytest.mark.browser_context_args(java_script_enabled=False)
WITH_JAVASCRIPT = pytest.mark.browser_context_args(timezone_id=NEW_YORK)


def read_about(page: Page, round_: RecruitmentRound) -> None:
    """Go from the first page by the position to its open round."""
    page.goto("/")
    be_at(page, "Teach, interpret or coach in Japan.")
    follow(page, "Sports Exchange Advisor")
    be_at(page, "Sports Exchange Advisor")
    follow(page, round_.title)
    be_at(page, round_.title)


def fill_every_part(page: Page, folder: Path) -> None:
    """Answer part after part, as "Save and continue" leads on."""
    be_at(page, "Position")
    page.get_by_role("radio").check()
    press(page, "Save and continue")
    be_at(page, "Interview location")
    page.get_by_label("Interview location").select_option("new-york")
    press(page, "Save and continue")
    be_at(page, "Identity")
    fill_identity(page)
    press(page, "Save and continue")
    be_at(page, "Contact")
    fill_contact(page)
    press(page, "Save and continue")
    fill_rest(page)
    be_at(page, "Documents")
    upload_documents(page, folder, pdf())
    follow(page, "Continue")
    be_at(page, "Declarations")
    declare(page)
    press(page, "Save and continue")


@pytest.mark.parametrize(
    "zone",
    [
        pytest.param(NEW_YORK, marks=WITH_JAVASCRIPT, id="with-javascript"),
        pytest.param(None, marks=WITHOUT_JAVASCRIPT, id="without-javascript"),
    ],
)
def test_applicant_reads_applies_sends_and_is_confirmed_once(
    page: Page, mailbox: MailReceiver, open_round: RecruitmentRound, tmp_path: Path, zone: str
):
    read_about(page, open_round)
    follow(page, "Apply for this round")
    sign_in(page, mailbox)
    be_at(page, "Start your application")
    expect(page).to_have_url(re.compile(rf"/applications/start/{open_round.slug}/$"))
    press(page, "Start my application")
    be_at(page, "Your application")
    follow(page, "Position")
    fill_every_part(page, tmp_path)
    be_at(page, "Check your answers")
    expect(page.get_by_text("Lindqvist-Moreno", exact=True)).to_be_visible()
    press(page, "Send my application")
    be_at(page, "We have your application.")

    sent = Application.objects.get(status=Status.SUBMITTED, applicant__email=EMAIL)
    expect(page.get_by_text(sent.reference_shown, exact=True)).to_be_visible()
    mail = newest_mail(mailbox, sent.reference_shown)
    local = zone_named(zone or NEW_YORK)  # where no zone is known: the interview's own
    told = [sent.reference_shown, in_words(sent.submitted_at), in_words(sent.submitted_at, local)]
    assert [words for words in told if words not in mail] == []
    delivered = OutgoingMail.objects.filter(
        key=f"confirmation:{sent.pk}", state=MailState.SENT, attempts=1
    )
    wait_until(delivered.exists, "the confirmation to be marked as sent")
    assert sum(sent.reference_shown in mail["Subject"] for mail in mailbox.to(EMAIL)) == 1


def test_applicant_works_by_keyboard_alone(
    page: Page, mailbox: MailReceiver, open_round: RecruitmentRound
):
    button, link = "button", "link"

    def go(role: str, name: str) -> None:
        tab_to(page, page.get_by_role(role, name=name, exact=True).first)
        page.keyboard.press("Enter")

    page.goto(f"/rounds/{open_round.slug}/")
    page.keyboard.press("Tab")
    expect(page.get_by_role(link, name="Skip to the main content")).to_be_focused()
    page.keyboard.press("Enter")
    go(link, "Apply for this round")
    be_at(page, "Sign in")
    tab_to(page, page.get_by_label("Your e-mail address"))
    page.keyboard.type(EMAIL)
    page.keyboard.press("Enter")
    be_at(page, "Enter your code")
    tab_to(page, page.get_by_label("Code from the mail"))
    page.keyboard.type(code_in(newest_mail(mailbox, "code")))
    page.keyboard.press("Enter")
    be_at(page, "Start your application")
    go(button, "Start my application")
    be_at(page, "Your application")
    go(link, "Contact")
    be_at(page, "Contact")
    tab_to(page, page.get_by_label("Hometown"))
    page.keyboard.type("Bergen")
    go(button, "Save and continue")

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile(r"^Error: Contact"))
    go(link, "Phone: Write a phone number we can reach you at")
    expect(page.get_by_label("Phone", exact=True)).to_be_focused()
    page.keyboard.type("+1 202 555 0100")
    go(button, "Save and continue")

    expect(summary).to_be_focused()
    expect(page.get_by_label("Hometown")).to_have_value("Bergen")
    expect(page.get_by_label("Phone", exact=True)).to_have_value("+1 202 555 0100")
    expect(summary.get_by_role(link, name=re.compile("^Phone"))).to_have_count(0)


def test_applicant_sends_by_keyboard_alone(page: Page, enter, open_round: RecruitmentRound):
    application = make_application(round_=open_round)
    enter(make_user())

    page.goto(f"/applications/{application.key}/")
    tab_to(page, page.get_by_role("link", name="Check your answers"))
    page.keyboard.press("Enter")
    be_at(page, "Check your answers")
    tab_to(page, page.get_by_role("button", name="Send my application"))
    page.keyboard.press("Enter")

    be_at(page, "We have your application.")
