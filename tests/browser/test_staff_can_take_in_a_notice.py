"""From the words of a notice to a round everybody sees: read back, drilled, published."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from playwright.sync_api import Page, expect

from jetportal.accounts.models import User
from positions.deadlines import HST, in_words
from positions.models import RecruitmentRound, RoundState
from tests.browser.inspecting import Inspector
from tests.browser.ways import be_at, follow, press

pytestmark = pytest.mark.django_db(transaction=True)

RIGHTS = [f"{right}_recruitmentround" for right in ("add", "change", "view", "delete", "publish")]


@pytest.fixture
def at_the_desk(catalogue: None, settings, enter: Callable[[User], None]) -> None:
    settings.DEMO = True  # no second factor here
    staff = User.objects.create_user("staff@jet.example", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=RIGHTS))
    enter(staff)


@pytest.mark.parametrize(
    "javascript",
    [
        pytest.param(True, id="with-javascript"),
        pytest.param(
            False,
            id="without-javascript",
            marks=pytest.mark.browser_context_args(java_script_enabled=False),
        ),
    ],
)
def test_staff_take_in_a_notice_and_publish_its_round(page: Page, at_the_desk, javascript):
    closes = datetime.now(UTC).astimezone(HST) + timedelta(weeks=4)
    closes = closes.replace(hour=23, minute=59, second=0, microsecond=0)
    other_day = closes + timedelta(days=1)

    page.goto("/admin/positions/recruitmentround/")
    follow(page, "New SEA round from a notice")
    be_at(page, "New SEA round from a notice")
    page.get_by_label("Departure season").fill("summer 2031")
    page.get_by_label("Number of posts").fill("1")
    page.get_by_label("Or a sport that is not in the list").fill("Archery")
    page.get_by_label("Prefecture").select_option("Ehime")
    page.get_by_label("Special requirements").fill("A driving license")
    page.get_by_label("Deadline, weekday").select_option(f"{other_day:%A}")
    page.get_by_label("Deadline, date").fill(f"{closes:%Y-%m-%d}")
    press(page, "Check the new round")
    expect(page.get_by_text(f"is a {closes:%A}, not a {other_day:%A}")).to_be_visible()
    page.get_by_label("Deadline, weekday").select_option(f"{closes:%A}")
    press(page, "Check the new round")
    be_at(page, "Check the new round")
    expect(page.get_by_text(in_words(closes)).first).to_be_visible()
    press(page, "Correct the facts")
    be_at(page, "New SEA round from a notice")
    page.get_by_label("Number of posts").fill("2")
    press(page, "Check the new round")
    expect(page.get_by_text("2. Archery, Ehime")).to_be_visible()
    press(page, "Save as a draft")
    be_at(page, "Check and publish")
    expect(page.get_by_text("every place tells the same deadline")).to_be_visible()
    press(page, "Publish this round")
    be_at(page, "Change recruitment round")

    assert RecruitmentRound.objects.get(slug="sea-2031-summer").accepts(datetime.now(UTC))
    page.goto("/rounds/sea-2031-summer/")
    expect(page.get_by_text("A driving license")).to_be_visible()
    expect(page.get_by_text("Archery, Ehime", exact=True)).to_be_visible()


def test_pages_of_a_notice_and_of_its_round_are_accessible(page: Page, at_the_desk):
    inspector = Inspector(page)
    closes = datetime.now(UTC).astimezone(HST) + timedelta(weeks=4)

    inspector.visit(
        "/admin/positions/recruitmentround/", "/admin/positions/recruitmentround/notice/"
    )
    press(page, "Check the new round")
    inspector.look("a notice with mistakes")
    page.get_by_label("Departure season").fill("summer 2031")
    page.get_by_label("Number of posts").fill("2")
    page.get_by_label("Deadline, weekday").select_option(f"{closes:%A}")
    page.get_by_label("Deadline, date").fill(f"{closes:%Y-%m-%d}")
    press(page, "Check the new round")
    be_at(page, "Check the new round")
    inspector.look("a notice read back")
    press(page, "Save as a draft")
    be_at(page, "Check and publish")
    inspector.look("a green pre-flight")
    page.get_by_label("Show it from, date").fill(f"{closes - timedelta(weeks=2):%Y-%m-%d}")
    press(page, "Publish this round")
    be_at(page, "Change recruitment round")
    follow(page, "Take this round back")
    be_at(page, "Take this round back")
    inspector.look("a round to be taken back")
    press(page, "Take this round back")
    be_at(page, "Change recruitment round")
    RecruitmentRound.objects.filter(slug="sea-2031-summer").update(departure_season="summer 2001")
    round_ = RecruitmentRound.objects.get(slug="sea-2031-summer")
    inspector.visit(f"/admin/positions/recruitmentround/{round_.pk}/publish/")
    past = RecruitmentRound.objects.get(slug="sea-2024-summer")
    inspector.visit(f"/admin/positions/recruitmentround/{past.pk}/archive/")
    press(page, "Archive this round")
    be_at(page, "Change recruitment round")
    inspector.visit(f"/admin/positions/recruitmentround/{past.pk}/bring-back/")

    assert inspector.found == []
    past.refresh_from_db()
    assert past.state(datetime.now(UTC)) == RoundState.ARCHIVED
