"""The desk: whoever may make a move makes it, and the applicant reads the new state."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from applications.domain import access
from applications.domain.roles import ensure_roles
from applications.models import Application, Status
from jetportal.accounts.models import User
from positions.models import RecruitmentRound
from tests.applicants import make_application, make_staff, make_user
from tests.browser.ways import be_at, follow, press, sign_in
from tests.jetportal.accounts.people import app_code, give_app
from tests.smtp import MailReceiver

pytestmark = pytest.mark.django_db(transaction=True)

DESK = "/admin/applications/application/"


@pytest.fixture
def applicant(browser: Browser, browser_context_args: dict, enter_in) -> Page:
    """The applicant's own browser, beside that of the staff."""
    context = browser.new_context(**browser_context_args)
    enter_in(context, make_user())
    yield context.new_page()
    context.close()


def make_colleague(email: str, group: str, consulate: str | None = None) -> User:
    ensure_roles()
    colleague = make_staff(email, group, consulate=consulate)
    give_app(colleague)
    return colleague


def come_to_the_desk(page: Page, mailbox: MailReceiver, colleague: User) -> None:
    page.goto(DESK)
    sign_in(page, mailbox, email=colleague.email)
    be_at(page, "The second step")
    page.get_by_label("Code", exact=True).fill(app_code())
    press(page, "Sign in")
    expect(page).to_have_url(re.compile(f"{DESK}$"))


def move(page: Page, application: Application, button: str, preview: str) -> None:
    """Open the application from the list, choose a move, and make it from its preview."""
    follow(page, application.reference_shown)
    be_at(page, application.reference_shown)
    follow(page, button)
    be_at(page, preview)
    press(page, preview)
    be_at(page, application.reference_shown)


def read_receipt(page: Page, application: Application, headline: str) -> None:
    page.goto(f"/applications/{application.key}/receipt/")
    be_at(page, headline)


def test_program_office_moves_an_application_into_screening(
    page: Page, applicant: Page, mailbox: MailReceiver, open_round: RecruitmentRound
):
    office = make_colleague("office@example.org", access.PROGRAM_OFFICE)
    application = make_application(round_=open_round, status=Status.SUBMITTED)
    read_receipt(applicant, application, "We have your application.")

    come_to_the_desk(page, mailbox, office)
    move(
        page,
        application,
        "Move to in screening",
        f"Move {application.reference_shown} to in screening",
    )

    read_receipt(applicant, application, "Your application is in screening.")
    assert application.history.latest("pk").by == office


def test_coordinator_of_the_consulate_records_the_interview(
    page: Page, applicant: Page, mailbox: MailReceiver, open_round: RecruitmentRound
):
    coordinator = make_colleague("ny@example.org", access.COORDINATORS, consulate="new-york")
    application = make_application(round_=open_round, status=Status.INTERVIEW_CONFIRMED)
    elsewhere = make_application(
        round_=open_round,
        applicant=make_user("joel@example.org"),
        consulate="denver",
        status=Status.INTERVIEW_CONFIRMED,
    )
    read_receipt(applicant, application, "Your interview is confirmed.")

    come_to_the_desk(page, mailbox, coordinator)
    expect(page.get_by_text(elsewhere.reference_shown)).to_have_count(0)
    move(
        page,
        application,
        "Mark interviewed",
        f"Move {application.reference_shown} to interviewed",
    )

    read_receipt(applicant, application, "You were interviewed.")
    assert application.history.latest("pk").by == coordinator
