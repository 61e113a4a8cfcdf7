"""What staff may do with a round, asked of the domain alone."""

from datetime import UTC, date, datetime, time

import pytest

from jetportal.accounts.models import User
from jetportal.pagecache.models import PageGeneration
from positions.deadlines import end_of_minute
from positions.domain import drafts, rounds
from positions.domain.errors import Refused
from positions.models import ChangeKind, RecruitmentRound, RoundChange, RoundKind, Vacancy
from tests.factories import CLOSES_AT, PUBLISHED_AT, TICK, make_position_type, make_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

AT = datetime(2025, 2, 20, 20, 0, tzinfo=UTC)
LAST_MINUTE = time(23, 59)
LATER = date(2025, 3, 21)


@pytest.fixture
def staff() -> User:
    return User.objects.create_user("staff@jet.example", is_staff=True)


def generation() -> int:
    row = PageGeneration.objects.first()
    return row.number if row else 0


# --- publish --------------------------------------------------------------------------------------


def test_publish_sets_the_instant_and_ends_kept_pages(staff):
    round_ = make_round(published_at=None)
    before = generation()

    rounds.publish(round_.pk, by=staff, at=AT)

    round_.refresh_from_db()
    assert round_.published_at == AT
    assert generation() > before


@pytest.mark.parametrize(("at", "refused"), [(CLOSES_AT - TICK, False), (CLOSES_AT, True)])
def test_publish_is_refused_from_the_closing_instant_on(staff, at, refused):
    round_ = make_round(published_at=None)

    try:
        rounds.publish(round_.pk, by=staff, at=at)
        heard = False
    except Refused:
        heard = True

    round_.refresh_from_db()
    assert (heard, round_.published_at) == (refused, None if refused else at)


def test_publish_needs_a_vacancy(staff):
    round_ = make_round(published_at=None)
    Vacancy.objects.all().delete()

    with pytest.raises(Refused, match="no vacancy yet"):
        rounds.publish(round_.pk, by=staff, at=AT)


# --- extend ---------------------------------------------------------------------------------------


def test_extension_moves_the_end_and_writes_who_when_and_why(staff):
    round_ = make_round()

    rounds.extend(round_.pk, day=LATER, clock=LAST_MINUTE, reason=" Storm. ", by=staff, at=AT)

    round_.refresh_from_db()
    end = end_of_minute(datetime(2025, 3, 21, 23, 59))
    assert (round_.closes_on, round_.closes_time, round_.closes_at) == (LATER, LAST_MINUTE, end)
    change = RoundChange.objects.values(
        "kind", "at", "by", "reason", "old_closes_at", "new_closes_at"
    )
    assert change.get() == {
        "kind": ChangeKind.EXTENDED,
        "at": AT,
        "by": staff.pk,
        "reason": "Storm.",
        "old_closes_at": CLOSES_AT,
        "new_closes_at": end,
    }


@pytest.mark.parametrize(
    ("day", "clock", "at", "words"),
    [
        (date(2025, 3, 14), time(23, 58), AT, "must be later than Friday, March 14, 2025, 11:59"),
        (date(2025, 3, 14), LAST_MINUTE, AT, "is Friday, March 14, 2025, 11:59.* already"),
        (
            LATER,
            LAST_MINUTE,
            datetime(2025, 3, 22, 10, 0, tzinfo=UTC),
            "must be later than Saturday",
        ),
        (date(2052, 3, 14), LAST_MINUTE, AT, "The year 2052 is not likely"),
    ],
)
def test_extension_never_moves_back_nor_to_what_is_over(staff, day, clock, at, words):
    round_ = make_round()

    with pytest.raises(Refused, match=words):
        rounds.extend(round_.pk, day=day, clock=clock, reason="Storm.", by=staff, at=at)

    round_.refresh_from_db()
    assert round_.closes_at == CLOSES_AT
    assert not RoundChange.objects.exists()


def test_extension_reads_the_clock_of_the_round(staff):
    closes_at = end_of_minute(datetime(2025, 3, 14, 17, 0))
    round_ = make_round(zone="Australia/Sydney", closes_at=closes_at)

    rounds.extend(round_.pk, day=LATER, clock=time(17, 0), reason="Storm.", by=staff, at=AT)

    round_.refresh_from_db()
    assert round_.closes_at == datetime(2025, 3, 21, 6, 1, tzinfo=UTC)


def test_extension_to_a_minute_that_clocks_skip_is_refused(staff):
    closes_at = datetime(2025, 3, 1, 5, 0, tzinfo=UTC)
    round_ = make_round(zone="America/New_York", closes_at=closes_at)

    with pytest.raises(Refused, match="Clocks in New York change"):
        rounds.extend(
            round_.pk, day=date(2025, 3, 9), clock=time(2, 30), reason="Storm.", by=staff, at=AT
        )


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_extension_and_cancellation_need_a_reason(staff, reason):
    round_ = make_round()

    with pytest.raises(Refused, match="Give the reason"):
        rounds.extend(round_.pk, day=LATER, clock=LAST_MINUTE, reason=reason, by=staff, at=AT)
    with pytest.raises(Refused, match="Give the reason"):
        rounds.cancel(round_.pk, reason=reason, by=staff, at=AT)


def test_cancelled_round_ends_at_that_instant_and_is_not_extended(staff):
    round_ = make_round()

    rounds.cancel(round_.pk, reason="Withdrawn.", by=staff, at=AT)

    round_.refresh_from_db()
    assert (round_.accepts(AT - TICK), round_.accepts(AT)) == (True, False)
    with pytest.raises(Refused, match="This round is cancelled"):
        rounds.extend(round_.pk, day=LATER, clock=LAST_MINUTE, reason="Storm.", by=staff, at=AT)


# --- drafts ---------------------------------------------------------------------------------------


def test_window_of_a_draft_is_written_in_its_own_zone():
    round_ = RecruitmentRound()

    rounds.set_window(
        round_,
        opens=datetime(2025, 3, 1, 9, 0),
        day=LATER,
        clock=time(17, 0),
        zone="Europe/London",
        at=AT,
    )

    assert round_.opens_at == datetime(2025, 3, 1, 9, 0, tzinfo=UTC)
    assert round_.closes_at == datetime(2025, 3, 21, 17, 1, tzinfo=UTC)


def test_window_of_a_published_round_is_refused():
    round_ = make_round()

    with pytest.raises(Refused, match="moves by an extension only"):
        rounds.set_window(round_, opens=None, day=LATER, clock=LAST_MINUTE, zone=round_.zone, at=AT)


@pytest.mark.parametrize(
    ("day", "clock", "refused"),
    [(date(2025, 2, 20), time(9, 59), True), (date(2025, 2, 20), time(10, 0), False)],
    ids=["its minute is over", "its minute runs"],
)
def test_deadline_of_a_draft_is_late_when_its_whole_minute_is_over(day, clock, refused):
    round_ = RecruitmentRound()
    window = {"opens": None, "day": day, "clock": clock, "zone": "Pacific/Honolulu"}

    if refused:
        with pytest.raises(Refused, match="is over"):
            rounds.set_window(round_, **window, at=AT)
    else:
        rounds.set_window(round_, **window, at=AT)
        assert round_.closes_at == datetime(2025, 2, 20, 20, 1, tzinfo=UTC)


def test_limits_grow_but_do_not_shrink_once_published():
    round_ = make_round()

    rounds.refuse_lower_limits(round_, {"purpose_max_words": 651})
    with pytest.raises(Refused, match="promised 650") as refusal:
        rounds.refuse_lower_limits(round_, {"purpose_max_words": 649})

    assert refusal.value.field == "purpose_max_words"
    rounds.refuse_lower_limits(make_round(slug="sea-draft", published_at=None), {})


@pytest.mark.parametrize(
    ("kind", "season", "address"),
    [
        (RoundKind.SEA, "summer 2027", "sea-2027-summer"),
        (RoundKind.SEA, "Summer 2025", "sea-2025-summer-2"),
        (RoundKind.SEA, "2027", "sea-2027"),
        (RoundKind.SEA, "next spring", "sea-next-spring"),
        (RoundKind.SEA, "s" * 40, "sea-" + "s" * 40),
        (RoundKind.ANNUAL, "summer 2027", "annual-2027"),
    ],
)
def test_address_is_made_from_the_season_and_free(kind, season, address):
    make_round(slug="sea-2025-summer")

    assert drafts.address_for(kind, season) == address


def test_cycle_positions_are_added_once():
    make_position_type("ALT")
    make_position_type("CIR")
    round_ = make_round(slug="annual-2026", positions=["ALT"], published_at=None)

    drafts.add_cycle_positions(round_)
    drafts.add_cycle_positions(round_)

    keys = Vacancy.objects.values_list("key", flat=True)
    assert sorted(keys) == ["annual-2026/alt/1", "annual-2026/cir/1"]


def test_new_post_takes_the_number_after_the_last_one():
    round_ = make_round(published_at=None)

    drafts.save_post(round_, Vacancy(posts=1))

    assert [post.number for post in round_.vacancies.all()] == [1, 2]
    assert round_.vacancies.last().key == "sea-2025-summer/sea/2"


def test_discard_removes_a_draft_and_refuses_what_people_have_seen():
    seen, draft = make_round(), make_round(slug="sea-draft", published_at=None)

    rounds.discard(draft.pk)
    with pytest.raises(Refused, match="stays readable"):
        rounds.discard(seen.pk)
    with pytest.raises(Refused, match="This draft is gone"):
        rounds.discard(draft.pk)

    assert RecruitmentRound.objects.get() == seen
    assert seen.published_at == PUBLISHED_AT


def test_archived_round_is_neither_extended_nor_cancelled(staff):
    round_ = make_round()
    rounds.archive(round_.pk, by=staff, at=CLOSES_AT)
    later = {"day": date(2025, 3, 25), "clock": time(23, 59)}

    with pytest.raises(Refused, match="archived"):
        rounds.extend(round_.pk, **later, reason="Storm.", by=staff, at=CLOSES_AT)
    with pytest.raises(Refused, match="archived"):
        rounds.cancel(round_.pk, reason="No post left.", by=staff, at=CLOSES_AT)

    assert not RoundChange.objects.exists()
