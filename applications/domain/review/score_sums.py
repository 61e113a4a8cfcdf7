"""Scores summed for lists: who sees them there, and which are far apart.

The sums are kept by `scoring`; a file itself shows the scores they are made of.
"""

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from applications.domain import access
from applications.models import Application, Assignment, ReviewSettings, ScoreSheet, ScoreSum
from applications.models.application import ApplicationQuerySet
from jetportal.accounts.models import User
from positions.models import RecruitmentRound

USUAL_SPREAD = ReviewSettings._meta.get_field("spread").default


def with_sums(rows: ApplicationQuerySet, *, to: User) -> ApplicationQuerySet:
    """Load what `seen_sum` tells with each row, in no further query."""
    rows = rows.select_related("score_sum", "round__review_settings")
    if not access.works_as(to, access.REVIEWERS):
        return rows
    annotated: ApplicationQuerySet = rows.annotate(score_waits=Exists(_own_turns(to)))
    return annotated


def seen_sum(application: Application) -> ScoreSum | None:
    """Return the sum of a row `with_sums`; None where there is none, or it is hidden for now."""
    if getattr(application, "score_waits", False):
        return None
    return getattr(application, "score_sum", None)


def is_apart(sum_: ScoreSum, round_: RecruitmentRound) -> bool:
    """Tell whether the scores lie so far apart as the round says; a round from `with_sums`."""
    settings: ReviewSettings | None = getattr(round_, "review_settings", None)
    limit = settings.spread if settings else USUAL_SPREAD
    return sum_.sheets > 1 and sum_.spread >= limit


def scored(rows: ApplicationQuerySet, *, to: User) -> ApplicationQuerySet:
    """Narrow to those whose scores the person may see: there, and no turn of theirs is open."""
    return _shown(rows, to).filter(score_sum__isnull=False)


def not_scored(rows: ApplicationQuerySet, *, to: User) -> ApplicationQuerySet:
    """As a question of its own: joined and compared with null, it is asked of every row first."""
    given = ScoreSum.objects.filter(application=OuterRef("pk"))
    return _shown(rows, to).filter(~Exists(given))


def apart(rows: ApplicationQuerySet, *, to: User) -> ApplicationQuerySet:
    """Narrow to those whose scores lie as far apart as their round says, or farther."""
    limit = Coalesce(F("round__review_settings__spread"), Value(USUAL_SPREAD))
    rows = _shown(rows, to).annotate(spread_limit=limit)  # in the filter it would join settings
    return rows.filter(score_sum__sheets__gt=1, score_sum__spread__gte=F("spread_limit"))


def _shown(rows: ApplicationQuerySet, to: User) -> ApplicationQuerySet:
    """Leave out what would tell a reviewer of others' scores before their own is in."""
    if not access.works_as(to, access.REVIEWERS):
        return rows
    return rows.filter(~Exists(_own_turns(to)))


def _own_turns(user: User) -> "QuerySet[Assignment]":
    given = ScoreSheet.objects.counted().filter(application=OuterRef("application"), by=user)
    turns = Assignment.objects.running().filter(Q(application=OuterRef("pk")), reviewer=user)
    return turns.filter(~Exists(given))
