"""What a person does on the pages: by role and label, as they are read."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.services import wait_until
from tests.smtp import MailReceiver

EMAIL = "ana.lm@example.org"
MOST_STOPS = 150


def words_of(message: object) -> str:
    """Return the text a mail shows to whoever reads it without pictures."""
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def newest_mail(mailbox: MailReceiver, subject: str, *, to: str = EMAIL) -> str:
    def found() -> list[str]:
        mails = [mail for mail in mailbox.to(to) if subject in str(mail["Subject"])]
        return [words_of(mail) for mail in mails]

    wait_until(found, f"a mail about {subject!r} to {to}", seconds=30)
    return found()[-1]


def code_in(mail: str) -> str:
    found = re.search(r"^\d{4} \d{4}$", mail, re.MULTILINE)
    assert found, mail
    return found[0]


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()


def be_at(page: Page, title: str) -> None:
    """Wait for the page with this first heading."""
    expect(page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()


def sign_in(page: Page, mailbox: MailReceiver, *, email: str = EMAIL) -> None:
    be_at(page, "Sign in")
    page.get_by_label("Your e-mail address").fill(email)
    press(page, "Send me a code")
    be_at(page, "Enter your code")
    page.get_by_label("Code from the mail").fill(code_in(newest_mail(mailbox, "code", to=email)))
    press(page, "Sign in")


def choose(page: Page, question: str, answer: str) -> None:
    page.get_by_role("group", name=question).get_by_label(answer, exact=True).check()


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus, as somebody without a mouse does."""
    element = target.element_handle()
    for _ in range(MOST_STOPS):
        if element.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached with the Tab key")
