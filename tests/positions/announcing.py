"""Announcing and telling, as staff and beat do it in tests."""

from datetime import date, time

from positions.domain import announcements, rounds
from positions.models import RecruitmentRound
from tests.positions.watching import (
    AT,
    make_staff,
)

LAST_MINUTE = time(23, 59)


def announce(round_, *, at=AT) -> None:
    announcements.announce(round_.pk, by=make_staff(), at=at)
    announcements.carry_on(at=at)


def extend(round_, day: date = date(2025, 3, 20), *, at=AT):
    return rounds.extend(
        round_.pk, day=day, clock=LAST_MINUTE, reason="A storm.", by=make_staff(), at=at
    )


def sweep(at=AT) -> int:
    announcements.tell_changes(at=at)
    return announcements.carry_on(at=at)


def loaded(round_) -> RecruitmentRound:
    return RecruitmentRound.objects.with_vacancies().get(pk=round_.pk)
