"""Which drafts lapse or live again, and whether a round takes what arrives."""

from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from applications.domain.errors import RoundClosed
from applications.models import UNSENT, Application, LateGrant, Status
from applications.models.application import ApplicationQuerySet
from positions.deadlines import LAPSE_AFTER
from positions.models import RecruitmentRound


def require_open(round_: RecruitmentRound, received_at: datetime) -> None:
    """Raise RoundClosed unless what arrives at `received_at` is in time for the round."""
    if refusal := closed(round_, received_at):
        raise refusal


def closed(
    round_: RecruitmentRound, received_at: datetime, *, until: datetime | None = None
) -> RoundClosed | None:
    """Return why a round does not take what arrives at `received_at`, or None where it does.

    `until` is the end granted to its applicant alone, if there is one.
    """
    if round_.accepts(received_at, until=until):
        return None
    return RoundClosed(
        received_at=received_at,
        closes_at=round_.end(until),
        cancelled=round_.cancelled_at is not None,
    )


def taken_until(round_: RecruitmentRound, at: datetime) -> datetime | None:
    """Return the end of what a round takes at `at`; None where it takes nothing any more.

    Late grants count as long as their people have not sent their applications.
    """
    theirs = Application.objects.filter(applicant=OuterRef("applicant"), round=round_)
    sent = theirs.exclude(status__in=UNSENT)
    grants = LateGrant.objects.running(at).filter(~Exists(sent), round=round_)
    last: datetime | None = grants.aggregate(last=Max("until_at"))["last"]
    return round_.end(last) if round_.accepts(at, until=last) else None


def lapsing(at: datetime) -> ApplicationQuerySet:
    """Drafts whose end, their own or that of the round, passed at least 15 minutes before `at`.

    Asks for the closed rounds first: with their names an index leads to the drafts left in them,
    and the drafts of rounds that are open are not looked at.
    """
    closed_rounds = RecruitmentRound.objects.filter(closes_at__lte=at - LAPSE_AFTER)
    over = Q(late_until=None) | Q(late_until__lte=at - LAPSE_AFTER)
    rows: ApplicationQuerySet = Application.objects.with_late_end(at).filter(
        over, Q(("round__in", _names(closed_rounds))), status=Status.DRAFT
    )
    return rows.order_by("round_id", "pk")  # by the key alone, its index would lead past all rows


def revivable(at: datetime) -> ApplicationQuerySet:
    """Lapsed drafts of rounds that accept, and those whose applicants have a running grant.

    Asks for these rounds and grants first, so that nobody walks through all that ever lapsed.
    """
    granted = LateGrant.objects.running(at).filter(
        applicant=OuterRef("applicant"), round=OuterRef("round")
    )
    lapsed = Application.objects.filter(status=Status.LAPSED)
    theirs = list(lapsed.filter(Exists(granted)).values_list("pk", flat=True))
    accepting = Q(("round__in", _names(RecruitmentRound.objects.accepting(at))))
    rows: ApplicationQuerySet = lapsed.filter(accepting | Q(pk__in=theirs))
    return rows.order_by("round_id", "pk")


def _names(rounds: QuerySet[RecruitmentRound]) -> list[str]:
    return list(rounds.values_list("slug", flat=True))
