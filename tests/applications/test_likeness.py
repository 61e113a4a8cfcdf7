"""A new round like a past one asks what that asked, of its form and of its referees."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.urls import reverse

from applications.domain.form import medical
from applications.domain.form.limits import medical_items_of
from applications.domain.form.rules import rules_of
from applications.models import FormSettings, ReferenceSettings
from positions.models import RecruitmentRound
from tests.applicants import make_user
from tests.factories import make_position_type, make_round
from tests.positions.round_desk import notice as whole_form
from tests.positions.test_notices import MARCH, notice

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

RULES = {"departure_year": 2023, "degree_by": "2023-06-30", "residence_years": 5}


@pytest.fixture(autouse=True)
def in_march_2024(settings):
    """The desk without its second factor, on the day the notice arrives."""
    settings.DEMO = True
    with time_machine.travel(MARCH, tick=False):
        yield


@pytest.fixture
def staff(client):
    make_position_type("SEA")
    user = make_user("boss@example.org", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="positions"))
    client.force_login(user)
    return client


def past_round(slug: str) -> RecruitmentRound:
    past = make_round(slug=slug, published_at=datetime(2023, 1, 1, tzinfo=UTC))
    FormSettings.objects.create(round=past, limits={"education_schools": 4}, rules=RULES)
    medical.set_items(past, {}, ["Can you work outdoors?"])
    ReferenceSettings.objects.create(round=past, number=3, reminder_days="9")
    return RecruitmentRound.objects.get(pk=past.pk)


def assert_is_like(new: RecruitmentRound, past: RecruitmentRound) -> None:
    assert new.form_settings.limits == {"education_schools": 4}
    assert medical_items_of(new) == medical_items_of(past)
    assert "Can you work outdoors?" in {item.words for item in medical_items_of(new)}
    assert (new.reference_settings.number, new.reference_settings.reminder_days) == (3, "9")
    rules = rules_of(new)
    assert (rules.residence_years, rules.degree_by) == (5, None)
    assert rules.departure_year == 2024


def page(name: str) -> str:
    return reverse(f"admin:positions_recruitmentround_{name}")


def test_round_from_a_notice_takes_over_the_settings_of_the_past_one(staff):
    past = past_round("sea-2023-summer")

    staff.post(page("notice_confirm"), notice(source=past.slug))

    assert_is_like(RecruitmentRound.objects.get(slug="sea-2024-summer"), past)


def test_cycle_like_a_past_one_takes_over_its_settings(staff):
    past = past_round("annual-2023")
    make_position_type("ALT")
    make_position_type("CIR")

    staff.post(
        f"{page('add')}?copy={past.slug}",
        whole_form(
            kind="annual",
            slug="annual-2024",
            departure_season="2024 departures",
            **{"vacancies-0-posts": ""},
        ),
    )

    assert_is_like(RecruitmentRound.objects.get(slug="annual-2024"), past)


def test_round_like_one_without_settings_has_none(staff):
    make_round(slug="sea-2023-summer")

    staff.post(page("notice_confirm"), notice(source="sea-2023-summer"))

    assert RecruitmentRound.objects.filter(slug="sea-2024-summer").exists()
    assert not FormSettings.objects.exists()
    assert not ReferenceSettings.objects.exists()
