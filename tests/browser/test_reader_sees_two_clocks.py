"""The deadline on the reader's own clock, with its own weekday."""

import pytest
import time_machine
from playwright.sync_api import Page, expect

from tests.factories import CLOSES_AT, OPENS_AT, make_round

pytestmark = pytest.mark.django_db(transaction=True)

DECIDING = ["Friday, March 14, 2025", "11:59 PM", "Hawaii Standard Time (HST)"]
NEW_YORK = ["Saturday, March 15, 2025", "5:59 AM", "Eastern Daylight Time (EDT), New York"]
TOKYO = ["Saturday, March 15, 2025", "6:59 PM", "Japan Standard Time (JST), Tokyo"]
ROUND = "/rounds/sea-2025-summer/"


@pytest.fixture(autouse=True)
def open_two_days_more():
    make_round(opens_at=OPENS_AT, closes_at=CLOSES_AT)
    with time_machine.travel(CLOSES_AT.replace(day=13)):
        yield


def face(page: Page, label: str) -> list[str]:
    """Return date, time and zone of a face as they are read."""
    shown = page.locator("[data-face]").filter(has=page.get_by_text(label, exact=True))
    expect(shown).to_be_visible()
    parts = [".face-date", ".face-time", "[data-zone]"]
    return [" ".join(shown.locator(part).inner_text().split()) for part in parts]


@pytest.mark.browser_context_args(timezone_id="America/New_York")
def test_browser_shows_its_own_zone(page: Page):
    page.goto(ROUND)

    assert face(page, "The deadline") == DECIDING
    assert face(page, "The same moment for you") == NEW_YORK
    expect(page.locator("[data-left-large]")).to_have_text("1 day")


@pytest.mark.browser_context_args(timezone_id="America/New_York")
def test_chosen_zone_is_remembered_on_other_pages(page: Page):
    page.goto(ROUND)

    page.get_by_label("Show times in").select_option(label="Tokyo")
    page.get_by_role("button", name="Show these times").click()
    expect(page).to_have_url(f"{page.url.split('?')[0]}?zone=Asia%2FTokyo#zone")
    assert face(page, "The same moment for you") == TOKYO
    page.goto("/")

    assert face(page, "The same moment for you") == TOKYO


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_zone_can_be_chosen_without_javascript(page: Page):
    page.goto(ROUND)
    table = page.get_by_role("table", name="The same moment for you")
    expect(table.get_by_role("row").filter(has_text="New York")).to_contain_text("Saturday 5:59")

    page.get_by_label("Show times in").select_option(label="Tokyo")
    page.get_by_role("button", name="Show these times").click()

    assert face(page, "The deadline") == DECIDING
    assert face(page, "The same moment for you") == TOKYO


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_address_names_the_zone(page: Page):
    page.goto(f"{ROUND}?zone=Asia/Tokyo")

    assert face(page, "The same moment for you") == TOKYO
