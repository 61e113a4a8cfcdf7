"""Limits that staff set for a round: what they change, and who may."""

import pytest
from django.test import Client
from django.urls import reverse

from applications.domain.errors import ListFull
from applications.domain.form import completeness, limits, lists
from applications.domain.roles import ensure_roles
from applications.models import Application, FormSettings
from applications.sections.limits import limits_of_kind
from jetportal.pagecache.middleware import generations as generations_read
from positions.models import RecruitmentRound, RoundKind
from tests.applicants import STARTED_AT, make_application
from tests.factories import make_round

pytestmark = pytest.mark.django_db

LIST = reverse("admin:applications_formsettings_changelist")


@pytest.fixture(autouse=True)
def roles() -> None:
    ensure_roles()


def page_of(round_: RecruitmentRound) -> str:
    return reverse("admin:applications_formsettings_round", args=[round_.pk])


@pytest.mark.parametrize("kind", RoundKind.values)
def test_every_limit_has_a_name_of_its_own_and_a_default_in_its_range(kind):
    found = list(limits_of_kind(RoundKind(kind)))

    assert len({limit.name for limit in found}) == len(found) > 20
    assert [limit.name for limit in found if not limit.low <= limit.default <= limit.high] == []


@pytest.mark.parametrize(
    "name", ["identity.family_name", "contact.hometown", "education.schools.city"]
)
def test_limits_of_names_can_be_set_too(name):
    found = {limit.name: limit.default for limit in limits_of_kind(RoundKind.ANNUAL)}

    assert found[name] == 60


def test_office_sets_limits_and_only_what_differs_is_kept(office: Client):
    round_ = make_round()
    default = {limit.name: limit.default for limit in limits_of_kind(RoundKind.SEA)}

    assert "Jobs: entries" in office.get(page_of(round_)).content.decode()
    answer = office.post(
        page_of(round_), {**default, "employment.jobs.entries": 3, "employment.career": ""}
    )

    assert answer["Location"] == LIST
    assert FormSettings.objects.get().limits == {"employment.jobs.entries": 3}
    assert "1 set" in office.get(LIST).content.decode()


@pytest.mark.parametrize("number", ["0", "51", "many", "-3"])
def test_number_out_of_its_range_sets_nothing(office: Client, number: str):
    answer = office.post(page_of(make_round()), {"employment.jobs.entries": number})

    assert answer.status_code == 422
    assert "Nothing is set yet." in answer.content.decode()
    assert not FormSettings.objects.exists()


def test_limits_are_not_for_coordinators(coordinator: Client):
    round_ = make_round()

    assert coordinator.get(LIST).status_code == 403
    assert coordinator.post(page_of(round_), {"employment.jobs.entries": 3}).status_code == 403


def test_round_with_limits_of_its_own_judges_by_them():
    application = make_application()
    limits.set_limits(
        application.round, {"employment.career": 20, "education.schools.entries": 1, "nothing": 4}
    )

    fresh = Application.objects.with_round().get(pk=application.pk)
    judged = {part.key: part for part in completeness.judge(completeness.load(fresh))}

    assert [key for key, part in judged.items() if not part.complete] == ["employment"]
    assert "over the limit of 20" in judged["employment"].problems[0][1]
    with pytest.raises(ListFull, match="takes 1 entry"):
        lists.save_entry(
            application.key,
            *("education", "schools", "0000000f"),
            {},
            by=application.applicant,
            at=STARTED_AT,
        )


def test_list_over_a_lowered_limit_says_how_many_to_remove():
    application = make_application()
    for number in ("0000000e", "0000000f"):
        lists.save_entry(
            application.key,
            *("identity", "citizenships", number),
            {"country": ["Norway"]},
            by=application.applicant,
            at=STARTED_AT,
        )
    limits.set_limits(application.round, {"identity.citizenships.entries": 1})

    fresh = Application.objects.with_round().get(pk=application.pk)
    (part,) = completeness.missing_parts(completeness.load(fresh))

    assert part.problems == (("Other citizenships", "Keep at most 1: remove 2"),)


@pytest.mark.parametrize("slug", ["sea-2025-summer", "annual-2025"])
def test_questions_are_for_everybody_and_name_limits_of_the_round(client: Client, slug: str):
    round_ = make_round(slug=slug)
    limits.set_limits(round_, {"employment.jobs.entries": 3})

    page = client.get(reverse("round_questions", args=[slug])).content.decode()

    for words in ("Statement of Purpose", "A list of up to 3 entries", "Up to 500 characters"):
        assert words in page
    assert ("Coaching and sport" in page) is slug.startswith("sea")
    assert "as you wrote" not in page


def test_questions_of_a_round_that_is_not_published_are_not_there(client: Client):
    make_round(slug="sea-draft", published_at=None)

    assert client.get(reverse("round_questions", args=["sea-draft"])).status_code == 404
    assert client.get(reverse("round_questions", args=["nothing"])).status_code == 404


def test_kept_questions_change_with_the_limits(client: Client):
    round_ = make_round()
    address = reverse("round_questions", args=[round_.slug])
    before = client.get(address).content.decode()

    limits.set_limits(round_, {"employment.jobs.entries": 7})
    generations_read.forget()  # what every process does within a second

    assert "up to 7 entries" not in before
    assert "up to 7 entries" in client.get(address).content.decode()


def test_round_page_leads_to_its_questions(client: Client):
    round_ = make_round()

    page = client.get(reverse("positions:round", args=[round_.slug])).content.decode()

    assert reverse("round_questions", args=[round_.slug]) in page
