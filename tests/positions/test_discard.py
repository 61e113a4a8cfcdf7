"""What goes with a draft that is discarded, and what keeps it."""

from datetime import timedelta

import pytest

from positions.domain import announcements, rounds
from positions.domain.errors import Refused
from positions.models import Announcement, ContractingOrganization, RecruitmentRound, Sport
from tests.factories import CLOSES_AT, PUBLISHED_AT, make_round, make_vacancy
from tests.positions.watching import AT, archery_round, make_sport, make_staff, make_watch

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_discarded_draft_that_was_announced_goes_with_its_announcement():
    make_watch()
    round_ = archery_round()
    early = PUBLISHED_AT - timedelta(days=2)
    announcements.announce(round_.pk, by=make_staff(), at=early)
    RecruitmentRound.objects.filter(pk=round_.pk).update(published_at=None)

    rounds.discard(round_.pk)

    assert not RecruitmentRound.objects.exists()
    assert not Announcement.objects.exists()


def test_discard_names_what_is_in_its_way():
    draft = make_round(published_at=None)
    draft.changes.create(
        kind="cancelled", at=AT, by=make_staff(), reason="No post.", old_closes_at=CLOSES_AT
    )

    with pytest.raises(Refused, match="There are round changes to this round"):
        rounds.discard(draft.pk)

    assert draft.vacancies.exists()


def test_discard_takes_along_what_only_the_draft_names():
    names = ("Alone", "Watched", "Elsewhere")
    sports = {name: make_sport(name) for name in names}
    make_watch(sport="Watched")
    make_round(slug="sea-other").vacancies.update(sport=sports["Elsewhere"])
    school = ContractingOrganization.objects.create(name="A school", prefecture="Tottori")
    draft = make_round(slug="sea-draft", published_at=None)
    for number, name in enumerate(names, start=2):
        make_vacancy(draft, number=number, sport=sports[name], organization=school)

    rounds.discard(draft.pk)

    assert set(Sport.objects.values_list("name", flat=True)) == {"Watched", "Elsewhere"}
    assert not ContractingOrganization.objects.exists()
