"""Which applications a queue of the desk holds: for its list, its home, and whoever counts."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from applications.domain import access
from applications.models import (
    SENSITIVE_SLOTS,
    Assignment,
    CompletenessCheck,
    CorrectionRequest,
    Document,
    FrozenAnswers,
    LateGrant,
    ReferenceRequest,
    RequestState,
    Scan,
    Verdict,
)
from applications.models.application import ApplicationQuerySet
from jetportal.accounts.models import User

TROUBLE = (Verdict.MISSING, Verdict.UNCLEAR)


def letters_missing(rows: ApplicationQuerySet) -> ApplicationQuerySet:
    """Narrow to those for whom a letter of somebody who is asked now has not come."""
    asked = ReferenceRequest.objects.filter(
        referee__application=OuterRef("pk"), referee__replaced_at=None
    )
    return rows.filter(Exists(asked.exclude(state=RequestState.RECEIVED)))


def correction_waits(rows: ApplicationQuerySet) -> ApplicationQuerySet:
    """Narrow to those whose applicants wait for an answer to a request for correction."""
    return rows.filter(pk__in=CorrectionRequest.objects.waiting().values("application"))


def part_open(rows: ApplicationQuerySet, *, at: datetime) -> ApplicationQuerySet:
    """Narrow to those in which a part is open for its applicant at `at`."""
    return rows.filter(pk__in=CorrectionRequest.objects.running(at).values("application"))


def in_trouble(rows: ApplicationQuerySet) -> ApplicationQuerySet:
    """Narrow to those in which the desk found something missing or unclear.

    Of sensitive documents not even that is told here; the file tells who may open them.
    """
    return rows.filter(pk__in=_trouble().values("application"))


def _trouble() -> "QuerySet[CompletenessCheck]":
    found = CompletenessCheck.objects.filter(verdict__in=TROUBLE)
    return found.exclude(slot__in=SENSITIVE_SLOTS)


def documents_in_trouble(rows: ApplicationQuerySet) -> ApplicationQuerySet:
    return rows.filter(pk__in=_trouble().exclude(slot="").values("application"))


def unchecked(rows: ApplicationQuerySet) -> ApplicationQuerySet:
    return rows.filter(~Exists(CompletenessCheck.objects.filter(application=OuterRef("pk"))))


def document_refused(rows: ApplicationQuerySet, *, to: User) -> ApplicationQuerySet:
    """Narrow to those with a file that counts no more because the virus scanner refused it."""
    return rows.filter(pk__in=_refused(to).values("application"))


def with_refused(rows: ApplicationQuerySet, *, to: User) -> ApplicationQuerySet:
    """Read `has_refused` with each row: the same, for a list."""
    mine = _refused(to).filter(application=OuterRef("pk"))
    flagged: ApplicationQuerySet = rows.annotate(has_refused=Exists(mine))
    return flagged


def _refused(to: User) -> "QuerySet[Document]":
    """Select refused files; that there is a sensitive one is told to those who may open it."""
    refused = Document.objects.standing().filter(scan=Scan.REFUSED)
    if access.sees_every_consulate(to):
        return refused
    return refused.exclude(slot__in=SENSITIVE_SLOTS)


def assigned(rows: ApplicationQuerySet, *, to: User | None = None) -> ApplicationQuerySet:
    """Narrow to those assigned to somebody, or to this reviewer."""
    running = Assignment.objects.running()
    mine = running if to is None else running.filter(reviewer=to)
    return rows.filter(pk__in=mine.values("application"))


def assigned_to_nobody(rows: ApplicationQuerySet) -> ApplicationQuerySet:
    running = Assignment.objects.running().filter(application=OuterRef("pk"))
    return rows.filter(~Exists(running))


def by_late_grant(rows: ApplicationQuerySet) -> ApplicationQuerySet:
    """Narrow to those whose end, when they were sent, lay after that of their round.

    By a grant: where staff moved the deadline of a round to an earlier one, nobody was granted
    anything. Grants are few, so they lead to their applications.
    """
    granted = LateGrant.objects.filter(approved_at__isnull=False)
    theirs = granted.filter(applicant=OuterRef("applicant"), round=OuterRef("round"))
    return rows.filter(Exists(theirs), ends_at_sent__gt=F("round__closes_at"))


def changed(rows: ApplicationQuerySet) -> ApplicationQuerySet:
    """Narrow to those in which something was changed after sending."""
    later = FrozenAnswers.objects.filter(Q(superseded_at=None), version__gt=1)
    return rows.filter(pk__in=later.values("application"))
