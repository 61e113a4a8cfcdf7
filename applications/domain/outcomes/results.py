"""Results: recorded as decisions that leave the status alone, released together by two people.

Locks go in one order: the application, then its batch, then the vacancies. See
docs/decisions/0025.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from functools import partial

from django.db import transaction
from django.db.models import Count, F, Max

from applications.domain import access, workflow
from applications.domain.errors import Refused
from applications.domain.moves import Actor
from applications.domain.outcomes import seats
from applications.domain.outcomes.following import end_of_days
from applications.domain.outcomes.marks import require_seen
from applications.models import (
    Application,
    BatchState,
    Decision,
    DecisionChange,
    ReleaseStep,
    ResultBatch,
    ResultSettings,
    Stage,
    Status,
    stage_from,
)
from jetportal.accounts.models import User
from jetportal.mail.nudge import nudge_task
from positions.deadlines import NoSuchMinute, end_of_minute, instant_of
from positions.models import RecruitmentRound, Vacancy

CARRY_OUT = "applications.tasks.carry_out_results"
ROWS_AT_ONCE = 500  # in one statement
ASIDE = 1_000_000  # added to ranks while they change places, so that none is there twice
What = ReleaseStep.What


class NotOpen(Refused):
    """The batch takes no changes: its release was asked for, or has happened."""


def record_within(
    application_id: int,
    outcome: Status,
    *,
    by: User,
    at: datetime,
    reason: str = "",
    expected: Status | None = None,
) -> Decision:
    """Record a result, or change the one recorded; nobody but the program office learns of it.

    In the caller's transaction. An alternate takes the last place of the list of their vacancy.
    Raises MoveNotAllowed, and NotOpen once the release was asked for.
    """
    application, move = workflow.locked_for(
        application_id, outcome, by=by, actors=access.actors_of(by), at=at, expected=expected
    )
    stage = stage_from(application.status)
    if not move.is_result or stage is None:
        raise Refused("This is no result: it is a move of its own.")
    batch = _open_batch(application.round, stage, at=at)
    before = Decision.objects.filter(application=application, stage=stage).first()
    if before is not None and before.settled_at is not None:
        raise NotOpen("A result of this stage was released for this application already.")
    same = before is not None and before.outcome == outcome
    decision = before or Decision(application=application, stage=stage)
    decision.batch, decision.outcome = batch, outcome
    decision.vacancy_id = application.vacancy_id or ""
    decision.recorded_by, decision.recorded_at = by, at
    decision.rank = decision.rank if same else _rank(outcome, decision.vacancy_id)
    decision.save()
    DecisionChange.objects.create(
        application=application, stage=stage, outcome=outcome, by=by, at=at, reason=reason.strip()
    )
    return decision


record = transaction.atomic(durable=True)(record_within)


def _rank(outcome: str, vacancy_key: str) -> int | None:
    """Return the next place of a list; the vacancy is locked, so that nobody else takes it."""
    if outcome != Status.ALTERNATE:
        return None
    seats.locked(vacancy_key)
    last = Decision.objects.filter(vacancy__key=vacancy_key).aggregate(last=Max("rank"))["last"]
    return (last or 0) + 1


def _open_batch(round_: RecruitmentRound, stage: Stage, *, at: datetime) -> ResultBatch:
    """Lock the batch at work for a stage of a round, or begin the next one. Raises NotOpen."""
    at_work = ResultBatch.objects.filter(round=round_, stage=stage, finished_at=None)
    if not at_work.exists():
        number = ResultBatch.objects.filter(round=round_, stage=stage).count() + 1
        key = f"{round_.slug}/{stage}/{number}"
        new = ResultBatch(key=key, round=round_, stage=stage, number=number, opened_at=at)
        ResultBatch.objects.bulk_create([new], ignore_conflicts=True)  # another may be as quick
    batch: ResultBatch | None = at_work.select_for_update(of=("self",)).first()
    if batch is None:
        raise NotOpen("A release has just ended. Do it again.")
    if batch.state(at) != BatchState.OPEN:
        raise NotOpen("The release of these results was asked for. Take that back first.")
    return batch


@transaction.atomic(durable=True)
def remove(decision_id: int, *, by: User, at: datetime) -> None:
    """Take a recorded decision away before its release was asked for. Raises NotOpen, Refused."""
    _require_office(by)
    rows = Decision.objects.filter(pk=decision_id)
    if key := rows.values_list("batch__key", flat=True).first():
        _locked(key, BatchState.OPEN, at=at)
    decision = rows.first()
    if decision is None:
        raise Refused("This result was taken away meanwhile.")
    DecisionChange.objects.create(
        application_id=decision.application_id, stage=decision.stage, by=by, at=at
    )
    decision.delete()


@transaction.atomic(durable=True)
def reorder(key: str, wanted: Sequence[int], *, by: User, at: datetime) -> None:
    """Put the alternates of a batch, per vacancy, into the order of `wanted` (decision numbers).

    They share the places they had. Raises NotOpen, and Refused where `wanted` names others.
    """
    _require_office(by)
    batch = _locked(key, BatchState.OPEN, at=at)
    rows = list(batch.decisions.filter(outcome=Status.ALTERNATE).order_by("vacancy", "rank"))
    if sorted(wanted) != sorted(row.pk for row in rows):
        raise Refused("The list has changed meanwhile. Look at it again.")
    places = {key: [row.rank for row in rows if row.vacancy_id == key] for key in _keys(rows)}
    of_pk = {row.pk: row for row in rows}
    Decision.objects.filter(pk__in=wanted).update(rank=F("rank") + ASIDE)
    for pk in wanted:
        of_pk[pk].rank = places[of_pk[pk].vacancy_id].pop(0)
    Decision.objects.bulk_update(rows, ["rank"], batch_size=ROWS_AT_ONCE)


def _keys(rows: Iterable[Decision]) -> set[str]:
    return {row.vacancy_id for row in rows}


@transaction.atomic(durable=True)
def ask(
    key: str,
    *,
    release: tuple[date, time] | None,
    reply_by: tuple[date, time] | None,
    over_seats: str = "",
    by: User,
    at: datetime,
    seen: str | None = None,
) -> ResultBatch:
    """Ask for the release of a batch; it happens once somebody else has approved it.

    `release` is a minute on a wall clock in the zone of the round; None: as soon as approved.
    `reply_by` is the last minute that counts for answers to final results. `seen` is the
    `mark_of` the batch the person looked at. Raises Refused.
    """
    _require_office(by)
    batch = _locked(key, BatchState.OPEN, at=at)
    require_seen(batch, seen)
    if not batch.decisions.exists():
        raise Refused("Nothing is recorded yet, so there is nothing to release.")
    batch.release_at = at if release is None else _moment(batch, release, at=at)
    if batch.stage == Stage.FINAL:
        batch.replies_until = _reply_end(batch, reply_by, release_at=batch.release_at)
    batch.over_seats = over_seats.strip()
    _require_seats(batch, "Give the reason.")
    batch.asked_by, batch.asked_at = by, at
    batch.save()
    ReleaseStep.objects.create(batch=batch, what=What.ASKED, by=by, at=at)
    return batch


def _moment(batch: ResultBatch, wall: tuple[date, time], *, at: datetime) -> datetime:
    try:
        moment = instant_of(datetime.combine(*wall), batch.round.zoneinfo)
    except NoSuchMinute as problem:
        raise Refused(str(problem), field="release_time") from problem
    if moment <= at:
        raise Refused("This moment is over. Choose a later one.", field="release_on")
    return moment


def _reply_end(
    batch: ResultBatch, wall: tuple[date, time] | None, *, release_at: datetime
) -> datetime:
    if wall is None:
        return end_of_days(batch.round, release_at, settings_of(batch.round).reply_days)
    try:
        until = end_of_minute(datetime.combine(*wall), batch.round.zoneinfo)
    except NoSuchMinute as problem:
        raise Refused(str(problem), field="reply_time") from problem
    if until <= release_at:
        raise Refused("Answers are due after the release. Choose a later day.", field="reply_on")
    return until


def settings_of(round_: RecruitmentRound) -> ResultSettings:
    """Return the settings of a round, or the usual ones, unsaved."""
    return ResultSettings.objects.filter(round=round_).first() or ResultSettings(round=round_)


def _require_seats(batch: ResultBatch, then: str) -> None:
    """Raise Refused where a batch offers more than the free seats and nobody says why.

    `then` says what to do about it.
    """
    if batch.over_seats:
        return
    for vacancy, offers in offers_of(batch):
        seats.locked(vacancy.key)
        if words := seats.over_seats(vacancy, more=offers):
            told = f"{vacancy.key}: {offers} offers. {words} {then}"
            raise Refused(told, field="over_seats")


def offers_of(batch: ResultBatch) -> list[tuple[Vacancy, int]]:
    """List the vacancies a batch makes offers for, with their number."""
    rows = batch.decisions.filter(outcome=Status.SHORT_LISTED).order_by("vacancy")
    grouped = rows.values("vacancy__key").annotate(n=Count("pk"))
    counted = {row["vacancy__key"]: row["n"] for row in grouped}
    found = Vacancy.objects.filter(key__in=counted).order_by("key")
    return [(vacancy, counted[vacancy.key]) for vacancy in found]


@transaction.atomic(durable=True)
def approve(key: str, *, by: User, at: datetime, seen: str | None = None) -> ResultBatch:
    """Let a batch go, now or at the moment that was asked for. Raises Refused.

    `seen` is the `mark_of` the batch the person looked at. Where the moment is now, a worker is
    told after the commit.
    """
    _require_office(by)
    batch = _locked(key, BatchState.ASKED, at=at)
    require_seen(batch, seen)
    if by.pk == batch.asked_by_id:
        raise Refused("You asked for this yourself. Somebody else of the office approves it.")
    if batch.decisions.filter(application__applicant=by).exists():
        raise Refused("Your own application is among these. Somebody else approves it.")
    _require_seats(batch, "Take the release back, and ask for it again with the reason.")
    asked = (batch.release_at, batch.asked_at)
    instant = max(moment for moment in (at, *asked) if moment is not None)
    if batch.replies_until is not None and batch.replies_until <= instant:
        raise Refused("The time to answer would be over by now. Take it back and ask again.")
    batch.approved_by, batch.release_at = by, instant
    batch.approved_at = max(at, batch.asked_at or at)
    batch.save()
    ReleaseStep.objects.create(batch=batch, what=What.APPROVED, by=by, at=at)
    if instant <= at:
        transaction.on_commit(partial(nudge_task, CARRY_OUT), robust=True)
    return batch


@transaction.atomic(durable=True)
def take_back(key: str, *, by: User, at: datetime, reason: str = "") -> ResultBatch:
    """Undo asking or approving before the moment of the release. Raises NotOpen."""
    _require_office(by)
    batch = _locked(key, BatchState.ASKED, BatchState.ARMED, at=at)
    batch.asked_by = batch.asked_at = batch.release_at = batch.replies_until = None
    batch.approved_by = batch.approved_at = None
    batch.over_seats = ""
    batch.save()
    ReleaseStep.objects.create(
        batch=batch, what=What.TAKEN_BACK, by=by, at=at, reason=reason.strip()
    )
    return batch


def _locked(key: str, *states: BatchState, at: datetime) -> ResultBatch:
    rows = ResultBatch.objects.select_for_update(of=("self",)).select_related("round")
    batch: ResultBatch = rows.get(key=key)
    state = batch.state(at)
    if state not in states:
        raise NotOpen(SAID[state])
    return batch


SAID = {
    BatchState.OPEN: "Nobody has asked for this release, or it was taken back meanwhile.",
    BatchState.ASKED: "The release was asked for and waits for approval.",
    BatchState.ARMED: "The release is approved already.",
    BatchState.RELEASED: "These results are released. Nothing about them changes any more.",
}


def _require_office(by: User) -> None:
    if Actor.PROGRAM_OFFICE not in access.actors_of(by):
        raise Refused("Results are recorded and released by the program office.")


def recorded_for(application: Application, *, at: datetime) -> list[Decision]:
    """List what is recorded about an application and withheld; for the program office alone."""
    rows = Decision.objects.withheld(at).filter(application=application)
    return list(rows.select_related("batch", "recorded_by"))
