"""From submitted to accepted: results are recorded, released by two, answered; a place goes on.

The worker of the portal carries the releases out and delivers every mail.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from applications.domain import access
from applications.domain.roles import ensure_roles
from applications.models import Application, ResultBatch, Stage, Status
from jetportal.accounts.models import User
from jetportal.celery import app
from jetportal.mail.models import MailState, OutgoingMail
from positions.models import RecruitmentRound
from tests.applicants import make_application, make_staff, make_user
from tests.browser.ways import be_at, choose, follow, press
from tests.services import wait_until
from tests.smtp import MailReceiver

pytestmark = pytest.mark.django_db(transaction=True)

FILES = "/admin/applications/application/"
BATCHES = "/admin/applications/resultbatch/"

Enter = Callable[[User], Page]


@pytest.fixture
def browser_of(browser: Browser, browser_context_args: dict, enter_in, settings) -> Enter:
    """Return a function that gives somebody a browser of their own, signed in."""
    settings.DEMO = True  # no second factor here
    ensure_roles()
    contexts = []

    def of(user: User) -> Page:
        context = browser.new_context(**browser_context_args)
        contexts.append(context)
        enter_in(context, user)
        return context.new_page()

    yield of
    for context in contexts:
        context.close()


def decide(desk: Page, application: Application, button: str, preview: str) -> None:
    """Make a move, or record a result, from the page of the application."""
    desk.goto(f"{FILES}{application.pk}/change/")
    follow(desk, button)
    title = preview.format(application.reference_shown)
    be_at(desk, title)
    press(desk, title)
    be_at(desk, application.reference_shown)


def release_by_two(first: Page, second: Page, stage: Stage) -> None:
    """Ask and approve; the worker carries it out, told at once or, at the latest, by the clock."""
    batch = ResultBatch.objects.get(stage=stage, finished_at=None)
    first.goto(f"{BATCHES}{batch.pk}/change/")
    expect(first.get_by_text("Gone another way since: 0")).to_be_visible()
    press(first, "Ask for the release")
    expect(first.get_by_text("Somebody else of the program office approves it")).to_be_visible()
    second.goto(f"{BATCHES}{batch.pk}/change/")
    press(second, "Approve this release")
    expect(second.get_by_text("What became of it")).to_be_visible()
    app.send_task("applications.tasks.carry_out_results")  # as the clock does
    done = ResultBatch.objects.filter(pk=batch.pk, finished_at__isnull=False)
    wait_until(done.exists, "the worker to carry the release out", seconds=30)


def read(page: Page, application: Application, headline: str) -> None:
    page.goto(f"/applications/{application.key}/receipt/")
    be_at(page, headline)


def reply(page: Page, application: Application, link: str, answer: str, headline: str) -> None:
    page.goto(f"/applications/{application.key}/receipt/")
    follow(page, link)
    choose(page, "Your answer", answer)
    press(page, "Send my answer")
    be_at(page, headline)


def received(mailbox: MailReceiver, email: str, *, number: int) -> list[str]:
    """Wait for this many mails to somebody; list the kinds of all that came, in their order."""
    app.send_task("jetportal.mail.tasks.deliver_due")  # as the clock does
    wait_until(lambda: len(mailbox.to(email)) >= number, f"{number} mails to {email}", seconds=60)
    wait_until(
        lambda: not OutgoingMail.objects.filter(recipient=email, state=MailState.QUEUED).exists(),
        f"every mail to {email} to leave",
        seconds=60,
    )
    rows = OutgoingMail.objects.order_by("pk").values_list("message_id", "kind")
    places = {message_id: (place, kind) for place, (message_id, kind) in enumerate(rows)}
    return [kind for _place, kind in sorted(places[m["Message-ID"]] for m in mailbox.to(email))]


def test_application_comes_from_submitted_to_accepted_and_a_place_goes_to_an_alternate(
    browser_of: Enter, open_round: RecruitmentRound, mailbox: MailReceiver
):
    people = {name: make_user(f"{name}@example.org") for name in ("ana", "rosa", "joel")}
    rosa, joel = (
        make_application(round_=open_round, applicant=people[name], status=Status.INTERVIEWED)
        for name in ("rosa", "joel")
    )
    ana = make_application(round_=open_round, applicant=people["ana"], status=Status.SUBMITTED)
    office = browser_of(make_staff("office@example.org", access.PROGRAM_OFFICE))
    second = browser_of(make_staff("second@example.org", access.PROGRAM_OFFICE))
    consulate = browser_of(make_staff("ny@example.org", access.COORDINATORS, consulate="new-york"))
    applicant = browser_of(people["ana"])

    decide(office, ana, "Move to in screening", "Move {} to in screening")
    decide(office, ana, "Offer an interview", "Record {}: interview offered")
    read(applicant, ana, "Your application is in screening.")
    release_by_two(office, second, Stage.INTERVIEW)
    read(applicant, ana, "You are invited to an interview.")
    press(applicant, "Confirm my interview")
    be_at(applicant, "Your interview is confirmed.")
    decide(consulate, ana, "Mark interviewed", "Move {} to interviewed")
    decide(office, ana, "Short-list", "Record {}: short-listed")
    decide(office, rosa, "Short-list", "Record {}: short-listed")
    decide(office, joel, "Make alternate", "Record {}: alternate")
    read(applicant, ana, "You were interviewed.")
    release_by_two(office, second, Stage.FINAL)
    reply(applicant, ana, "Answer the offer", "I accept the offer", "You accepted the offer.")
    of_rosa, of_joel = browser_of(people["rosa"]), browser_of(people["joel"])
    reply(of_rosa, rosa, "Answer the offer", "I decline the offer", "You declined the offer.")
    reply(
        of_joel,
        joel,
        "Stay on the list, or leave it",
        "I stay on the alternate list",
        "Your place on the alternate list is kept.",
    )
    office.goto(f"{BATCHES}seats/{open_round.slug}/")
    follow(office, f"Upgrade {joel.reference_shown}")
    press(office, f"Move {joel.reference_shown} to short-listed")
    be_at(office, joel.reference_shown)
    reply(of_joel, joel, "Answer the offer", "I accept the offer", "You accepted the offer.")

    statuses = Application.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["declined", "accepted", "accepted"]
    table = {
        "ana": ["short_listed", "reply_received"],
        "rosa": ["short_listed", "reply_received"],
        "joel": ["alternate", "reply_received", "upgraded", "reply_received"],
    }
    invited = ["confirmation", "interview_offered", "reply_received"]
    for name, kinds in table.items():
        expected = [*invited, *kinds]
        assert received(mailbox, f"{name}@example.org", number=len(expected)) == expected
