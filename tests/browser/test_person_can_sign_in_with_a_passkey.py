import re

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.browser.ways import press, sign_in
from tests.jetportal.accounts.people import make_staff
from tests.smtp import MailReceiver

pytestmark = pytest.mark.django_db(transaction=True)


def plug_in_authenticator(page: Page) -> None:
    """Give the browser a platform authenticator whose owner always agrees."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_staff_adds_a_passkey_and_enters_the_desk_with_it_alone(page: Page, mailbox: MailReceiver):
    make_staff("staff@example.org")
    violations: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            violations.append(message.text)

    page.on("console", hear)
    plug_in_authenticator(page)

    page.goto("/accounts/login/?next=/accounts/")
    sign_in(page, mailbox, email="staff@example.org")
    page.get_by_role("link", name="Add a passkey").click()
    press(page, "Add a passkey")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("link", name="Back to your account").click()
    press(page, "Sign out")

    page.goto("/admin/")
    press(page, "Use a passkey")

    expect(page).to_have_url(re.compile(r"/admin/$"))
    assert violations == []
