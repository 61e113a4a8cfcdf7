"""Two members of staff act on one round at the same instant, on two connections."""

from datetime import UTC, date, datetime, time
from functools import partial

import pytest

from jetportal.accounts.models import User
from positions.domain import rounds
from positions.domain.errors import Refused
from positions.models import RecruitmentRound, RoundChange
from tests.factories import CLOSES_AT, PUBLISHED_AT, make_round
from tests.race.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

AT = datetime(2025, 3, 10, 20, 0, tzinfo=UTC)
LAST_MINUTE = time(23, 59)


@pytest.fixture
def staff() -> User:
    return User.objects.create_user("staff@jet.example", is_staff=True)


def extending(round_: RecruitmentRound, day: date, by: User):
    return partial(
        rounds.extend, round_.pk, day=day, clock=LAST_MINUTE, reason="Storm.", by=by, at=AT
    )


def refusals(outcomes: list[object]) -> list[str]:
    return [str(outcome) for outcome in outcomes if isinstance(outcome, Refused)]


def test_two_publish_and_one_hears_that_it_is_published(staff):
    round_ = make_round(published_at=None)
    publishing = [partial(rounds.publish, round_.pk, by=staff, at=at) for at in (PUBLISHED_AT, AT)]

    outcomes = together(*publishing)

    assert refusals(outcomes) == ["This round is published already."]
    published = next(found for found in outcomes if isinstance(found, RecruitmentRound))
    round_.refresh_from_db()
    assert round_.published_at == published.published_at


def test_two_clicks_extend_once(staff):
    round_ = make_round()
    click = extending(round_, date(2025, 3, 20), staff)

    outcomes = together(click, click)

    words = "The deadline is Thursday, March 20, 2025, 11:59\u00a0PM\u00a0HST already."
    assert refusals(outcomes) == [words]
    assert RoundChange.objects.count() == 1


def test_two_extensions_end_at_the_later_one_and_never_move_back(staff):
    round_ = make_round()
    near, far = date(2025, 3, 20), date(2025, 3, 25)

    outcomes = together(extending(round_, near, staff), extending(round_, far, staff))

    assert len(refusals(outcomes)) <= 1
    assert not isinstance(outcomes[1], Exception)
    round_.refresh_from_db()
    assert round_.closes_on == far
    steps = list(RoundChange.objects.order_by("pk").values_list("old_closes_at", "new_closes_at"))
    ends = [CLOSES_AT, *(new for _, new in steps)]
    assert [old for old, _ in steps] == ends[:-1]
    assert ends == sorted(ends)
    assert ends[-1] == round_.closes_at


def test_publish_against_discard_leaves_a_whole_round_or_none(staff):
    round_ = make_round(published_at=None)

    published, discarded = together(
        partial(rounds.publish, round_.pk, by=staff, at=AT), partial(rounds.discard, round_.pk)
    )

    stayed = RecruitmentRound.objects.filter(pk=round_.pk).with_vacancies().first()
    if isinstance(discarded, Refused):
        assert isinstance(published, RecruitmentRound)
        assert stayed is not None
        assert stayed.vacancies.count() == 1
    else:
        assert refusals([published]) == ["This draft is gone: somebody has discarded it."]
        assert stayed is None
