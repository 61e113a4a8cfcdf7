"""What tests of rounds at the desk begin with."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from jetportal.accounts.models import User
from positions.deadlines import end_of_minute
from positions.models import RecruitmentRound
from tests.factories import make_round

MARCH = datetime(2024, 3, 1, 20, 0, tzinfo=UTC)
LIST = "admin:positions_recruitmentround_changelist"


def page(name: str, *args: object) -> str:
    return reverse(f"admin:positions_recruitmentround_{name}", args=args)


@pytest.fixture(autouse=True)
def in_march_2024(settings):
    """The desk without its second factor, on the day a notice arrives."""
    settings.DEMO = True
    with time_machine.travel(MARCH, tick=False):
        yield


def staff_with(*codenames: str) -> Client:
    user = User.objects.create_user(f"staff{User.objects.count()}@jet.example", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def staff() -> Client:
    rights = ("add", "change", "view", "delete", "publish")
    return staff_with(*(f"{right}_recruitmentround" for right in rights))


def weekday_of(day: str) -> str:
    """What the form takes for the weekday of a day; any, where there is no such day."""
    return f"{date.fromisoformat(day).weekday()}" if re.fullmatch(r"[0-9]{4}-..-..", day) else "4"


def notice(**changes: str) -> dict[str, str]:
    """The facts of the SEA round of 2024, as the form takes them."""
    return {
        "kind": "sea",
        "slug": "",
        "title": "SEA, summer 2024 departures",
        "departure_season": "summer 2024",
        "summary": "",
        "opens_on": "",
        "opens_time": "",
        "closes_weekday": weekday_of(changes.get("closes_on", "2024-04-05")),
        "closes_on": "2024-04-05",
        "closes_time": "23:59",
        "zone": "Pacific/Honolulu",
        "interview_mode": "",
        "interviews": "",
        "results": "",
        "closing_soon_hours": "72",
        "purpose_max_words": "650",
        "purpose_max_characters": "4000",
        "documents_max_megabytes": "10",
        "vacancies-TOTAL_FORMS": "1",
        "vacancies-INITIAL_FORMS": "0",
        "vacancies-0-posts": "2",
        "vacancies-0-sport": "",
        "vacancies-0-organization": "",
        "vacancies-0-note": "",
        **changes,
    }


def publish(staff: Client, round_: RecruitmentRound):
    """Read the page and press its button."""
    read = staff.get(page("publish", round_.pk)).context["read"]
    return staff.post(page("publish", round_.pk), {"read": read})


def errors_of(response) -> dict[str, list[str]]:
    assert response.status_code == 200, response
    return dict(response.context["adminform"].form.errors)


def draft(**changes) -> RecruitmentRound:
    values = {"slug": "sea-2024-summer", "closes_at": end_of_minute(datetime(2024, 4, 5, 23, 59))}
    return make_round(**{**values, "opens_at": None, "published_at": None, **changes})


def published(**changes) -> RecruitmentRound:
    return draft(published_at=datetime(2024, 2, 1, tzinfo=UTC), **changes)


def edited(round_: RecruitmentRound, **changes: str) -> dict[str, str]:
    post = round_.vacancies.get()
    return notice(
        **{
            "title": round_.title,
            "vacancies-INITIAL_FORMS": "1",
            "vacancies-0-id": str(post.pk),
            "vacancies-0-round": round_.slug,
            **changes,
        }
    )


# --- a notice becomes a draft ---------------------------------------------------------------------
