import re

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.jetportal.accounts.people import mailed_code, make_staff

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


def sign_in(page: Page, server: LiveServer, email: str) -> None:
    page.goto(f"{server.url}/accounts/login/?next=/accounts/")
    page.get_by_label("Your e-mail address").fill(email)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    page.get_by_label("Code from the mail").fill(mailed_code())
    page.get_by_role("button", name="Sign in").click()


def test_staff_adds_a_passkey_and_enters_the_desk_with_it_alone(
    page: Page, live_server: LiveServer
):
    make_staff("staff@example.org")
    violations: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            violations.append(message.text)

    page.on("console", hear)
    plug_in_authenticator(page)

    sign_in(page, live_server, "staff@example.org")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("link", name="Back to your account").click()
    page.get_by_role("button", name="Sign out").click()

    page.goto(f"{live_server.url}/admin/")
    page.get_by_role("button", name="Use a passkey").click()

    expect(page).to_have_url(re.compile(r"/admin/$"))
    assert violations == []
