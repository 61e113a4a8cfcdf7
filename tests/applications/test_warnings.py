"""Warnings: what is worth a second look, where it is typed, and never in the way."""

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from applications.domain.form import completeness, drafts, lists
from applications.domain.form.doubts import all_doubts
from applications.domain.form.rules import set_rules
from applications.models import Application, Status
from applications.sections.doubts import parts_of_name, stays_in_japan
from applications.sections.rules import Rules, defaults
from applications.sections.warnings import Told
from positions.models import RecruitmentRound
from tests.applicants import ANSWERS, ENTRIES, SENT_AT, STARTED_AT, make_application, move
from tests.factories import make_round

pytestmark = pytest.mark.django_db

SCHOOL = ENTRIES["education"]["schools"][0]
LAST = date(2026, 6, 26)


@pytest.fixture
def annual() -> RecruitmentRound:
    return make_round(slug="annual-2026", departure_season="summer 2026")


def save(application: Application, section: str, **answers: str) -> None:
    sent = {**ANSWERS.get(section, {}), **{name: [value] for name, value in answers.items()}}
    by = application.applicant
    drafts.save_section(application.key, section, sent, by=by, at=STARTED_AT)


def put(application: Application, section: str, listed: str, entry_id: str, **answers: str) -> None:
    sent = {name: [value] for name, value in answers.items()}
    by, address = application.applicant, (application.key, section, listed, entry_id)
    lists.save_entry(*address, sent, by=by, at=STARTED_AT)


def found(application: Application) -> list[tuple[str, str]]:
    """List what is warned of: section and field or list."""
    fresh = Application.objects.with_round().get(pk=application.pk)
    return [(title, warned.place) for title, warned in all_doubts(completeness.load(fresh))]


def words(application: Application) -> str:
    fresh = Application.objects.with_round().get(pk=application.pk)
    return " ".join(warned.words for _title, warned in all_doubts(completeness.load(fresh)))


@pytest.mark.parametrize("slug", ["sea-2025-summer", "annual-2026"])
def test_plausible_application_is_warned_of_nothing(slug):
    assert found(make_application(round_=make_round(slug=slug))) == []


@pytest.mark.parametrize(
    ("former", "warned"),
    [
        ("", False),
        ("Moreno Lindqvist", True),  # the same name
        ("Ana Silva", True),  # needs proof
    ],
)
def test_former_names_are_compared_with_the_passport(former, warned):
    application = make_application()
    save(application, "identity", former_names=former)

    assert (found(application) == [("Identity", "former_names")]) is warned
    assert ("proof of the change" in words(application)) is (former == "Ana Silva")


@pytest.mark.parametrize(
    ("typed", "warned"),
    [
        ("Ana Lindqvist-Moreno", False),
        ("LINDQVIST MORENO, ána", False),
        ("Ana Moreno", True),
        ("Ana Maria Lindqvist-Moreno", True),
        ("A. Lindqvist-Moreno", True),
    ],
)
def test_typed_name_is_compared_with_the_passport(typed, warned):
    application = make_application()
    save(application, "declarations", typed_name=typed)

    assert (found(application) == [("Declarations", "typed_name")]) is warned
    judged = {part.key: part for part in completeness.judge(completeness.load(application))}
    assert judged["declarations"].complete


def test_names_are_compared_without_case_accents_and_marks():
    assert parts_of_name("Müller-Åberg", "O’Neil") == {"muller", "aberg", "o", "neil"}


@pytest.mark.parametrize(
    ("day", "early", "warned"),
    [
        ("26", "no", False),  # the cut-off day itself
        ("27", "no", True),
        ("26", "yes", True),  # early departure has an earlier day
    ],
)
def test_degree_after_the_cut_off_is_warned_of(annual, day, early, warned):
    set_rules(annual, replace(defaults(annual), degree_by=LAST, early_degree_by=date(2026, 1, 31)))
    application = make_application(round_=annual)
    save(application, "location", early_departure=early)
    dated = {**SCHOOL, "conferred_month": ["6"], "conferred_day": [day], "conferred_year": ["2026"]}

    put(application, "education", "schools", "00000001", **{k: v[0] for k, v in dated.items()})

    assert (found(application) == [("Education", "conferred")]) is warned


def test_second_degree_after_the_cut_off_is_fine(annual):
    set_rules(annual, replace(defaults(annual), degree_by=LAST))
    application = make_application(round_=annual)
    later = {name: values[0] for name, values in SCHOOL.items()} | {"conferred_year": "2027"}

    put(application, "education", "schools", "00000002", **later)

    assert found(application) == []


def test_schools_without_a_dated_degree_are_warned_of_where_one_is_asked(annual):
    application = make_application(round_=annual)
    bare = {name: values[0] for name, values in SCHOOL.items() if not name.startswith("conf")}

    put(application, "education", "schools", "00000001", **bare)

    assert found(application) == [("Education", "schools")]
    set_rules(annual, replace(defaults(annual), degree_asked=False))
    assert found(application) == []


@pytest.mark.parametrize(("days", "warned"), [("2189", False), ("2190", True)])
def test_six_years_of_days_in_japan_are_warned_of(annual, days, warned):
    application = make_application(round_=annual)

    save(application, "abroad", days=days)

    assert (found(application) == [("International and Japan experience", "days")]) is warned


@pytest.mark.parametrize(
    ("since", "until", "warned"),
    [
        ("2018-01", "2023-11", []),  # 71 months
        ("2018-01", "2023-12", ["stays"]),  # exactly six years
        ("2020-01", "", ["stays"]),  # goes on: to the end of 2025
        ("2020-02", "", []),
        ("2010-01", "2021-11", []),  # before 2016 nothing counts
    ],
)
def test_six_years_of_stays_in_japan_are_warned_of(annual, since, until, warned):
    application = make_application(round_=annual)
    save(application, "abroad", days="2189")

    put(
        application,
        *("abroad", "stays", "00000001"),
        country="Japan",
        since=since,
        until=until,
        purpose="Residence",
    )

    assert [place for _section, place in found(application)] == warned


def told(*stays: tuple[str, str, str]) -> Told:
    entries = [
        {"id": f"{n:08}", "version": 1, "answers": {"country": [c], "since": [s], "until": [u]}}
        for n, (c, s, u) in enumerate(stays)
    ]
    return Told(Rules(2026), {"abroad": {}}, {"abroad": {"stays": entries}})


def test_stays_count_once_where_they_overlap_and_only_in_japan():
    stays = told(
        ("Japan", "2020-01", "2020-12"),
        (" JAPAN (Osaka)", "2020-06", "2021-01"),
        ("日本", "2022-05", "2022-05"),
        ("Korea", "2023-01", "2024-12"),
        ("Japan", "once", "2024-12"),
    )

    assert len(set().union(*stays_in_japan(stays))) == 14


def test_days_that_are_fewer_than_the_stays_are_warned_of(annual):
    application = make_application(round_=annual)
    stay = {"country": "Japan", "since": "2022-01", "until": "2022-12", "purpose": "Study"}
    put(application, "abroad", "stays", "00000001", **stay)

    save(application, "abroad", days="279")
    assert [place for _section, place in found(application)] == ["days"]
    assert "about 12 months" in words(application)

    save(application, "abroad", days="280")  # ten whole months of 28 days
    assert found(application) == []


@pytest.mark.parametrize(
    ("jlpt", "level", "warned"),
    [("N3", "3", True), ("N2", "0", False), ("none", "4", False), ("", "5", False)],
)
def test_cir_with_little_japanese_is_warned_in_both_places(annual, jlpt, level, warned):
    application = make_application(round_=annual)
    vacancy = annual.vacancies.get(position_id="CIR").key
    skills = dict.fromkeys(("speaking", "listening", "reading", "writing"), level)
    japanese = {"language": "Japanese", "native": "no", **skills}
    put(application, "languages", "languages", "00000002", **japanese)
    save(application, "languages", jlpt=jlpt)
    assert found(application) == []  # an ALT needs none

    save(application, "position", vacancy=vacancy, consider_alt="yes", rule_read="on")

    places = [("Position", "vacancy"), ("Languages", "jlpt")]
    assert found(application) == (places if warned else [])


def test_choice_of_alt_as_well_carries_its_warning_beside_it(annual, client: Client):
    application = make_application(round_=annual)
    client.force_login(application.applicant)

    page = client.get(f"/applications/{application.key}/position/").content.decode()

    choice = page[page.index("div_id_consider_alt") :].partition("</fieldset>")[0]
    assert "Without the level of Japanese, screening ends there" in " ".join(choice.split())


def test_warning_stands_beside_its_field_and_is_read_out(client: Client):
    application = make_application()
    save(application, "abroad", days="2190")
    client.force_login(application.applicant)

    page = client.get(f"/applications/{application.key}/abroad/").content.decode()

    assert 'aria-describedby="id_days_helptext id_days_warning"' in page
    beside = page[page.index('id="id_days_warning"') :].partition("</div>")[0]
    assert "Check this:" in beside
    assert "This is 6 years or more." in beside
    assert "One answer to mend" not in page
    assert "aria-invalid" not in page


def test_new_warning_is_read_once_and_then_in_nobodys_way(client: Client):
    application = make_application()
    client.force_login(application.applicant)
    address = f"/applications/{application.key}/abroad/"

    first = client.post(address, {"days": "2190", "version": "1"})
    page = client.get(address).content.decode()
    again = client.post(address, {"days": "2190", "version": "2", "warned": "days"})

    assert first["Location"] == address
    assert '<input type="hidden" name="warned" value="days"' in page
    assert again["Location"] == f"{address}after/"


def test_entry_shows_its_warning_and_its_row_says_so(annual, client: Client):
    set_rules(annual, replace(defaults(annual), degree_by=date(2018, 5, 12)))
    application = make_application(round_=annual)
    client.force_login(application.applicant)
    section = f"/applications/{application.key}/education/"

    row = client.get(section).content.decode()
    entry = client.get(f"{section}schools/00000001/").content.decode()

    assert 'class="chip chip-soon"' in row
    assert 'id="id_conferred_warning"' in entry
    assert "The degree must be conferred by May 12, 2018 in this round." in entry


def test_new_warning_of_an_entry_is_read_once_and_then_in_nobodys_way(annual, client: Client):
    set_rules(annual, replace(defaults(annual), degree_by=date(2018, 5, 12)))
    application = make_application(round_=annual)
    client.force_login(application.applicant)
    section = f"/applications/{application.key}/education/"
    address = f"{section}schools/00000001/"
    entries = application.sections.get(section="education").entries["schools"]
    typed = entries[0]["answers"]

    first = client.post(address, {**typed, "version": "1"})
    page = client.get(address).content.decode()
    again = client.post(address, {**typed, "version": "2", "warned": "conferred"})

    assert first["Location"] == address
    assert '<input type="hidden" name="warned" value="conferred"' in page
    assert again["Location"] == f"{section}#schools"


def test_list_shows_its_warning(annual, client: Client):
    application = make_application(round_=annual)
    stay = {"country": "Japan", "since": "2018-01", "until": "2023-12", "purpose": "Residence"}
    put(application, "abroad", "stays", "00000001", **stay)
    save(application, "abroad", days="2189")
    client.force_login(application.applicant)

    page = client.get(f"/applications/{application.key}/abroad/").content.decode()

    assert "Your stays in Japan add up to 72 months." in page


def test_check_of_the_answers_and_the_desk_show_warnings(client: Client, office: Client):
    application = make_application()
    save(application, "abroad", days="2190")
    client.force_login(application.applicant)

    checked = client.get(f"/applications/{application.key}/check/").content.decode()

    assert "Check this, Days you have spent in Japan in the last 10 years:" in checked
    assert "Not ready to send yet" not in checked
    move(application, Status.SUBMITTED, at=SENT_AT)
    desk = office.get(f"/admin/applications/application/{application.pk}/change/").content.decode()
    assert "This is 6 years or more." in desk
    assert "This is 6 years or more" not in application.frozen.canonical


def test_desk_says_nothing_where_there_is_no_warning(office: Client):
    sent = make_application(status=Status.SUBMITTED)

    desk = office.get(f"/admin/applications/application/{sent.pk}/change/").content.decode()

    assert "The form warned of these" not in desk
