"""What staff do with a round. `closes_at` is written here and nowhere else."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from jetportal.accounts.models import User
from jetportal.pagecache import generations
from positions.deadlines import NoSuchMinute, end_of_minute, in_words
from positions.domain.errors import Refused
from positions.models import ChangeKind, RecruitmentRound, RoundChange


def set_deadline(round_: RecruitmentRound, *, day: date, clock: time, zone: str) -> None:
    """Set the deadline of an unsaved or locked round: the last minute that counts, in `zone`.

    Raises Refused where clocks change at that minute.
    """
    round_.closes_on, round_.closes_time, round_.zone = day, clock, zone
    try:
        round_.closes_at = end_of_minute(datetime.combine(day, clock), ZoneInfo(zone))
    except NoSuchMinute as problem:
        raise Refused(str(problem)) from problem


def _locked(round_id: int) -> RecruitmentRound:
    return RecruitmentRound.objects.select_for_update(of=("self",)).get(pk=round_id)


@transaction.atomic(durable=True)
def publish(round_id: int, *, by: User, at: datetime) -> RecruitmentRound:
    """Show a draft round to everybody from `at` on. Raises Refused."""
    round_ = _locked(round_id)
    if round_.published_at is not None:
        raise Refused("This round is published already.")
    if round_.closes_at <= at:
        raise Refused(f"The deadline, {round_.deadline}, is over. Choose a later one first.")
    if not round_.vacancies.exists():
        raise Refused("The round has no vacancy yet. Add at least one, then publish.")
    round_.published_at = at
    round_.save(update_fields=["published_at"])
    generations.bump()
    return round_


@transaction.atomic(durable=True)
def extend(
    round_id: int, *, day: date, clock: time, reason: str, by: User, at: datetime
) -> RoundChange:
    """Move the deadline of a published round later, with a reason that pages show.

    `day` and `clock` are the new last minute in the round's own zone. A published deadline never
    moves earlier. Raises Refused.
    """
    round_ = _locked(round_id)
    if round_.published_at is None:
        raise Refused("This round is a draft: change its deadline directly.")
    if round_.cancelled_at is not None:
        raise Refused("This round is cancelled.")
    if not reason.strip():
        raise Refused("Give the reason: applicants read it.")
    old = round_.closes_at
    set_deadline(round_, day=day, clock=clock, zone=round_.zone)
    if round_.closes_at <= max(old, at):
        words = in_words(max(old, at), round_.zoneinfo)
        raise Refused(f"The new deadline must be later than {words}.")
    round_.save(update_fields=["closes_on", "closes_time", "closes_at"])
    return _changed(round_, ChangeKind.EXTENDED, old=old, reason=reason, by=by, at=at)


@transaction.atomic(durable=True)
def cancel(round_id: int, *, reason: str, by: User, at: datetime) -> RoundChange:
    """End a published round at `at`, with a reason that pages show. Raises Refused."""
    round_ = _locked(round_id)
    if round_.published_at is None or round_.cancelled_at is not None:
        raise Refused("Only a published round that runs can be cancelled.")
    if not reason.strip():
        raise Refused("Give the reason: applicants read it.")
    round_.cancelled_at = at
    round_.save(update_fields=["cancelled_at"])
    return _changed(round_, ChangeKind.CANCELLED, old=round_.closes_at, reason=reason, by=by, at=at)


def _changed(
    round_: RecruitmentRound,
    kind: ChangeKind,
    *,
    old: datetime,
    reason: str,
    by: User,
    at: datetime,
) -> RoundChange:
    generations.bump()
    return RoundChange.objects.create(
        round=round_,
        kind=kind,
        at=at,
        by=by,
        reason=reason.strip(),
        old_closes_at=old,
        new_closes_at=round_.closes_at if kind == ChangeKind.EXTENDED else None,
    )
