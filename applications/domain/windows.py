"""Which drafts lapse or live again, and whether a round takes what arrives."""

from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Q

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
    """Drafts whose end, their own or that of the round, passed at least 15 minutes before `at`."""
    over = Q(late_until=None) | Q(late_until__lte=at - LAPSE_AFTER)
    rows: ApplicationQuerySet = Application.objects.with_late_end(at).filter(
        over, status=Status.DRAFT, round__closes_at__lte=at - LAPSE_AFTER
    )
    return rows


def revivable(at: datetime) -> ApplicationQuerySet:
    """Lapsed drafts of rounds that accept, and those whose applicants have a running grant."""
    granted = LateGrant.objects.running(at).filter(
        applicant=OuterRef("applicant"), round=OuterRef("round")
    )
    accepting = Q(round__in=RecruitmentRound.objects.accepting(at))
    rows: ApplicationQuerySet = Application.objects.filter(
        accepting | Exists(granted), status=Status.LAPSED
    )
    return rows
