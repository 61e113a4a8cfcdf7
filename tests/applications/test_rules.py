"""The dates and numbers of eligibility: what holds where nothing is set, and who sets them."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from applications.domain.form.limits import set_limits
from applications.domain.form.rules import rules_of, set_rules
from applications.domain.roles import ensure_roles
from applications.models import FormSettings
from applications.sections.rules import Rules, as_rules, as_stored
from jetportal.pagecache.middleware import generations
from positions.models import RecruitmentRound
from tests.factories import make_round

pytestmark = pytest.mark.django_db

LIST = reverse("admin:applications_formsettings_changelist")
SENT = {
    "departure_year": "2026",
    "degree_asked": "on",
    "degree_by": "2026-06-26",
    "early_degree_by": "2026-01-31",
    "residence_years": "5",
    "residence_within_years": "9",
    "service_within_years": "4",
    "service_years_at_most": "3",
    "wait_years": "1",
}
SET = Rules(2026, True, date(2026, 6, 26), date(2026, 1, 31), 5, 9, 4, 3, 1)


@pytest.fixture(autouse=True)
def roles() -> None:
    ensure_roles()


def page_of(round_: RecruitmentRound) -> str:
    return reverse("admin:applications_formsettings_rules", args=[round_.pk])


@pytest.mark.parametrize(
    ("slug", "season", "expected"),
    [
        ("sea-2025-summer", "summer 2025", Rules(2025, degree_asked=False)),
        ("annual-2026", "summer 2026", Rules(2026)),
        ("annual-2026", "to be announced", Rules(2026)),  # it closes in 2025
        ("sea-2025-summer", "", Rules(2025, degree_asked=False)),
    ],
)
def test_rules_that_nobody_set_come_from_the_round(slug, season, expected):
    assert rules_of(make_round(slug=slug, departure_season=season)) == expected


def test_rules_are_read_back_as_they_are_stored():
    round_ = make_round()

    assert as_rules(round_, as_stored(SET)) == SET
    assert as_rules(round_, {"residence_years": 4}) == Rules(
        2025, degree_asked=False, residence_years=4
    )


def test_office_sets_the_rules_and_limits_stay(office: Client):
    round_ = make_round()
    set_limits(round_, {"employment.jobs.entries": 3})

    page = office.get(page_of(round_)).content.decode()
    answer = office.post(page_of(round_), SENT)

    assert 'value="2025"' in page
    assert answer["Location"] == LIST
    assert rules_of(RecruitmentRound.objects.get(pk=round_.pk)) == SET
    assert FormSettings.objects.get().limits == {"employment.jobs.entries": 3}
    assert page_of(round_) in office.get(LIST).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"residence_years": ""},
        {"residence_years": "0"},
        {"residence_years": "10"},  # of nine
        {"departure_year": "26"},
        {"degree_by": "June"},
        {"early_degree_by": "2026-06-27"},
    ],
)
def test_rule_that_does_not_fit_sets_nothing(office: Client, wrong):
    answer = office.post(page_of(make_round()), {**SENT, **wrong})

    assert answer.status_code == 422
    assert "Nothing is set yet." in answer.content.decode()
    assert not FormSettings.objects.exists()


def test_rules_are_not_for_coordinators(coordinator: Client):
    round_ = make_round()

    assert coordinator.get(page_of(round_)).status_code == 403
    assert coordinator.post(page_of(round_), SENT).status_code == 403


def test_rules_end_the_kept_pages_that_show_them(client: Client):
    round_ = make_round(slug="annual-2026")
    questions = f"/rounds/{round_.slug}/questions/"
    before = client.get(questions).content.decode()

    set_rules(round_, SET)
    generations.forget()  # what every process does within a second

    assert "lived there 6 years or more of the 10 years before" in before
    assert "lived there 5 years or more of the 9 years before 2026" in (
        client.get(questions).content.decode()
    )
