"""What waits at the desk: applications counted by round, as somebody there sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.cache import cache
from django.db.models import Count, Min, Q
from django.db.models.functions import TruncDate

from applications.domain import access
from applications.domain.referees import reference_clock
from applications.domain.review import conflicts, desk_queues
from applications.models import (
    FileOpening,
    ReplyForm,
    ResultSettings,
)
from applications.models.application import ApplicationQuerySet
from jetportal.accounts.models import User
from positions.deadlines import HST
from positions.models import RecruitmentRound

SHOWN_ROUNDS = 6
SHOWN_DAYS = 60
KEPT_AFTER = timedelta(days=400)  # after its deadline a round leaves the home of the desk
KEPT_FROM = 500  # applications; counting fewer is quick enough for every opening of the page
KEPT_FOR = 60  # seconds
OPENINGS_OF = timedelta(days=30)
SHOWN_OPENINGS = 10


@dataclass(frozen=True, slots=True)
class RoundCounts:
    """The visible applications of one round; `days` are days in Hawaii with arrivals, in order."""

    by_status: Mapping[str, int]
    letters: int
    corrections: int
    unclear: int
    refused: int
    days: tuple[tuple[date, int], ...]
    replies_until: datetime | None

    @property
    def total(self) -> int:
        return sum(self.by_status.values())


@dataclass(frozen=True, slots=True)
class Dates:
    """The instants that matter in a round, each exclusive; None where there is none."""

    closes: datetime
    letters: datetime | None
    replies: datetime | None
    alternates: datetime | None


def rounds_shown(*, at: datetime) -> list[RecruitmentRound]:
    """List the rounds that are under way or not long over, latest deadline first: one query."""
    rows = RecruitmentRound.objects.published(at).filter(closes_at__gt=at - KEPT_AFTER)
    rows = rows.select_related("reference_settings", "result_settings").order_by("-closes_at")
    return [row for row in rows[: SHOWN_ROUNDS * 2] if not row.is_archived(at)][:SHOWN_ROUNDS]


def counts(
    user: User, rounds: Sequence[RecruitmentRound], *, at: datetime
) -> dict[str, RoundCounts]:
    """Count what this person sees of each round, by its slug: eight queries.

    Large numbers are kept for a minute, so that opening the page costs the same at any size; what
    is hidden from the person leaves them at once.
    """
    slugs = [round_.slug for round_ in rounds]
    hidden = conflicts.known_to(user).count()
    key = f"desk-home:{user.pk}:{hidden}:{at.astimezone(HST):%Y-%m-%d}:{','.join(slugs)}"
    kept: dict[str, RoundCounts] | None = cache.get(key)
    if kept is not None:
        return kept
    counted = _counted(access.reviewable_by(user), slugs, to=user)
    if sum(each.total for each in counted.values()) > KEPT_FROM:
        cache.set(key, counted, KEPT_FOR)
    return counted


def _counted(
    rows: ApplicationQuerySet, slugs: Sequence[str], *, to: User
) -> dict[str, RoundCounts]:
    rows = rows.filter(Q(round__in=slugs)).order_by()
    statuses: dict[str, dict[str, int]] = {}
    for slug, status, number in rows.values_list("round", "status").annotate(Count("pk")):
        statuses.setdefault(slug, {})[status] = number
    letters = _by_round(desk_queues.letters_missing(rows))
    corrections = _by_round(desk_queues.correction_waits(rows))
    unclear = _by_round(desk_queues.in_trouble(rows))
    refused = _by_round(desk_queues.document_refused(rows, to=to))
    days, replies = _days(rows), _replies(rows)
    return {
        slug: RoundCounts(
            by_status=statuses.get(slug, {}),
            letters=letters.get(slug, 0),
            corrections=corrections.get(slug, 0),
            unclear=unclear.get(slug, 0),
            refused=refused.get(slug, 0),
            days=tuple(days.get(slug, ()))[-SHOWN_DAYS:],
            replies_until=replies.get(slug),
        )
        for slug in slugs
    }


def _by_round(rows: ApplicationQuerySet) -> dict[str, int]:
    return dict(rows.values_list("round").annotate(Count("pk")))


def _days(rows: ApplicationQuerySet) -> dict[str, list[tuple[date, int]]]:
    day = TruncDate("submitted_at")  # in the zone of the settings: Hawaii
    found: dict[str, list[tuple[date, int]]] = {}
    grouped = rows.annotate(day=day).values_list("round", "day").annotate(Count("pk"))
    for slug, on, number in grouped.order_by("round", "day"):
        found.setdefault(slug, []).append((on, number))
    return found


def _replies(rows: ApplicationQuerySet) -> dict[str, datetime]:
    """Return when the next answer is due, by round."""
    waiting = ReplyForm.objects.waiting().filter(application__in=rows)
    return dict(waiting.order_by().values_list("application__round").annotate(Min("until_at")))


def dates_of(round_: RecruitmentRound, counted: RoundCounts) -> Dates:
    """Collect the dates of a round from `rounds_shown`."""
    settings: ResultSettings | None = getattr(round_, "result_settings", None)
    soft = reference_clock.soft_end(round_)
    return Dates(
        closes=round_.closes_at,
        letters=soft if soft != round_.closes_at else None,
        replies=counted.replies_until,
        alternates=settings.alternates_until if settings else None,
    )


def openings_of(user: User, *, at: datetime) -> list[FileOpening]:
    """List who of other consulates opened files of the user's own lately, newest first."""
    consulate = access.own_consulate(user)
    if consulate is None:
        return []
    rows = FileOpening.objects.filter(application__consulate=consulate, at__gt=at - OPENINGS_OF)
    rows = rows.exclude(application__in=conflicts.known_to(user))
    return list(rows.select_related("application", "by")[:SHOWN_OPENINGS])
