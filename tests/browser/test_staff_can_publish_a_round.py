"""From a notice to an open round at the desk, and to its later deadline."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from playwright.sync_api import Page, expect

from jetportal.accounts.models import User
from positions.deadlines import HST, in_words
from positions.models import RecruitmentRound
from tests.browser.ways import be_at, follow, press

pytestmark = pytest.mark.django_db(transaction=True)

RIGHTS = [f"{right}_recruitmentround" for right in ("add", "change", "view", "delete", "publish")]


@pytest.fixture
def at_the_desk(catalogue: None, settings, enter: Callable[[User], None]) -> None:
    settings.DEMO = True  # no second factor here
    staff = User.objects.create_user("staff@jet.example", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=RIGHTS))
    enter(staff)


def in_weeks(weeks: int) -> datetime:
    """The last minute of a day in Hawaii, some weeks from now."""
    day = datetime.now(UTC).astimezone(HST) + timedelta(weeks=weeks)
    return day.replace(hour=23, minute=59, second=0, microsecond=0)


def write_a_draft(page: Page, closes: datetime) -> None:
    page.goto("/admin/positions/recruitmentround/add/")
    page.get_by_label("Title").fill("SEA round, archery")
    page.get_by_label("Departure season").fill("summer 2031")
    page.get_by_label("Deadline, weekday").select_option(f"{closes:%A}")
    page.get_by_label("Deadline, date").fill(f"{closes:%Y-%m-%d}")
    page.locator("#id_vacancies-0-posts").fill("2")
    press(page, "Save")


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
def test_staff_open_a_round_from_a_notice_and_extend_it(page: Page, at_the_desk, javascript):
    closes, later = in_weeks(3), in_weeks(4)

    write_a_draft(page, closes)
    be_at(page, "Check and publish")
    expect(page.get_by_text(in_words(closes)).first).to_be_visible()
    follow(page, "Preview the page as applicants will see it")
    be_at(page, "SEA round, archery")
    page.go_back()
    press(page, "Publish this round")
    be_at(page, "Change recruitment round")
    follow(page, "Extend the deadline")
    be_at(page, "Extend the deadline")
    page.get_by_label("New deadline, weekday").select_option(f"{later:%A}")
    page.get_by_label("New deadline, date").fill(f"{later:%Y-%m-%d}")
    page.get_by_label("Reason").fill("A storm closed the schools.")
    press(page, "Check the new deadline")
    be_at(page, "Check the new deadline")
    press(page, "Extend the deadline")
    be_at(page, "Change recruitment round")

    round_ = RecruitmentRound.objects.get(slug="sea-2031-summer")
    assert round_.accepts(datetime.now(UTC))
    assert round_.closes_on == later.date()
    page.goto("/rounds/sea-2031-summer/")
    expect(page.get_by_text("A storm closed the schools.")).to_be_visible()
