"""From the first page to the confirmation in the mailbox: whoever applies, and however.

Six ways meet every pair of position type, script or none, mouse or keyboard, and width;
`./run test --deep` walks all of them.
"""

import re
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from applications.models import Application, Status
from jetportal.mail.models import MailState, OutgoingMail
from positions.deadlines import in_words, zone_named
from positions.models import PositionCode, RecruitmentRound
from tests.applicants import make_application, make_user
from tests.browser.hands import Hands, Keyboard
from tests.browser.inspecting import Inspector
from tests.browser.journeys import JOURNEYS, Journey
from tests.browser.ways import EMAIL, be_at, newest_mail, sign_in
from tests.factories import make_round
from tests.services import wait_until
from tests.smtp import MailReceiver

pytestmark = pytest.mark.django_db(transaction=True)

NEW_YORK = "America/New_York"
ALT, CIR, SEA = PositionCode
PHONE, DESK = 360, 1280
PAIRS = {  # every pair of two of the four is here
    (ALT, "script", "mouse", PHONE),
    (ALT, "no-script", "keys", DESK),
    (CIR, "script", "keys", DESK),
    (CIR, "no-script", "mouse", PHONE),
    (SEA, "script", "keys", PHONE),
    (SEA, "no-script", "mouse", DESK),
}
EVERY_WAY = list(product(PositionCode, ("script", "no-script"), ("mouse", "keys"), (PHONE, DESK)))


def one_way(position: str, script: str, hand: str, width: int):
    context = {"viewport": {"width": width, "height": 800}}
    if script == "script":
        context |= {"timezone_id": NEW_YORK, "color_scheme": SCHEMES[position]}
    else:
        context |= {"java_script_enabled": False}
    marks = [pytest.mark.browser_context_args(**context)]
    if (position, script, hand, width) not in PAIRS:
        marks.append(pytest.mark.deep)
    name = f"{position}-{script}-{hand}-{width}"
    return pytest.param(JOURNEYS[position], script == "script", hand, width, marks=marks, id=name)


SCHEMES = {ALT: "dark", CIR: "light", SEA: "light"}


def watched(hands: Hands, inspector: Inspector) -> Hands:
    """Let axe and the content policy judge every page that these hands arrive at, as they first do.

    The way leads past the task list, and back to a section after its entries, again and again.
    """
    arrive = hands.arrive
    seen: set[str] = set()

    def arrive_and_look(title: str) -> None:
        be_at(hands.page, title)
        if title not in seen:
            inspector.look(title)
        seen.add(title)
        arrive(title)

    hands.arrive = arrive_and_look
    return hands


def begin(hands: Hands, mailbox: MailReceiver, journey: Journey, round_: RecruitmentRound) -> None:
    """Go from the first page by the position to its open round, sign in, and start."""
    hands.page.goto("/")
    hands.arrive("Teach, interpret or coach in Japan.")
    hands.follow(journey.name)
    hands.arrive(journey.name)
    hands.follow(round_.title)
    hands.arrive(round_.title)
    hands.follow("Apply for this round")
    hands.arrive("Sign in")
    sign_in(hands.page, mailbox)
    hands.arrive("Start your application")
    hands.press("Start my application")
    hands.arrive("Your application")
    hands.follow("Position")


def be_confirmed(page: Page, mailbox: MailReceiver, *, zone: str) -> None:
    """Read on the page and in one mail what arrived, and when."""
    sent = Application.objects.get(status=Status.SUBMITTED, applicant__email=EMAIL)
    expect(page.get_by_text(sent.reference_shown, exact=True)).to_be_visible()
    mail = newest_mail(mailbox, sent.reference_shown)
    told = [sent.reference_shown, in_words(sent.submitted_at)]
    told.append(in_words(sent.submitted_at, zone_named(zone)))
    assert [words for words in told if words not in mail] == []
    delivered = OutgoingMail.objects.filter(
        key=f"confirmation:{sent.pk}", state=MailState.SENT, attempts=1
    )
    wait_until(delivered.exists, "the confirmation to be marked as sent")
    assert sum(sent.reference_shown in mail["Subject"] for mail in mailbox.to(EMAIL)) == 1


@pytest.mark.parametrize(
    ("journey", "script", "hand", "width"), [one_way(*way) for way in EVERY_WAY]
)
def test_applicant_reads_applies_sends_and_is_confirmed_once(
    page: Page,
    mailbox: MailReceiver,
    open_round: RecruitmentRound,
    tmp_path: Path,
    journey: Journey,
    script: bool,
    hand: str,
    width: int,
):
    annual = make_round(slug="annual-next", closes_at=open_round.closes_at)
    round_ = open_round if journey.position == SEA else annual
    hands = {"mouse": Hands, "keys": Keyboard}[hand](page)
    found: list[str] = []
    if script:
        inspector = Inspector(page, looks=[(width, SCHEMES[journey.position])])
        found = inspector.found
        watched(hands, inspector)

    begin(hands, mailbox, journey, round_)
    journey.walk(hands, tmp_path)
    hands.arrive("Check your answers")
    told = page.locator("main").inner_text()
    assert [text for text in hands.written if text not in told] == []
    hands.press("Send my application")
    hands.arrive("We have your application.")

    be_confirmed(page, mailbox, zone=NEW_YORK)  # without a script: the interview's own
    assert found == []


def test_applicant_mends_errors_by_keyboard_alone(page: Page, enter, open_round: RecruitmentRound):
    enter(make_user())
    draft = make_application(round_=open_round, filled=False)
    hands = Keyboard(page)
    page.goto(f"/applications/{draft.key}/contact/")
    hands.arrive("Contact")
    hands.write({"Hometown": "Bergen"})
    hands.press("Save and continue")

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile(r"^Error: Contact"))
    hands.follow("Phone: Write a phone number we can reach you at")
    expect(page.get_by_label("Phone", exact=True)).to_be_focused()
    page.keyboard.type("+1 202 555 0100")
    hands.press("Save and continue")

    expect(summary).to_be_focused()
    expect(page.get_by_label("Hometown")).to_have_value("Bergen")
    expect(page.get_by_label("Phone", exact=True)).to_have_value("+1 202 555 0100")
    expect(summary.get_by_role("link", name=re.compile("^Phone"))).to_have_count(0)
