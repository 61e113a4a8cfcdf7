"""A published post may be told more exactly; what applicants could read is never taken back."""

import pytest

from positions.domain import promises
from positions.domain.errors import Refused
from positions.models import ContractingOrganization, RecruitmentRound, Sport, Vacancy
from tests.positions.round_desk import (
    draft,
    edited,
    in_march_2024,
    page,
    published,
    staff,
)

__all__ = ["in_march_2024", "staff"]

pytestmark = pytest.mark.django_db

COLUMNS = ("posts", "sport", "organization", "prefecture")


def announce(round_: RecruitmentRound) -> Vacancy:
    """Announce judo in Kyoto for two."""
    kyoto = ContractingOrganization.objects.create(name="Nagaoka City", prefecture="Kyoto")
    judo = Sport.objects.create(name="Judo")
    round_.vacancies.update(posts=2, sport=judo, organization=kyoto)
    return round_.vacancies.get()


def sent(round_: RecruitmentRound, **changes: object) -> dict[str, str]:
    post = round_.vacancies.get()
    values = {
        "posts": post.posts,
        "sport": post.sport_id,
        "organization": post.organization_id,
        "prefecture": post.prefecture,
        **changes,
    }
    answers = {f"vacancies-0-{name}": str(value or "") for name, value in values.items()}
    return edited(round_, **answers)


def refused(response) -> set[str]:
    assert response.status_code == 200
    (formset,) = response.context["inline_admin_formsets"]
    return {name for errors in formset.formset.errors for name in errors}


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"posts": 1}, "posts"), ({"sport": ""}, "sport"), ({"organization": ""}, "organization")],
)
def test_published_post_takes_nothing_back(staff, changes, field):
    round_ = published()
    before = Vacancy.objects.filter(pk=announce(round_).pk).values(*COLUMNS).get()

    response = staff.post(page("change", round_.pk), sent(round_, **changes))

    assert refused(response) == {field}
    assert round_.vacancies.values(*COLUMNS).get() == before


def test_published_post_is_not_given_to_another_sport(staff):
    round_ = published()
    announce(round_)
    archery = Sport.objects.create(name="Archery")

    response = staff.post(page("change", round_.pk), sent(round_, sport=archery.pk))

    assert refused(response) == {"sport"}
    assert round_.vacancies.get().sport.name == "Judo"


def test_published_post_grows_and_names_what_was_to_be_announced(staff):
    round_ = published()
    judo = Sport.objects.create(name="Judo")

    response = staff.post(page("change", round_.pk), sent(round_, posts=3, sport=judo.pk))

    assert response.status_code == 302
    assert (round_.vacancies.get().posts, round_.vacancies.get().sport) == (3, judo)


def test_post_of_a_draft_changes_freely(staff):
    round_ = draft()
    announce(round_)

    response = staff.post(page("change", round_.pk), sent(round_, posts=1, sport=""))

    assert response.status_code == 302
    assert (round_.vacancies.get().posts, round_.vacancies.get().sport) == (1, None)


def test_announced_place_stays_when_its_organization_becomes_known():
    niigata = ContractingOrganization.objects.create(name="Nagaoka City", prefecture="Niigata")
    announced = {"prefecture": "Kyoto"}

    with pytest.raises(Refused, match="Announced in Kyoto"):
        promises.refuse_taken_back(announced, Vacancy(organization=niigata))
    promises.refuse_taken_back({"prefecture": "Niigata"}, Vacancy(organization=niigata))
