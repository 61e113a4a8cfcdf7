"""What staff do with a round. `closes_at` is written here and nowhere else."""

from calendar import day_name
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models, transaction

from jetportal.accounts.models import User
from jetportal.pagecache import generations
from positions.deadlines import NoSuchMinute, end_of_minute, in_words, instant_of
from positions.domain import announcements, drafts, orphans, preflight
from positions.domain.errors import Refused
from positions.models import ChangeKind, RecruitmentRound, RoundChange, RoundState

EARLIEST_YEAR = 1987  # the first participants of the JET Program
YEARS_AHEAD = 5  # further away a year is mistyped
# No window has been as long, and no notice reaches us as late; an opening outside of these has the
# year of another round.
LONGEST_WINDOW = timedelta(days=366)
OLDEST_OPENING = timedelta(days=60)
LIMITS = ("purpose_max_words", "purpose_max_characters", "documents_max_megabytes")


def set_deadline(round_: RecruitmentRound, *, day: date, clock: time, zone: str) -> None:
    """Set the deadline of an unsaved or locked round: the last minute that counts, in `zone`.

    Raises Refused where clocks change at that minute.
    """
    round_.closes_on, round_.closes_time, round_.zone = day, clock, zone
    try:
        round_.closes_at = end_of_minute(datetime.combine(day, clock), ZoneInfo(zone))
    except NoSuchMinute as problem:
        raise Refused(str(problem), field="closes_time") from problem


def set_window(
    round_: RecruitmentRound,
    *,
    opens: datetime | None,
    day: date,
    clock: time,
    zone: str,
    at: datetime,
) -> None:
    """Set opening (naive, in `zone`; None: unknown) and deadline of a draft or of a new round.

    Writes nothing. Raises Refused where the deadline is over at `at`, or not after the opening.
    """
    if round_.published_at is not None:
        raise Refused("This round is published: its deadline moves by an extension only.")
    _require_likely(day, field="closes_on", at=at)
    set_deadline(round_, day=day, clock=clock, zone=zone)
    round_.opens_at = None if opens is None else _opening(opens, ZoneInfo(zone), at=at)
    if round_.closes_at <= at:
        raise Refused(f"{round_.deadline} is over. Choose a later deadline.", field="closes_on")
    if round_.opens_at is not None and round_.closes_at <= round_.opens_at:
        opening = in_words(round_.opens_at, round_.zoneinfo)
        raise Refused(f"The deadline must be after the opening, {opening}.", field="closes_on")
    _require_likely_opening(round_, at=at)


def _require_likely_opening(round_: RecruitmentRound, *, at: datetime) -> None:
    """Raise Refused for an opening so long ago that its year is that of another round."""
    if round_.opens_at is None:
        return
    opening = in_words(round_.opens_at, round_.zoneinfo)
    if round_.closes_at - round_.opens_at > LONGEST_WINDOW:
        words = f"{opening} is more than a year before the deadline. Check both years."
        raise Refused(words, field="opens_on")
    if round_.opens_at < at - OLDEST_OPENING:
        words = f"{opening} is more than {OLDEST_OPENING.days} days ago. Check the date"
        raise Refused(f"{words}, or leave it empty: it is not known.", field="opens_on")


def require_weekday(day: date, weekday: int) -> None:
    """Raise Refused unless `day` is that weekday (Monday is 0): one of the two is misread."""
    if day.weekday() != weekday:
        words = f"{day:%B} {day.day}, {day.year} is a {day:%A}, not a {day_name[weekday]}."
        raise Refused(f"{words} Look at the notice again.", field="closes_weekday")


def _opening(wall: datetime, zone: ZoneInfo, *, at: datetime) -> datetime:
    _require_likely(wall.date(), field="opens_on", at=at)
    try:
        return instant_of(wall, zone)
    except NoSuchMinute as problem:
        raise Refused(str(problem), field="opens_time") from problem


def _require_likely(day: date, *, field: str, at: datetime) -> None:
    if not EARLIEST_YEAR <= day.year <= at.year + YEARS_AHEAD:
        raise Refused(f"The year {day.year} is not likely. Check the date.", field=field)


def texts_changed(round_id: int, *, at: datetime) -> None:
    """Write that a published round tells something else from `at` on: programs look for it."""
    published = RecruitmentRound.objects.filter(pk=round_id, published_at__isnull=False)
    published.update(texts_changed_at=at, texts_revision=models.F("texts_revision") + 1)


def refuse_lower_limits(round_: RecruitmentRound, limits: Mapping[str, int]) -> None:
    """Raise Refused if `limits` take room from those who write already: a published one only grows.

    `round_` carries the limits as they are.
    """
    if round_.published_at is None:
        return
    for name in LIMITS:
        before = getattr(round_, name)
        if limits.get(name, before) < before:
            raise Refused(
                f"Applicants have been promised {before}. It can grow, not shrink.", field=name
            )


def _locked(round_id: int) -> RecruitmentRound:
    rounds: models.QuerySet[RecruitmentRound] = RecruitmentRound.objects.filter(pk=round_id)
    round_ = rounds.select_for_update(of=("self",)).first()
    if round_ is None:
        raise Refused("This draft is gone: somebody has discarded it.")
    return round_


def publication(round_: RecruitmentRound, *, day: date, clock: time, at: datetime) -> datetime:
    """Return the instant of a wall time in the round's zone, from which it may be shown.

    Raises Refused where it is over, after the opening, or not before the deadline.
    """
    _require_likely(day, field="shown_on", at=at)
    try:
        on = instant_of(datetime.combine(day, clock), round_.zoneinfo)
    except NoSuchMinute as problem:
        raise Refused(str(problem), field="shown_time") from problem
    if on <= at:
        words = in_words(on, round_.zoneinfo)
        raise Refused(f"{words} is over. Leave it empty to publish now.", field="shown_on")
    if round_.opens_at is not None and round_.opens_at < on:
        opening = in_words(round_.opens_at, round_.zoneinfo)
        raise Refused(f"The round opens before that, on {opening}.", field="shown_on")
    if round_.closes_at <= on:
        raise Refused(f"The deadline is before that: {round_.deadline}.", field="shown_on")
    return on


@transaction.atomic(durable=True)
def publish(
    round_id: int,
    *,
    by: User,
    at: datetime,
    day: date | None = None,
    clock: time | None = None,
    read: str | None = None,
) -> RecruitmentRound:
    """Show a draft round to everybody from `at` on, or from a later wall time in its zone.

    `read` is the mark (`drafts.mark_of`) of what was read before. Raises Refused, also where the
    draft says something else by now, and while its pre-flight is red.
    """
    round_ = _locked(round_id)
    if round_.published_at is not None:
        raise Refused("This round is published already.")
    if round_.closes_at <= at:
        raise Refused(f"The deadline, {round_.deadline}, is over. Choose a later one first.")
    if not round_.vacancies.exists():
        raise Refused("The round has no vacancy yet. Add at least one, then publish.")
    _require_read(round_, read)
    on = at if day is None else publication(round_, day=day, clock=clock or time(), at=at)
    preflight.require_green(round_, at=at, shown_from=on)
    round_.published_at = on
    round_.save(update_fields=["published_at"])
    generations.bump()
    return round_


def _require_read(round_: RecruitmentRound, read: str | None) -> None:
    found = RecruitmentRound.objects.with_vacancies().get(pk=round_.pk)
    if read is not None and read != drafts.mark_of(found):
        raise Refused("Somebody has changed this draft since you read it. Read it again below.")


@transaction.atomic(durable=True)
def take_back(round_id: int, *, by: User, at: datetime) -> RecruitmentRound:
    """Make a scheduled round a draft again, before anybody saw it. Raises Refused."""
    round_ = _locked(round_id)
    if round_.state(at) != RoundState.SCHEDULED:
        raise Refused("Only a round that nobody has seen yet can be taken back.")
    announcements.call_off(round_)
    round_.published_at = None
    round_.save(update_fields=["published_at"])
    generations.bump()
    return round_


def extended_end(round_: RecruitmentRound, *, day: date, clock: time, at: datetime) -> datetime:
    """Return the closing instant that an extension at `at` would give `round_`; write nothing.

    `day` and `clock` are the new last minute in the round's own zone. Raises Refused: a published
    deadline never moves earlier, and never to what is over.
    """
    if round_.published_at is None:
        raise Refused("This round is a draft: change its deadline directly.")
    if at < round_.published_at:
        raise Refused("Nobody has seen this round yet: take it back and change its deadline.")
    if round_.cancelled_at is not None:
        raise Refused("This round is cancelled.")
    if round_.archived_at is not None:
        raise Refused("This round is archived. Bring it back first.")
    _require_likely(day, field="closes_on", at=at)
    moved = RecruitmentRound()
    set_deadline(moved, day=day, clock=clock, zone=round_.zone)
    if moved.closes_at == round_.closes_at:
        raise Refused(f"The deadline is {round_.deadline} already.", field="closes_on")
    if moved.closes_at <= max(round_.closes_at, at):
        words = round_.deadline if round_.closes_at > at else in_words(at, round_.zoneinfo)
        raise Refused(f"The new deadline must be later than {words}.", field="closes_on")
    return moved.closes_at


@transaction.atomic(durable=True)
def extend(
    round_id: int,
    *,
    day: date,
    clock: time,
    reason: str,
    by: User,
    at: datetime,
    read: datetime | None = None,
) -> RoundChange:
    """Move the deadline of a published round later, with a reason that pages show.

    `day` and `clock` are the new last minute in the round's own zone, `read` is the end that was
    read beside them. Raises Refused, also where the round has another end by now.
    """
    round_ = _locked(round_id)
    extended_end(round_, day=day, clock=clock, at=at)
    if read is not None and read != round_.closes_at:
        words = f"Somebody has moved the deadline since you read it, to {round_.deadline}."
        raise Refused(f"{words} Check the new one again.")
    _require_reason(reason)
    old = round_.closes_at
    set_deadline(round_, day=day, clock=clock, zone=round_.zone)
    round_.save(update_fields=["closes_on", "closes_time", "closes_at"])
    return _changed(round_, ChangeKind.EXTENDED, old=old, reason=reason, by=by, at=at)


@transaction.atomic(durable=True)
def cancel(round_id: int, *, reason: str, by: User, at: datetime) -> RoundChange:
    """End a published round at `at`, with a reason that pages show. Raises Refused."""
    round_ = _locked(round_id)
    if round_.published_at is None:
        raise Refused("This round is a draft: nobody has seen it. Discard it instead.")
    if at < round_.published_at:
        raise Refused("Nobody has seen this round yet: take it back instead.")
    if round_.cancelled_at is not None:
        raise Refused("This round is cancelled already.")
    if round_.archived_at is not None:
        raise Refused("This round is archived. Bring it back first.")
    _require_reason(reason)
    round_.cancelled_at = at
    round_.save(update_fields=["cancelled_at"])
    return _changed(round_, ChangeKind.CANCELLED, old=round_.closes_at, reason=reason, by=by, at=at)


@transaction.atomic(durable=True)
def archive(round_id: int, *, by: User, at: datetime) -> RecruitmentRound:
    """Take a round that is over out of the plain lists; it stays readable. Raises Refused."""
    round_ = _locked(round_id)
    if round_.archived_at is not None:
        raise Refused("This round is archived already.")
    if round_.state(at) not in {RoundState.CLOSED, RoundState.CANCELLED}:
        raise Refused("Only a round that is over is archived.")
    return _archived(round_, at)


@transaction.atomic(durable=True)
def bring_back(round_id: int, *, by: User) -> RecruitmentRound:
    """Show an archived round in the lists of past rounds again. Raises Refused."""
    round_ = _locked(round_id)
    if round_.archived_at is None:
        raise Refused("This round is not archived.")
    return _archived(round_, None)


def _archived(round_: RecruitmentRound, at: datetime | None) -> RecruitmentRound:
    round_.archived_at = at
    round_.save(update_fields=["archived_at"])
    generations.bump()
    return round_


@transaction.atomic(durable=True)
def discard(round_id: int) -> None:
    """Delete a draft round with its vacancies, and what only they name.

    Raises Refused for what people have seen.
    """
    round_ = _locked(round_id)
    if round_.published_at is not None:
        raise Refused("A published round stays readable. It can be cancelled, with a reason.")
    announcements.call_off(round_)
    named = orphans.named_by(round_)
    try:
        round_.vacancies.all().delete()
        round_.delete()
    except models.ProtectedError as problem:
        kinds = {str(row._meta.verbose_name_plural) for row in problem.protected_objects}
        words = " and ".join(sorted(kinds))
        raise Refused(f"There are {words} to this round. It stays.") from problem
    orphans.drop_unused(named)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("Give the reason: applicants read it.", field="reason")


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
