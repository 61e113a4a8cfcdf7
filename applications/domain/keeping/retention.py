"""What a round keeps no longer: drafts and files first, everybody's words later.

Each application has a transaction of its own, so a run may be cut short and is repeated at will.
"""

import logging
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from applications.domain.keeping import erasing
from applications.models import (
    ENDS,
    UNSENT,
    Application,
    Document,
    ErasureCause,
    RetentionSettings,
)
from applications.models.application import ApplicationQuerySet
from applications.models.retention import retention_of
from jetportal.setaside import set_aside
from positions.models import RecruitmentRound

logger = logging.getLogger(__name__)

AT_ONCE = 200  # applications of one run; the next goes on


@dataclass(slots=True)
class Counts:
    """What one run did, or would do."""

    drafts: int = 0
    files: int = 0
    erased: int = 0

    @property
    def total(self) -> int:
        return self.drafts + self.files + self.erased

    def __str__(self) -> str:
        return (
            f"drafts {self.drafts}, applications without files {self.files}, erased {self.erased}"
        )


def months_after(instant: datetime, months: int) -> datetime:
    """Return the instant so many calendar months later; the last day of a shorter month."""
    year, month = divmod(instant.year * 12 + instant.month - 1 + months, 12)
    day = min(instant.day, monthrange(year, month + 1)[1])
    return instant.replace(year=year, month=month + 1, day=day)


def rounds_over(*, at: datetime) -> Iterator[tuple[RecruitmentRound, RetentionSettings]]:
    """Yield the rounds of which something is to go at `at`."""
    rounds = RecruitmentRound.objects.filter(closes_at__lte=at).select_related("retention_settings")
    for round_ in rounds.order_by("closes_at", "slug"):
        kept = retention_of(round_)
        if at >= months_after(round_.closes_at, kept.remove_months):
            yield round_, kept


def drafts_of(round_: RecruitmentRound) -> ApplicationQuerySet:
    rows: ApplicationQuerySet = Application.objects.filter(round=round_, status__in=UNSENT)
    return rows


def with_files(round_: RecruitmentRound) -> ApplicationQuerySet:
    """Applications that have ended and still have files; the others keep theirs for now."""
    ended = [status for status in ENDS if status not in UNSENT]
    files = Document.objects.filter(application=OuterRef("pk"))
    rows: ApplicationQuerySet = Application.objects.filter(Exists(files), status__in=ended)
    return rows.filter(round=round_)


def to_erase(round_: RecruitmentRound) -> ApplicationQuerySet:
    rows: ApplicationQuerySet = Application.objects.filter(round=round_, erasure=None)
    return rows.exclude(status__in=UNSENT)


def due(*, at: datetime) -> Counts:
    """Count what a run at `at` would do, were it as long as it takes."""
    counts = Counts()
    for round_, kept in rounds_over(at=at):
        counts.drafts += drafts_of(round_).count()
        if _is_over(round_, kept, at):
            counts.erased += to_erase(round_).count()
        else:
            counts.files += with_files(round_).count()
    return counts


def _is_over(round_: RecruitmentRound, kept: RetentionSettings, at: datetime) -> bool:
    return at >= months_after(round_.closes_at, kept.anonymize_months)


def run(*, at: datetime, limit: int = AT_ONCE) -> Counts:
    """Remove and erase what is due, `limit` applications at most; log how many, never whose."""
    counts = Counts()
    for round_, kept in rounds_over(at=at):
        for pk in _first(drafts_of(round_), limit - counts.total):
            with set_aside("draft", pk):
                counts.drafts += _remove_draft(pk)
        if _is_over(round_, kept, at):
            for pk in _first(to_erase(round_), limit - counts.total):
                with set_aside("application", pk):
                    counts.erased += erasing.erase(pk, cause=ErasureCause.RETENTION, at=at)
        else:
            for pk in _first(with_files(round_), limit - counts.total):
                with set_aside("application", pk):
                    counts.files += _remove_files(pk)
    if counts.total:
        logger.info("retention %s", counts)
    return counts


def _first(rows: ApplicationQuerySet, limit: int) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[: max(limit, 0)])


@transaction.atomic
def _remove_draft(pk: int) -> bool:
    """Delete a draft with everything in it; one that was sent meanwhile stays."""
    rows = Application.objects.select_for_update(of=("self",)).filter(pk=pk, status__in=UNSENT)
    application = rows.first()
    if application is None:
        return False
    erasing.erase_mail(application)
    erasing.remove_files(application)
    erasing.remove_letter_files(application)
    application.delete()
    return True


@transaction.atomic
def _remove_files(pk: int) -> bool:
    application = Application.objects.select_for_update(of=("self",)).get(pk=pk)
    return application.status in ENDS and bool(erasing.remove_files(application))
