"""Seats and alternates of ALT and CIR, which have no announced posts; and the ledger itself."""

from datetime import date, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from applications.domain import soundness, withdrawing, workflow
from applications.domain.errors import MoveNotAllowed, Refused
from applications.domain.moves import Actor
from applications.domain.outcomes import replies, results, seat_numbers, seats
from applications.models import (
    Application,
    Decision,
    Reply,
    SeatEvent,
    SeatNumber,
    Status,
    StatusChange,
)
from positions.models import RecruitmentRound, Vacancy
from tests.applicants import SENT_AT, make_application, make_office, make_staff, make_user
from tests.factories import make_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

NOW = SENT_AT + timedelta(days=1)
ALT, CIR = "annual-2026/alt/1", "annual-2026/cir/1"


@pytest.fixture
def cycle() -> RecruitmentRound:
    return make_round(slug="annual-2026")


def person(cycle: RecruitmentRound, number: int, status: Status) -> Application:
    applicant = make_user(f"person{number}@example.org")
    return make_application(round_=cycle, applicant=applicant, status=status)


def held(key: str = ALT) -> seats.Seats:
    return seats.count(Vacancy.objects.filter(key=key))[key]


def set_number(number: int, *, reason: str = "") -> SeatNumber | None:
    return seat_numbers.set_number(ALT, number, by=make_office(), at=NOW, reason=reason)


def upgrade(application: Application, *, reason: str = "", at: datetime = NOW) -> Application:
    return workflow.move(
        application.pk,
        Status.SHORT_LISTED,
        by=make_office(),
        actors={Actor.PROGRAM_OFFICE},
        at=at,
        reason=reason,
    )


def answer(application: Application, reply: Reply) -> None:
    replies.answer(application.key, reply, by=application.applicant, received_at=NOW)


def test_each_half_of_a_cycle_has_its_own_seats_and_list(cycle):
    person(cycle, 1, Status.SHORT_LISTED), person(cycle, 2, Status.ALTERNATE)

    sums = seats.count(cycle.vacancies.all())

    assert sums == {ALT: seats.Seats(None, offered=1, listed=1), CIR: seats.Seats(None)}
    assert [len(rows) for rows in seats.alternate_lists([ALT, CIR]).values()] == [1, 0]


def test_number_of_seats_is_set_by_the_office_and_its_newest_row_counts(cycle):
    person(cycle, 1, Status.SHORT_LISTED)

    set_number(2), set_number(3)

    assert held() == seats.Seats(3, offered=1)
    assert (held().free, held().to_offer, held(CIR).seats) == (2, 2, None)
    assert set_number(3) is None
    rows = SeatNumber.objects.values_list("vacancy", "seats", "at")
    assert list(rows) == [(ALT, 2, NOW), (ALT, 3, NOW)]


def test_fewer_seats_than_were_given_need_a_reason(cycle):
    person(cycle, 1, Status.SHORT_LISTED), person(cycle, 2, Status.ACCEPTED)

    with pytest.raises(Refused, match="2 were given already") as refusal:
        set_number(1)
    set_number(1, reason="Tokyo took one away.")

    assert refusal.value.field == "reason"
    assert (held().free, held().to_offer) == (-1, 0)


def test_number_that_is_announced_is_not_set_beside_it(cycle):
    vacancy = make_round().vacancies.get()

    with pytest.raises(Refused, match="is announced"):
        seat_numbers.set_number(vacancy.key, 5, by=make_office(), at=NOW)
    with pytest.raises(Refused, match="from 0 to 9999"):
        set_number(-1)
    coordinator = make_staff("c@example.org", "Coordinators", consulate="new-york")
    with pytest.raises(Refused, match="program office"):
        seat_numbers.set_number(ALT, 5, by=coordinator, at=NOW)

    SeatNumber.objects.create(vacancy=vacancy, seats=9, by=make_office(), at=NOW)
    assert held(vacancy.key).seats == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        SeatNumber.objects.create(vacancy=vacancy, seats=10_000, by=make_office(), at=NOW)


def test_offers_beyond_the_seats_of_a_cycle_are_explained(cycle):
    decisions = [
        results.record(
            person(cycle, number, Status.INTERVIEWED).pk,
            Status.SHORT_LISTED,
            by=make_office(),
            at=NOW,
        )
        for number in (1, 2)
    ]
    set_number(1)

    with pytest.raises(Refused, match=r"annual-2026/alt/1: 2 offers\. Seats: 1"):
        results.ask(decisions[0].batch_id, release=None, reply_by=None, by=make_office(), at=NOW)


@pytest.mark.parametrize("reply", [Reply.DECLINE, None])
def test_seat_that_comes_back_is_proposed_though_no_number_is_set(cycle, reply):
    first, second = person(cycle, 1, Status.SHORT_LISTED), person(cycle, 2, Status.ALTERNATE_KEPT)
    assert held().to_offer == 0

    if reply:
        answer(first, reply)
    else:
        withdrawing.withdraw(first.key, by=first.applicant, at=NOW)

    assert (held().free, held().to_offer) == (None, 1)
    assert seats.next_alternate(ALT).decision.application == second
    upgrade(second)
    assert held().to_offer == 0


def test_withdrawal_that_is_taken_back_fills_its_seat_again(cycle):
    first = person(cycle, 1, Status.ACCEPTED)
    withdrawing.withdraw(first.key, by=first.applicant, at=NOW)
    assert held().to_offer == 1

    withdrawing.take_back_withdrawal(first.key, by=first.applicant, at=NOW)

    assert held() == seats.Seats(None, accepted=1)


def test_upgrade_out_of_turn_is_explained_in_a_cycle_too(cycle):
    first, second = (person(cycle, number, Status.ALTERNATE) for number in (1, 2))

    with pytest.raises(seats.SeatReasonNeeded, match=f"{first.reference_shown} is next"):
        upgrade(second)
    upgrade(second, reason="She teaches in the area already.")

    assert seats.next_alternate(ALT).decision.application == first


def test_database_refuses_a_second_alternate_of_a_rank(cycle):
    person(cycle, 1, Status.ALTERNATE), person(cycle, 2, Status.ALTERNATE)
    ranked = Decision.objects.filter(outcome=Status.ALTERNATE)
    assert sorted(ranked.values_list("rank", flat=True)) == [1, 2]

    with pytest.raises(IntegrityError), transaction.atomic():
        ranked.update(rank=1)


def test_list_of_a_cycle_ends_on_its_date(cycle):
    application = person(cycle, 1, Status.ALTERNATE)
    end = SENT_AT.replace(month=12, day=13, hour=10, minute=0)
    replies.set_days(
        cycle.slug,
        reply_days=14,
        upgrade_reply_days=7,
        list_ends_on=date(2025, 12, 12),
        by=make_office(),
        at=NOW,
    )

    with pytest.raises(
        MoveNotAllowed, match="ended Friday, December 12, 2025"
    ):  # though the job has not come to it yet
        upgrade(application, at=end)
    closed = replies.close_lists(at=end)

    assert (closed, Application.objects.get().status) == (1, Status.LIST_CLOSED)
    assert held() == seats.Seats(None)


def fill_ledger() -> None:
    import_module("applications.migrations.0031_fill_ledger_of_seats").fill_ledger(apps, None)


def lines() -> list[tuple[str, ...]]:
    order = ("application", "change")
    return list(
        SeatEvent.objects.order_by(*order).values_list(
            "application", "change", "vacancy", "gave_back", "took"
        )
    )


def test_files_moved_before_there_was_a_ledger_get_their_lines(cycle):
    person(cycle, 1, Status.ACCEPTED)
    answer(person(cycle, 2, Status.ALTERNATE), Reply.LEAVE)
    person(cycle, 3, Status.INTERVIEWED)
    before = lines()
    assert len(before) == 4

    for lost in (SeatEvent.objects.all(), SeatEvent.objects.filter(took="offered")):
        lost.delete()
        assert list(soundness.faults())
        fill_ledger()
        fill_ledger()

        assert lines() == before
        assert list(soundness.faults()) == []


def test_seat_goes_back_to_the_vacancy_it_was_taken_from(cycle):
    application = person(cycle, 1, Status.SHORT_LISTED)
    Application.objects.update(vacancy=CIR, position="CIR")

    answer(Application.objects.get(), Reply.DECLINE)

    assert held() == seats.Seats(None, declined=1, given_back=1)
    assert held(CIR) == seats.Seats(None)
    SeatEvent.objects.filter(gave_back="offered").delete()
    fill_ledger()
    assert SeatEvent.objects.filter(application=application).last().vacancy_id == ALT


def test_moves_and_lines_that_disagree_are_found(cycle):
    application = person(cycle, 1, Status.ACCEPTED)
    first, second = SeatEvent.objects.all()

    SeatEvent.objects.filter(pk=first.pk).delete()
    assert list(soundness.faults()) == [
        f"Move {first.change_id} of application {application.pk} is not in the ledger of seats."
    ]
    StatusChange.objects.filter(pk=second.change_id).update(to_status=Status.DECLINED)

    assert (
        f"Line {second.pk} of the ledger of seats, of application {application.pk}, "
        "is not its move."
    ) in list(soundness.faults())
