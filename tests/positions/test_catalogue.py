"""The official lists as the command loads them: nothing dropped, nothing added."""

import re
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from jetportal.pagecache.models import PageGeneration
from positions.domain import catalogue
from positions.models import (
    Consulate,
    ContractingOrganization,
    Duty,
    DutyKind,
    PositionType,
    RecruitmentRound,
    Requirement,
    RoundKind,
    Sport,
)

pytestmark = pytest.mark.django_db

ROWS = 87  # position types, duties, requirements, consulates, rounds and their vacancies


def load(*arguments: str) -> str:
    output = StringIO()
    call_command("load_catalogue", *arguments, stdout=output)
    return output.getvalue()


@pytest.mark.parametrize(("code", "duties"), [("ALT", 8), ("CIR", 6), ("SEA", 5)])
def test_catalogue_holds_the_exact_number_of_duties(code, duties):
    load()

    numbers = Duty.objects.filter(position_type=code).values_list("number", flat=True)

    assert list(numbers) == list(range(1, duties + 1))


def test_catalogue_marks_the_language_requirement_of_the_cir_and_no_other_line():
    load()

    marked = Duty.objects.exclude(kind=DutyKind.DUTY)

    assert [(duty.position_type_id, duty.number, duty.kind, duty.text) for duty in marked] == [
        ("CIR", 5, "requirement", "Semi-advanced to advanced Japanese.")
    ]


def test_catalogue_names_the_positions_officially():
    load()

    assert list(PositionType.objects.values_list("code", "name", "name_ja")) == [
        ("ALT", "Assistant Language Teacher", "外国語指導助手"),
        ("CIR", "Coordinator for International Relations", "国際交流員"),
        ("SEA", "Sports Exchange Advisor", "スポーツ国際交流員"),
    ]


def test_catalogue_asks_coaching_of_the_sea_only():
    load()

    assert list(
        Requirement.objects.filter(topic="Coaching").values_list("position_type", flat=True)
    ) == ["SEA"]


def test_catalogue_holds_the_seventeen_interview_locations():
    load()

    assert Consulate.objects.count() == 17
    assert Consulate.objects.filter(group="A").count() == 8
    guam = Consulate.objects.get(code="hagatna")
    assert (guam.name, guam.group, guam.zone) == ("Hagåtña", "B", "Pacific/Guam")


def test_catalogue_loads_the_sea_round_of_2024_with_its_opening_unknown():
    load()

    round_ = RecruitmentRound.objects.get(slug="sea-2024-summer")

    assert round_.kind == RoundKind.SEA
    assert round_.opens_at is None
    assert round_.closes_at == datetime(2024, 4, 6, 10, 0, tzinfo=UTC)
    assert round_.deadline == "Friday, April 5, 2024, 11:59\u00a0PM\u00a0HST"
    assert list(round_.vacancies.values_list("position", "posts", "sport", "organization")) == [
        ("SEA", 2, None, None)
    ]
    assert round_.accepts(datetime(2024, 4, 6, 9, 59, 59, 999_999, tzinfo=UTC))
    assert not round_.accepts(datetime(2024, 4, 6, 10, 0, tzinfo=UTC))


def test_catalogue_loads_the_annual_round_of_2025():
    load()

    round_ = RecruitmentRound.objects.get(slug="annual-2025")

    assert round_.opens_at == datetime(2024, 9, 23, 10, 0, tzinfo=UTC)
    assert round_.deadline == "Friday, November 15, 2024, 11:59\u00a0PM\u00a0HST"
    assert list(round_.vacancies.values_list("position", "posts")) == [("ALT", None), ("CIR", None)]


def test_load_catalogue_twice_changes_nothing():
    first = load()

    second = load()

    assert first == f"Catalogue: {ROWS} created, 0 changed, 0 removed.\n"
    assert second == "Catalogue: 0 created, 0 changed, 0 removed.\n"


def test_load_catalogue_dry_run_reports_and_writes_nothing():
    output = load("--dry-run")

    assert f"{ROWS} created" in output
    assert not PositionType.objects.exists()
    assert not RecruitmentRound.objects.exists()


def test_load_catalogue_restores_official_lists_and_leaves_rounds_to_staff():
    load()
    Duty.objects.filter(position_type="ALT", number=1).update(text="Something else.")
    Duty.objects.create(position_type_id="SEA", number=6, text="One too many.")
    RecruitmentRound.objects.filter(slug="sea-2024-summer").update(title="Renamed by staff")

    output = load()

    assert output == "Catalogue: 0 created, 1 changed, 1 removed.\n"
    assert Duty.objects.get(position_type="ALT", number=1).text.startswith("Support Japanese")
    assert Duty.objects.filter(position_type="SEA").count() == 5
    assert RecruitmentRound.objects.get(slug="sea-2024-summer").title == "Renamed by staff"


def test_load_catalogue_puts_exchanged_places_back():
    load()
    Consulate.objects.filter(code="washington").update(order=900)
    Consulate.objects.filter(code="anchorage").update(order=1)
    Consulate.objects.filter(code="washington").update(order=2)

    output = load()

    assert "2 changed" in output
    assert list(Consulate.objects.values_list("code", flat=True)[:2]) == ["washington", "anchorage"]


def test_load_catalogue_begins_a_new_generation_of_pages_only_when_something_changed():
    load()
    before = PageGeneration.objects.get().number

    load()
    unchanged = PageGeneration.objects.get().number
    Duty.objects.filter(position_type="ALT", number=1).delete()
    load()

    assert unchanged == before
    assert PageGeneration.objects.get().number == before + 1


def test_appointment_terms_tell_length_hours_pay_and_flight():
    topics = [term["topic"] for term in catalogue.appointment_terms()]

    assert topics == ["Length", "Hours", "Pay", "Flight", "Details"]


@pytest.mark.both_databases
def test_two_sports_never_share_a_part_of_an_address():
    Sport.objects.create(name="Field hockey")

    match = "one_sport_per_part_of_an_address"
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        Sport.objects.create(name="field-hockey")


@pytest.mark.both_databases
@pytest.mark.parametrize("name", ["archery", "ARCHERY"])
def test_sport_has_one_row_in_whatever_letters(name):
    Sport.objects.create(name="Archery")

    with pytest.raises(IntegrityError, match="one_sport_per_"), transaction.atomic():
        Sport.objects.create(name=name)


@pytest.mark.both_databases
def test_organization_has_one_row_in_its_prefecture_in_whatever_letters():
    ContractingOrganization.objects.create(name="Nagaoka City", prefecture="Niigata")
    ContractingOrganization.objects.create(name="Nagaoka City", prefecture="Kyoto")

    constraint = "one_organization_in_a_prefecture_per_name"
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ContractingOrganization.objects.create(name="NAGAOKA CITY", prefecture="Niigata")


@pytest.mark.both_databases
@pytest.mark.parametrize("name", ["", " \t"])
def test_empty_names_are_refused(name):
    with pytest.raises(IntegrityError, match="sport_has_a_name"), transaction.atomic():
        Sport.objects.create(name=name)
    constraint = "organization_has_a_name_and_a_prefecture"
    for facts in ({"name": name, "prefecture": "Kyoto"}, {"name": "Nagaoka", "prefecture": name}):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            ContractingOrganization.objects.create(**facts)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Field-hockey", "Addresses could not tell it from “Field hockey”"),
        ("???", "Write the name in letters."),
    ],
)
def test_sport_needs_an_address_of_its_own(name, words):
    Sport.objects.create(name="Field hockey")

    with pytest.raises(ValidationError, match=re.escape(words)):
        Sport(name=name).full_clean()


def test_sport_may_be_saved_again_under_its_own_name():
    sport = Sport.objects.create(name="Field hockey")
    sport.name = "Field Hockey"

    sport.full_clean()
