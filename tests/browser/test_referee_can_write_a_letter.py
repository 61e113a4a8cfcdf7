"""A letter of reference, from the applicant's wish to the receipt: two people, two browsers."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pypdf import PdfReader
from pytest_django.live_server_helper import LiveServer

from applications.models import Application, Reference, ReferenceDraft
from jetportal.mail.models import MailState, OutgoingMail
from positions.models import RecruitmentRound
from tests.applicants import pdf
from tests.browser.inspecting import Inspector
from tests.browser.ways import be_at, follow, newest_mail, press, tab_to
from tests.letters import ITO, LETTER, RefereeBrowser, named_draft
from tests.referees import ask, token_of
from tests.services import wait_until
from tests.smtp import MailReceiver

pytestmark = pytest.mark.django_db(transaction=True)

MARKS = ("自信をもって推薦", "アーチェリークラブで指導", "特に優れている")
KNOWN = "2019年からアーチェリークラブで指導しております。"
GOOD = {"信頼性・責任感": "特に優れている", "協調性": "優れている"}


@pytest.fixture
def draft(open_round: RecruitmentRound) -> Application:
    return named_draft()


@pytest.fixture(autouse=True)
def delivered(transactional_db: None, mailbox: MailReceiver) -> Iterator[None]:
    """Let the worker finish with the rows of a test before they are deleted."""
    yield
    queued = OutgoingMail.objects.filter(state=MailState.QUEUED)
    wait_until(lambda: not queued.exists(), "all mail to be delivered", seconds=30)


@pytest.fixture
def referee(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """Another browser, of somebody in Japan who reads Japanese and has no account."""
    context: BrowserContext = browser.new_context(
        base_url=live_server.url,
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
        reduced_motion="reduce",
    )
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def link_in(mail: str) -> str:
    found = re.search(r"https?://[^/\s]+(/references/[\w-]+/)", mail)
    assert found, mail
    return found[1]


def rate(page: Page) -> None:
    for group in page.locator(".ratings").get_by_role("group").all():
        label = group.locator("legend").inner_text().strip()
        group.get_by_label(GOOD.get(label, "良い"), exact=True).check()
    page.get_by_role("group", name="推薦の程度").get_by_label("強く推薦します").check()


def test_applicant_asks_and_the_referee_answers_in_japanese(
    page: Page, referee: Page, enter, mailbox: MailReceiver, draft: Application
):
    enter(draft.applicant)
    page.goto(f"/applications/{draft.key}/references/")
    be_at(page, "References")
    follow(page, "Add a referee")
    page.get_by_label(re.compile("^Professional")).check()
    for label, words in {
        "Name": ITO.name,
        "Organization": ITO.organization,
        "How they know you": ITO.relation,
        "E-mail address": ITO.email,
    }.items():
        page.get_by_label(label, exact=True).fill(words)
    press(page, "Save")
    be_at(page, "References")
    page.get_by_role("button", name=re.compile("^Send the request")).click()
    expect(page.get_by_text("Sent", exact=True)).to_be_visible()

    referee.goto(link_in(newest_mail(mailbox, "", to=ITO.email)))
    expect(referee.locator("html")).to_have_attribute("lang", "ja")
    be_at(referee, "Ana Lindqvist-Morenoさんの推薦状をお願いいたします")
    expect(
        referee.get_by_role("row", name=re.compile("お使いの端末の時刻.*日本標準時"))
    ).to_be_visible()
    press(referee, "記入を始める")
    be_at(referee, "推薦状の記入")
    referee.get_by_label("応募者とのご関係").fill(KNOWN)
    rate(referee)
    referee.get_by_label("推薦状", exact=True).fill(LETTER)
    press(referee, "保存して内容を確認する")
    be_at(referee, "内容をご確認のうえ、送信してください")
    expect(referee.get_by_text(KNOWN)).to_be_visible()
    press(referee, "推薦状を送信する")
    be_at(referee, "推薦状を受け付けました。ありがとうございます。")

    page.reload()
    expect(page.get_by_text("Received", exact=True)).to_be_visible()
    newest_mail(mailbox, "", to=draft.applicant.email)
    wait_until(lambda: len(mailbox.to(ITO.email)) > 1, "the thanks to the referee")
    assert Reference.objects.get().language == "ja"
    assert words_met(draft) == {}
    referee.goto(f"/references/{token_of(Reference.objects.get().request)}/")
    be_at(referee, "このリンクはご利用いただけません")


def words_met(application: Application) -> dict[str, list[str]]:
    """Return which words of the letter the applicant meets, by page, file or mail."""
    client = Client()
    client.force_login(application.applicant)
    home = f"/applications/{application.key}/"
    paths = ["/applications/", home, *(home + end for end in ("references/", "check/", "copy/"))]
    shown = {path: readable(client.get(path)) for path in paths}
    mails = OutgoingMail.objects.exclude(recipient=ITO.email)
    shown |= {mail.key: f"{mail.subject}{mail.text}{mail.html}" for mail in mails}
    found = {name: [mark for mark in MARKS if mark in text] for name, text in shown.items()}
    return {name: marks for name, marks in found.items() if marks}


def readable(response: HttpResponse) -> str:
    """Return the words of a page or of a PDF."""
    content = getattr(response, "content", b"") or b"".join(response)
    if content.startswith(b"%PDF-"):
        return "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return content.decode()


def test_referee_writes_by_keyboard_returns_and_chooses_the_language(
    referee: Page, draft: Application
):
    request = ask(draft, ITO, at=datetime.now(UTC))
    referee.goto(f"/references/{token_of(request)}/")
    follow(referee, "English")
    be_at(referee, "Ana Lindqvist-Moreno asks you for a letter of reference")
    tab_to(referee, referee.get_by_role("button", name="Start the letter"))
    referee.keyboard.press("Enter")
    be_at(referee, "Your letter of reference")
    tab_to(referee, referee.get_by_label("Your letter", exact=True))
    referee.keyboard.type("Ana is ")
    expect(referee.locator("[data-count]")).to_have_text("6 of 20,000 characters")
    expect(referee.locator("[data-saved]")).to_contain_text(re.compile("^Saved .*HST$"))
    referee.keyboard.type("punctual")
    referee.get_by_role("button", name="日本語").click()

    be_at(referee, "推薦状の記入")
    expect(referee.get_by_label("推薦状", exact=True)).to_have_value("Ana is punctual")
    press(referee, "保存して内容を確認する")
    summary = referee.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link", name=re.compile("^協調性："))).to_be_visible()
    expect(referee).to_have_title(re.compile("^エラー："))


def test_text_that_is_typed_saves_itself_and_a_second_window_says_so(
    referee: Page, draft: Application
):
    request = ask(draft, ITO, at=datetime.now(UTC))
    other = RefereeBrowser(request)
    other.post("start")
    referee.goto(other.path("write"))
    other.post("autosave", version=0, letter="In the other window")
    referee.get_by_label("推薦状", exact=True).fill("ここに書いた文章")

    expect(referee.locator("[data-saved]")).to_contain_text("別の画面で保存されています")
    press(referee, "保存して後で続ける")
    be_at(referee, "推薦状の記入")
    expect(referee.get_by_text("In the other window")).to_be_visible()
    expect(referee.get_by_label("推薦状", exact=True)).to_have_value("ここに書いた文章")
    press(referee, "保存して後で続ける")
    expect(referee.get_by_role("link", name="記入を続ける")).to_be_visible()


def test_file_that_is_too_large_is_not_sent_at_all(referee: Page, draft: Application):
    other = RefereeBrowser(ask(draft, ITO, at=datetime.now(UTC)))
    other.post("start")
    referee.goto(other.path("write"))
    field = referee.get_by_label("入力の代わりにPDFを提出する")
    too_much = b"%PDF-" + bytes(draft.round.documents_max_megabytes * 1024 * 1024)

    field.set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": too_much})

    expect(referee.get_by_text("10 MBを超えています").first).to_be_visible()
    expect(field).to_have_value("")


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_referee_without_javascript_sends_a_pdf(page: Page, draft: Application, tmp_path: Path):
    file = tmp_path / "letter.pdf"
    file.write_bytes(pdf())
    request = ask(draft, ITO, at=datetime.now(UTC))
    page.goto(f"/references/{token_of(request)}/?lang=ja")
    press(page, "記入を始める")
    page.get_by_label("応募者とのご関係").fill(KNOWN)
    rate(page)
    page.get_by_label("入力の代わりにPDFを提出する").set_input_files(file)
    press(page, "保存して内容を確認する")
    expect(page.get_by_role("link", name="letter.pdf")).to_be_visible()
    press(page, "推薦状を送信する")

    be_at(page, "推薦状を受け付けました。ありがとうございます。")
    assert Reference.objects.get().pages == 1
    assert not ReferenceDraft.objects.exists()


def test_pages_of_a_referee_are_accessible_in_both_languages(page: Page, draft: Application):
    inspector = Inspector(page)
    request = ask(draft, ITO, at=datetime.now(UTC))
    referee = RefereeBrowser(request)
    link, dead = referee.path(), "/references/never-made-here/"
    for language in ("en", "ja"):
        inspector.visit(f"{link}?lang={language}", f"{link}decline/")
        inspector.visit(dead, status=404)
    referee.post("start")
    referee.write(letter="短い")
    for language in ("en", "ja"):
        inspector.visit(f"{link}write/?lang={language}", f"{link}preview/?lang={language}")
    referee.write(version=1, letter="", known="", openness="")
    for language in ("en", "ja"):
        inspector.visit(f"{link}write/?mend=1&lang={language}")
    referee.write(version=2)
    receipt = referee.send()["Location"]
    for language in ("en", "ja"):
        inspector.visit(f"{receipt}&lang={language}")

    assert inspector.found == []
