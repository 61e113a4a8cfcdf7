"""Seats of a vacancy and its alternates: what is taken, what is free, who is next and why.

A vacancy is a named post of an SEA round, or the ALT or CIR half of a cycle. Everything is summed
from the ledger (`SeatEvent`); nothing here moves anybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from applications.domain.errors import Refused
from applications.domain.moves import Move
from applications.models import (
    DECIDED_FROM,
    TAKEN,
    Application,
    Decision,
    Holding,
    ResultSettings,
    SeatEvent,
    SeatNumber,
    Stage,
    Status,
)
from positions.models import RecruitmentRound, Vacancy

ON_THE_LIST = (Status.ALTERNATE, Status.ALTERNATE_KEPT)


class SeatReasonNeeded(Refused):
    """An upgrade that goes over the seats, or past somebody on the list, is explained."""


@dataclass(frozen=True, slots=True)
class Seats:
    """What became of the seats of one vacancy; `seats` is None where their number is not known.

    `pledged` are offers in a release that is approved and not carried out yet; `given_back` are
    seats that somebody had and gave back, and that nobody was given since.
    """

    seats: int | None
    offered: int = 0
    accepted: int = 0
    declined: int = 0
    listed: int = 0
    given_back: int = 0
    pledged: int = 0

    @property
    def free(self) -> int | None:
        """Seats left to offer; below zero where more were given than there are."""
        if self.seats is None:
            return None
        return self.seats - self.offered - self.accepted - self.pledged

    @property
    def to_offer(self) -> int:
        """Seats that somebody can be given now: the free ones, or those that came back."""
        return max(self.given_back if self.free is None else self.free, 0)


HELD_SEAT, HOLDS_SEAT = Q(gave_back__in=TAKEN), Q(took__in=TAKEN)
# What fills a seat anew: an upgrade, or a withdrawal that was taken back; no result does.
GIVEN_ANEW = HOLDS_SEAT & ~HELD_SEAT & ~Q(change__from_status=DECIDED_FROM[Stage.FINAL])


def count(vacancies: Iterable[Vacancy]) -> dict[str, Seats]:
    """Sum the ledger per vacancy, by its key; three queries at any size."""
    wanted = numbers(vacancies)
    kinds = [kind for kind in Holding if kind]
    sums = {f"took_{kind}": Count("pk", filter=Q(took=kind)) for kind in kinds}
    sums |= {f"gave_{kind}": Count("pk", filter=Q(gave_back=kind)) for kind in kinds}
    sums["left"] = Count("pk", filter=HELD_SEAT & ~HOLDS_SEAT)
    sums["given_anew"] = Count("pk", filter=GIVEN_ANEW)
    ledger = SeatEvent.objects.filter(vacancy__key__in=wanted).order_by()
    rows: Any = ledger.values("vacancy__key").annotate(**sums)
    held = {row["vacancy__key"]: row for row in rows}
    pledged = _pledged(wanted)
    return {
        key: Seats(posts, pledged=pledged.get(key, 0), **_sums(held.get(key)))
        for key, posts in wanted.items()
    }


def _sums(row: Any) -> dict[str, int]:
    if row is None:
        return {}
    held = {str(kind): row[f"took_{kind}"] - row[f"gave_{kind}"] for kind in Holding if kind}
    return held | {"given_back": row["left"] - row["given_anew"]}


def numbers(vacancies: Iterable[Vacancy]) -> dict[str, int | None]:
    """Return how many seats each vacancy has, by its key: its posts, or what the office has set."""
    posts = {vacancy.key: vacancy.posts for vacancy in vacancies}
    newest = Window(RowNumber(), partition_by=[F("vacancy")], order_by=F("pk").desc())
    rows = SeatNumber.objects.filter(vacancy__key__in=posts).annotate(turn=newest).filter(turn=1)
    set_by_office = {row.vacancy_id: row.seats for row in rows.order_by()}
    return {
        key: set_by_office.get(key) if number is None else number for key, number in posts.items()
    }


def _pledged(keys: Iterable[str]) -> dict[str, int]:
    waiting = Decision.objects.filter(
        vacancy__key__in=keys,
        outcome=Status.SHORT_LISTED,
        settled_at=None,
        batch__approved_at__isnull=False,
    )
    rows = waiting.order_by().values("vacancy__key").annotate(offers=Count("pk"))
    return {row["vacancy__key"]: row["offers"] for row in rows}


@dataclass(frozen=True, slots=True)
class Next:
    """Who would be upgraded next, and in words why it is them."""

    decision: Decision
    why: str


def alternate_lists(keys: Iterable[str]) -> dict[str, list[Decision]]:
    """Read the released alternates of vacancies in their order, those who left included.

    One query at any size.
    """
    lists: dict[str, list[Decision]] = {key: [] for key in keys}
    rows = Decision.objects.filter(
        vacancy__key__in=lists, stage=Stage.FINAL, outcome=Status.ALTERNATE, moved=True
    )
    for row in rows.select_related("application").order_by("rank"):
        lists[row.vacancy_id].append(row)
    return lists


def standing(listed: Iterable[Decision]) -> list[Decision]:
    """Keep those who are still on the list."""
    return [row for row in listed if row.application.status in ON_THE_LIST]


def next_of(listed: list[Decision]) -> Next | None:
    """Propose the first who is still on a list of `alternate_lists`; None where nobody is."""
    still = standing(listed)
    if not still:
        return None
    gone = listed.index(still[0])
    if not gone:
        return Next(still[0], "First on the list.")
    before = "1 before has" if gone == 1 else f"{gone} before have"
    return Next(still[0], f"Number {gone + 1} on the list; the {before} left it.")


def next_alternate(vacancy_key: str) -> Next | None:
    return next_of(alternate_lists([vacancy_key])[vacancy_key])


def to_offer_again(rounds: Iterable[RecruitmentRound], *, at: datetime) -> dict[str, int]:
    """Count, by round, the seats that an alternate can be offered now.

    One query where nobody waits on a list, four more where somebody does. Rounds come with their
    `result_settings`; one whose list has ended offers nothing.
    """
    running = [row.slug for row in rounds if not _has_ended(row, at)]
    listed = Application.objects.filter(Q(round__in=running), status__in=ON_THE_LIST).order_by()
    waiting = dict(listed.values_list("vacancy__key").annotate(Count("pk")))
    if not waiting:
        return {}
    vacancies = list(Vacancy.objects.filter(key__in=waiting))
    sums, found = count(vacancies), dict.fromkeys(running, 0)
    for vacancy in vacancies:
        found[vacancy.round_id] += min(sums[vacancy.key].to_offer, waiting[vacancy.key])
    return found


def _has_ended(round_: RecruitmentRound, at: datetime) -> bool:
    settings: ResultSettings | None = getattr(round_, "result_settings", None)
    return settings is not None and settings.has_ended(at)


def locked(key: str) -> Vacancy:
    """Lock a vacancy in the caller's transaction, so that its seats are given one by one."""
    vacancy: Vacancy = Vacancy.objects.select_for_update(no_key=True).get(key=key)
    return vacancy


def why_explain(application: Application, move: Move) -> str:
    """Say what must be explained about an upgrade; empty where it is the usual one."""
    if move.target != Status.SHORT_LISTED or move.is_result:
        return ""
    vacancy = application.vacancy
    if vacancy is None:
        raise ValueError("only what was sent is upgraded")
    parts = [over_seats(vacancy), _out_of_turn(application)]
    words = " ".join(part for part in parts if part)
    return f"{words} Give the reason." if words else ""


def over_seats(vacancy: Vacancy, *, more: int = 1) -> str:
    """Say that `more` offers are more than the free seats; empty where they are not."""
    seats = count([vacancy])[vacancy.key]
    if seats.free is None or seats.free >= more:
        return ""
    taken = [f"{seats.accepted} accepted", f"{seats.offered + seats.pledged} offered"]
    return f"Seats: {seats.seats}, {', '.join(taken)}. There is none free for this."


def _out_of_turn(application: Application) -> str:
    following = next_alternate(application.vacancy_id or "")
    if following is None or following.decision.application_id == application.pk:
        return ""
    other = following.decision.application.reference_shown
    return f"It is not their turn: {other} is next."


def require_seat(application: Application, move: Move, *, reason: str) -> None:
    """Raise SeatReasonNeeded where an upgrade must be explained and is not; locks the vacancy."""
    if move.target != Status.SHORT_LISTED or move.is_result:
        return
    locked(application.vacancy_id or "")
    if not reason.strip() and (words := why_explain(application, move)):
        raise SeatReasonNeeded(words, field="reason")


def given_away(application: Application, holding: Holding) -> bool:
    """Tell whether a seat that was given back is not there any more; locks the vacancy."""
    if holding not in TAKEN or not application.vacancy_id:
        return False
    return bool(over_seats(locked(application.vacancy_id)))
