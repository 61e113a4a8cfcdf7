"""Every page by axe (WCAG 2.2 AA and best practice), by the content policy, and by its width."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from applications.domain import access, corrections
from applications.domain.outcomes import results
from applications.domain.roles import ensure_roles
from applications.models import Application, CorrectionRequest, ReplyForm, Status
from positions.domain.watch_links import Purpose, token
from positions.models import RecruitmentRound
from tests.applicants import make_application, make_staff, make_user
from tests.browser.inspecting import Inspector
from tests.browser.ways import be_at, press
from tests.factories import make_round
from tests.positions.watching import make_watch
from tests.processes import WebServer

pytestmark = pytest.mark.django_db(transaction=True)

FILES = "/admin/applications/application/"
RESULTS = "/admin/applications/resultbatch/"
ROUNDS = "/admin/positions/recruitmentround/"
GRANTS = "/admin/applications/lategrant/"
HTML = "text/html"


def test_inspector_sees_what_is_wrong(page: Page):
    body = """<!doctype html><title>Bad</title><body style="color: red">
        <main><h1>Bad</h1><p class="pale">Pale</p><pre>%s</pre></main>
        <link rel="stylesheet" href="/bad.css">""" % ("wide" * 99)
    css = ".pale { color: #ddd; background: #fff; }"
    policy = {"Content-Security-Policy": "default-src 'self'"}
    page.route("**/bad/", lambda route: route.fulfill(body=body, headers=policy, content_type=HTML))
    page.route("**/bad.css", lambda route: route.fulfill(body=css, content_type="text/css"))
    inspector = Inspector(page)

    inspector.visit("/bad/")

    seen = "\n".join(inspector.found)
    expected = ["style-src-attr", "html-has-lang", "light: color-contrast", "wider than 320 px"]
    assert [name for name in expected if name not in seen] == []


def test_public_pages(inspector: Inspector, open_round: RecruitmentRound):
    now = datetime.now(UTC)
    opens, closes = now + timedelta(days=9), open_round.closes_at + timedelta(weeks=9)
    make_round(slug="annual-next", opens_at=opens, closes_at=closes)
    inspector.visit(
        "/",
        "/positions/",
        "/positions/alt/",
        "/positions/cir/",
        "/positions/sea/",
        "/rounds/",
        "/rounds/?state=past&position=cir",
        "/rounds/?sport=nonsense",
        "/api/",
        "/rounds/sea-2024-summer/",
        f"/rounds/{open_round.slug}/?zone=Asia/Tokyo",
        f"/rounds/{open_round.slug}/questions/",
        f"/rounds/{open_round.slug}/eligibility/",
        "/rounds/annual-next/",
        "/deadlines/",
        "/accessibility/",
        "/privacy/",
    )


def test_home_with_nothing_open(inspector: Inspector, catalogue: None):
    inspector.visit("/", "/positions/sea/")


def test_pages_of_watching(inspector: Inspector, page: Page, catalogue: None):
    now = datetime.now(UTC)
    waiting = make_watch(confirmed_at=None)
    running = make_watch(sport="Judo", confirmed_at=now)
    links = [
        f"/watch/{purpose}/{token(watch, purpose)}/"
        for watch, purpose in (
            (waiting, Purpose.CONFIRM),
            (running, Purpose.CONFIRM),
            (running, Purpose.RENEW),
            (running, Purpose.STOP),
        )
    ]
    inspector.visit(f"/watch/renew/{token(waiting, Purpose.RENEW)}/", status=410)
    inspector.visit("/watch/?about=annual", "/watch/sent/", *links)
    press(page, "Stop all of them")
    be_at(page, "Stopped")
    inspector.look("stopped")
    page.goto("/watch/")
    press(page, "Send me the link")
    expect(page.get_by_text("Write your e-mail address.").first).to_be_visible()
    inspector.look("watch with errors")


def test_error_pages(
    inspector: Inspector, page: Page, context: BrowserContext, enter, open_round: RecruitmentRound
):
    enter(make_user())
    application = make_application(round_=open_round, filled=False)
    inspector.visit("/no-such-page/", status=404)

    page.goto(f"/applications/{application.key}/contact/")
    page.get_by_label("Hometown").fill("Bergen")
    context.clear_cookies(name="csrftoken")
    press(page, "Save and continue")
    be_at(page, "We could not tell that this came from you")
    inspector.look("403")


def test_page_for_what_is_too_large(
    inspector: Inspector, page: Page, context: BrowserContext, open_round: RecruitmentRound
):
    """By the real server, which ends the connection before all of it has come."""
    application = make_application(round_=open_round, filled=False)
    client = Client()
    client.force_login(application.applicant)
    name = settings.SESSION_COOKIE_NAME
    with WebServer() as server:
        cookie = {"name": name, "value": client.cookies[name].value, "url": server.url}
        context.add_cookies([cookie])
        page.goto(f"{server.url}/applications/{application.key}/purpose/")
        field = page.get_by_label("Statement of Purpose")
        field.evaluate("field => field.value = 'a'.repeat(5e6)")

        press(page, "Save and continue")

        be_at(page, "This is too large to take")
        inspector.look("413")


def test_pages_of_a_draft(
    inspector: Inspector, page: Page, enter, open_round: RecruitmentRound, tmp_path
):
    enter(make_user())
    inspector.visit("/applications/", f"/applications/start/{open_round.slug}/")
    see_a_copy(inspector, page, make_round(slug="sea-2032-summer", closes_at=open_round.closes_at))
    draft = make_application(round_=open_round, filled=False)
    inspector.visit(own(draft), own(draft, "check/"), own(draft, "location/"))
    see_the_eligibility_check(inspector, page, draft)
    for section in ("identity", "household", "employment", "coaching", "purpose"):
        page.goto(own(draft, f"{section}/"))
        press(page, "Save and continue")
        expect(page.get_by_role("alert")).to_be_visible()
        inspector.look(f"{section} with errors")
    inspector.visit(own(draft, "documents/"))
    no_pdf = tmp_path / "passport.pdf"
    no_pdf.write_bytes(b"a letter")
    page.get_by_label("Choose a PDF for Proof of citizenship").set_input_files(no_pdf)
    press(page, "Add the file for Proof of citizenship")
    expect(page.get_by_role("alert")).to_be_visible()
    inspector.look("refused document")


def see_a_copy(inspector: Inspector, page: Page, earlier: RecruitmentRound) -> None:
    make_application(round_=earlier)
    later = make_round(slug="sea-2033-summer", closes_at=earlier.closes_at)
    inspector.visit(f"/applications/start/{later.slug}/")
    press(page, "Start from my earlier application")
    be_at(page, "Your application")
    inspector.look("copied tasks")
    page.get_by_role("link", name="Contact", exact=True).first.click()
    expect(page.get_by_text("This comes from your earlier application")).to_be_visible()
    inspector.look("copied section")


def see_the_eligibility_check(inspector: Inspector, page: Page, draft: Application) -> None:
    page.goto(own(draft, "eligibility/"))
    press(page, "Check")
    expect(page.get_by_role("alert")).to_be_visible()
    inspector.look("eligibility with errors")
    for question in page.get_by_role("group").all():
        question.get_by_role("radio").last.check()
    press(page, "Check")
    expect(page.get_by_role("heading", name="Rule by rule")).to_be_visible()
    inspector.look("eligibility with a result")


def test_pages_of_a_complete_draft(
    inspector: Inspector, page: Page, enter, open_round: RecruitmentRound
):
    enter(make_user())
    draft = make_application(round_=open_round)
    for section, field, value in (
        ("abroad", "Days you have spent in Japan", "2190"),
        ("declarations", "Your full name", "A. Moreno"),
    ):
        page.goto(own(draft, f"{section}/"))
        page.get_by_label(field).fill(value)
        press(page, "Save and continue")
        expect(page.get_by_text("Check this:")).to_be_visible()
        inspector.look(f"{section} with a warning")
    inspector.visit(
        own(draft, "identity/"),
        own(draft, "coaching/"),
        own(draft, "coaching/experience/add/"),
        own(draft, "languages/languages/00000001/"),
        own(draft, "education/"),
        own(draft, "purpose/preview/"),
        own(draft, "coaching/qualifications/00000001/"),
        own(draft, "coaching/qualifications/00000001/remove/"),
        own(draft, "documents/"),
        own(draft, f"documents/{draft.documents.all()[0].key}/remove/"),
        own(draft, f"documents/{draft.documents.all()[0].key}/replace/"),
        own(draft, "discard/"),
        own(draft, "check/"),
    )

    RecruitmentRound.objects.filter(pk=open_round.pk).update(closes_at=datetime.now(UTC))
    press(page, "Send my application")
    be_at(page, "It came too late. We have kept it.")
    inspector.look("late")
    inspector.visit(own(draft), f"/applications/start/{open_round.slug}/")


def test_pages_of_what_was_sent(inspector: Inspector, enter, open_round: RecruitmentRound):
    enter(make_user())
    sent = make_application(round_=open_round, status=Status.SUBMITTED)
    offered = make_application(
        round_=make_round(slug="sea-2026-summer"), status=Status.INTERVIEW_OFFERED
    )
    withdrawn = make_application(round_=make_round(slug="annual-2026"), status=Status.WITHDRAWN)
    inspector.visit(
        "/applications/",
        own(sent, "receipt/"),
        own(sent, "withdraw/"),
        own(offered, "receipt/"),
        own(withdrawn, "receipt/"),
    )


def test_pages_of_results_and_answers(
    inspector: Inspector, page: Page, enter, open_round: RecruitmentRound
):
    enter(make_user())
    offered = make_application(round_=open_round, status=Status.SHORT_LISTED)
    alternate = make_application(round_=make_round(slug="sea-2026-summer"), status=Status.ALTERNATE)
    ReplyForm.objects.filter(application=alternate).update(
        until_at=datetime.now(UTC) + timedelta(days=3)
    )
    inspector.visit(
        own(offered, "receipt/"),
        own(offered, "reply/"),
        own(alternate, "receipt/"),
        own(alternate, "reply/"),
    )
    press(page, "Send my answer")
    expect(page.get_by_role("alert")).to_be_visible()
    inspector.look("answer with an error")
    page.goto(own(offered, "reply/"))
    page.get_by_label("I accept the offer").check()
    press(page, "Send my answer")
    be_at(page, "Answer the offer")
    inspector.look("late answer")


def ask_to_correct(application: Application, section: str, *, grant: bool) -> CorrectionRequest:
    now = datetime.now(UTC)
    asked = corrections.ask(
        application.key, section, reason="A slip.", by=application.applicant, at=now
    )
    if grant:
        office = make_staff("office@example.org", access.PROGRAM_OFFICE)
        corrections.grant(asked.pk, hours=24, by=office, at=now)
    return asked


def test_pages_of_changes_after_sending(
    inspector: Inspector, page: Page, enter, open_round: RecruitmentRound
):
    enter(make_user())
    sent = make_application(round_=open_round, status=Status.SUBMITTED)
    ask_to_correct(sent, "coaching", grant=True)
    ask_to_correct(sent, "identity", grant=False)
    inspector.visit(
        own(sent, "receipt/"),
        own(sent, "answers/"),
        own(sent, "change-contact/"),
        own(sent, "correct/"),
        own(sent, "correct/coaching/"),
    )
    page.get_by_label("Issuing body").first.fill("")
    press(page, "Save the correction")
    expect(page.get_by_role("alert")).to_be_visible()
    inspector.look("correction with errors")
    page.goto(own(sent, "change-contact/"))
    page.get_by_label("Phone").fill("12")
    press(page, "Save")
    expect(page.get_by_role("alert")).to_be_visible()
    inspector.look("contact with errors")
    page.get_by_label("Phone").fill("+1 808 555 0199")
    press(page, "Save")
    be_at(page, "We have your application.")


def test_pages_of_checking_a_receipt(
    inspector: Inspector, page: Page, enter, open_round: RecruitmentRound
):
    sent = make_application(round_=open_round, status=Status.SUBMITTED)
    inspector.visit("/verify/")
    press(page, "Check")
    expect(page.get_by_role("alert")).to_be_visible()
    inspector.look("check with errors")
    page.get_by_label("Reference number").fill(sent.reference_shown)
    page.get_by_label("Fingerprint").fill(sent.frozen.digest)
    press(page, "Check")
    expect(page.get_by_role("status").filter(has_text="Valid")).to_be_visible()
    inspector.look("valid")


def test_account_pages(
    inspector: Inspector, page: Page, context: BrowserContext, catalogue: None, enter
):
    inspector.visit("/accounts/login/")
    press(page, "Send me a code")
    expect(page.get_by_role("alert")).to_be_visible()
    inspector.look("sign in with an error")
    page.get_by_label("Your e-mail address").fill("ana.lm@example.org")
    press(page, "Send me a code")
    be_at(page, "Enter your code")
    inspector.look("code")

    enter(make_user())
    inspector.visit("/accounts/", "/accounts/second-factor/app/", "/accounts/logout/")


@pytest.fixture
def at_the_desk(enter, settings) -> Callable[[str], None]:
    """Sign somebody of a group in at the desk."""
    settings.DEMO = True  # no second factor here
    ensure_roles()
    return lambda group: enter(make_staff("staff@example.org", group))


def test_desk_of_applications(inspector: Inspector, at_the_desk, open_round: RecruitmentRound):
    at_the_desk(access.PROGRAM_OFFICE)
    inspector.visit("/admin/", FILES)
    sent = make_application(round_=open_round, status=Status.SUBMITTED)
    Application.objects.update(reference="WMWMWMWMW")  # none is wider
    asked = ask_to_correct(sent, "purpose", grant=False)
    inspector.visit(
        FILES,
        f"{FILES}?round={open_round.slug}",
        f"{FILES}{sent.pk}/change/",
        f"{FILES}{sent.pk}/move/{Status.IN_SCREENING}/",
        f"{FILES}{sent.pk}/move/{Status.INELIGIBLE}/",
        f"{FILES}{sent.pk}/correction/{asked.pk}/",
        f"{FILES}move/{Status.IN_SCREENING}/?pk={sent.pk}",
    )


def test_desk_of_results(inspector: Inspector, at_the_desk, open_round: RecruitmentRound):
    at_the_desk(access.PROGRAM_OFFICE)
    people = [make_user(f"{name}@example.org") for name in ("rosa", "joel", "ana", "luca")]
    offered, alternate, third, waiting = (
        make_application(round_=open_round, applicant=person, status=status)
        for person, status in zip(
            people,
            (Status.SHORT_LISTED, Status.ALTERNATE, Status.INTERVIEWED, Status.INTERVIEWED),
            strict=True,
        )
    )
    office = make_staff("office@example.org", access.PROGRAM_OFFICE)
    now = datetime.now(UTC)
    decision = results.record(third.pk, Status.ALTERNATE, by=office, at=now)
    make_round(slug="annual-next", closes_at=open_round.closes_at)
    inspector.visit(
        RESULTS,
        f"{RESULTS}{decision.batch.pk}/change/",
        f"{RESULTS}seats/{open_round.slug}/",
        f"{RESULTS}seats/annual-next/",
        f"{FILES}{waiting.pk}/move/{Status.SHORT_LISTED}/",
        f"{FILES}{alternate.pk}/move/{Status.SHORT_LISTED}/",
    )
    results.ask(decision.batch_id, release=None, reply_by=None, by=office, at=now)
    inspector.visit(f"{RESULTS}{decision.batch.pk}/change/")
    assert offered.status == Status.SHORT_LISTED


def test_desk_of_rounds(inspector: Inspector, at_the_desk, open_round: RecruitmentRound):
    at_the_desk(access.ADMINISTRATORS)
    make_watch(confirmed_at=datetime.now(UTC))
    draft = make_round(slug="sea-2031-summer", opens_at=None, published_at=None)
    inspector.visit(
        ROUNDS,
        f"{ROUNDS}add/",
        f"{ROUNDS}{draft.pk}/change/",
        f"{ROUNDS}{draft.pk}/publish/",
        f"{ROUNDS}{draft.pk}/preview/",
        f"{ROUNDS}{open_round.pk}/change/",
        f"{ROUNDS}{open_round.pk}/extend/",
        f"{ROUNDS}{open_round.pk}/cancel/",
        f"{ROUNDS}{open_round.pk}/announce/",
        f"/admin/applications/formsettings/{open_round.pk}/rules/",
        "/admin/positions/watch/",
        "/admin/positions/positiontype/",
        "/admin/positions/positiontype/CIR/change/",
        "/admin/accounts/user/",
        "/admin/mail/outgoingmail/",
        "/admin/status/",
    )


def test_desk_of_late_grants(
    inspector: Inspector, page: Page, at_the_desk, open_round: RecruitmentRound
):
    at_the_desk(access.PROGRAM_OFFICE)
    make_user()
    inspector.visit(GRANTS, f"{GRANTS}add/")
    press(page, "Check the late grant")
    expect(page.get_by_text("Fill this in.").first).to_be_visible()
    inspector.look("late grant with errors")
    later = open_round.closes_at + timedelta(days=3)
    page.get_by_label("E-mail address of the account").fill("ana.lm@example.org")
    page.get_by_label("Round").select_option(open_round.slug)
    page.get_by_label("Until, date").fill(f"{later:%Y-%m-%d}")
    page.get_by_label("Reason").fill("A storm in Ohio")
    press(page, "Check the late grant")
    be_at(page, "Check the late grant")
    inspector.look("late grant read back")
    press(page, "Ask for this late grant")
    be_at(page, "Late grant for ana.lm@example.org")
    inspector.look("late grant that waits")
    inspector.visit(GRANTS)


def own(application: Application, page: str = "") -> str:
    return f"/applications/{application.key}/{page}"
