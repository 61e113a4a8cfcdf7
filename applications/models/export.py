"""Files made of lists of the desk: what was asked for, how far it is, who fetched it."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class ExportKind(models.TextChoices):
    CSV = "csv", "CSV, for any spreadsheet"
    XLSX = "xlsx", "Excel workbook"
    PDFS = "pdfs", "ZIP with one PDF per application"


class ExportState(models.TextChoices):
    WAITING = "waiting", "Being made"
    DONE = "done", "Ready"
    FAILED = "failed", "Not made"
    EXPIRED = "expired", "Removed"


ENDED = (ExportState.FAILED, ExportState.EXPIRED)


class ExportJobQuerySet(models.QuerySet["ExportJob"]):
    def due(self, at: datetime) -> Self:
        """What is to be made and nobody is making: a lease moves `due_at` past its own end."""
        return self.filter(state=ExportState.WAITING, due_at__lte=at)

    def outdated(self, at: datetime) -> Self:
        """What ends at `at`, fetched or not, made or not."""
        return self.exclude(state=ExportState.EXPIRED).filter(expires_at__lte=at)


class ExportJob(models.Model):
    """One file that somebody asked for, made in pieces in the background.

    `rows` are the keys of the applications as the list showed them, `left_out` those the asker
    could not see any more when their turn came; `done` counts what is in stored pieces. `claims`
    names the claim that may write, and `tries` counts claims since the last piece. `filters` are
    those of the list, without words that were searched for.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=4, choices=ExportKind.choices)
    columns = models.JSONField(default=list)
    filters = models.CharField(max_length=400, blank=True)
    rows = models.JSONField(default=list)
    left_out = models.JSONField(default=list, blank=True)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    pieces = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=ExportState.choices, default=ExportState.WAITING)
    due_at = models.DateTimeField()
    claims = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    problem = models.CharField(max_length=200, blank=True)
    file = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField("bytes", null=True, blank=True)

    objects: ClassVar = ExportJobQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "export"
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state=ExportState.WAITING), name="export_due"
            ),
            models.Index(
                fields=["expires_at"], condition=~Q(state=ExportState.EXPIRED), name="export_by_end"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ExportKind.values), name="export_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ExportState.values), name="export_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=ExportState.DONE, made_at__isnull=False, size__gte=1)
                & ~Q(file="")
                | ~Q(state=ExportState.DONE) & Q(file=""),
                name="export_that_is_done_has_its_file",
            ),
            models.CheckConstraint(
                condition=Q(state=ExportState.FAILED) & ~Q(problem="")
                | Q(state=ExportState.EXPIRED)
                | ~Q(state__in=ENDED) & Q(problem=""),
                name="export_that_failed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(done__lte=F("total")) & Q(expires_at__gt=F("asked_at")),
                name="export_is_done_with_at_most_all",
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"


class ExportDownload(models.Model):
    """That the file of an export was fetched, by whom and when. Never edited."""

    job = models.ForeignKey(ExportJob, models.PROTECT, related_name="downloads")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"download {self.pk}"
