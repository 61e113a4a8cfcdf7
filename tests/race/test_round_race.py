"""Two members of staff act on one round at the same instant, on two connections."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from jetportal.accounts.models import User
from positions.domain import notices, rounds
from positions.domain.errors import Refused
from positions.models import RecruitmentRound, RoundChange, Sport
from tests.factories import CLOSES_AT, PUBLISHED_AT, make_position_type, make_round
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


def signed_in(user: User) -> Client:
    user.user_permissions.set(Permission.objects.filter(codename__endswith="recruitmentround"))
    client = Client()
    client.force_login(user)
    return client


def answers(**changes: str) -> dict[str, str]:
    closes = datetime.now(UTC) + timedelta(weeks=4)
    return {
        "kind": "sea",
        "slug": "sea-2031-summer",
        "title": "SEA, summer departures",
        "departure_season": "summer",
        "closes_weekday": f"{closes.weekday()}",
        "closes_on": f"{closes:%Y-%m-%d}",
        "closes_time": "23:59",
        "zone": "Pacific/Honolulu",
        "closing_soon_hours": "72",
        "purpose_max_words": "650",
        "purpose_max_characters": "4000",
        "documents_max_megabytes": "10",
        "vacancies-TOTAL_FORMS": "1",
        "vacancies-INITIAL_FORMS": "0",
        "vacancies-0-posts": "2",
        **changes,
    }


def test_two_drafts_with_one_address_make_one_and_tell_the_other(staff, settings):
    settings.DEMO = True
    make_position_type("SEA")
    client = signed_in(staff)
    saving = partial(client.post, reverse("admin:positions_recruitmentround_add"), answers())

    outcomes = together(saving, saving)

    assert sorted(response.status_code for response in outcomes) == [200, 302]
    told = next(response for response in outcomes if response.status_code == 200)
    words = "There is one with this Address already."
    assert told.context["adminform"].form.errors == {"slug": [words]}
    assert RecruitmentRound.objects.count() == 1


def test_published_deadline_stands_against_a_draft_that_is_saved_at_the_same_instant(
    staff, settings
):
    settings.DEMO = True
    in_two_weeks = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(weeks=2)
    round_ = make_round(
        published_at=None,
        opens_at=None,
        closes_at=in_two_weeks,
        departure_season="summer 2031",
    )
    post = round_.vacancies.get()
    changed = answers(
        **{
            "vacancies-INITIAL_FORMS": "1",
            "vacancies-0-id": str(post.pk),
            "vacancies-0-round": round_.slug,
        }
    )
    url = reverse("admin:positions_recruitmentround_change", args=[round_.pk])
    saving = partial(signed_in(staff).post, url, changed, follow=True)

    saved, published = together(
        saving, partial(rounds.publish, round_.pk, by=staff, at=datetime.now(UTC))
    )

    assert saved.status_code == 200
    round_.refresh_from_db()
    assert round_.published_at is not None
    kept_back = "published in the meantime" in saved.content.decode()
    assert (round_.closes_at == in_two_weeks) is kept_back
    assert isinstance(published, RecruitmentRound)
    assert published.closes_at == round_.closes_at


def test_two_notices_of_one_address_make_one_round_and_tell_the_other(staff):
    make_position_type("SEA")
    facts = notices.Notice(
        departure_season="summer 2025",
        posts=1,
        sport="Archery",
        closes_weekday=4,
        closes_on=date(2025, 3, 28),
        closes_time=LAST_MINUTE,
        zone="Pacific/Honolulu",
    )
    taking_in = partial(notices.take_in, facts, at=AT)

    outcomes = together(taking_in, taking_in)

    (told,) = refusals(outcomes)
    assert told.endswith("write sea-2025-summer-2.")
    assert RecruitmentRound.objects.get().vacancies.get().sport == Sport.objects.get()
