"""One move of many applications, carried out row by row in the background."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models.application import Application
from applications.models.status import Status


class BulkState(models.TextChoices):
    PROPOSED = "proposed", "Not started"
    RUNNING = "running", "Under way"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"


class BulkRowState(models.TextChoices):
    WAITING = "waiting", "Waits"
    MOVED = "moved", "Moved"
    RECORDED = "recorded", "Recorded"
    REFUSED = "refused", "Not moved"


OPEN = (BulkState.PROPOSED, BulkState.RUNNING)


class BulkMoveQuerySet(models.QuerySet["BulkMove"]):
    def due(self, at: datetime) -> Self:
        """What is to be carried on and nobody is at: a lease moves `due_at` past its own end."""
        return self.filter(state=BulkState.RUNNING, due_at__lte=at)


class BulkMove(models.Model):
    """That somebody moves many applications to `target`; its rows are fixed before it starts.

    `digest` stands for the rows, so that the same wish is one row while it is open. `reason` goes
    into the history of each file and is kept here no longer than the work lasts. `filters` are
    those of the list, without words that were searched for.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    target = models.CharField("to", max_length=20, choices=Status.choices)
    reason = models.TextField(blank=True)
    filters = models.CharField(max_length=400, blank=True)
    digest = models.CharField(max_length=64)
    total = models.PositiveIntegerField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=BulkState.choices, default=BulkState.PROPOSED)
    started_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = BulkMoveQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "bulk move"
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state=BulkState.RUNNING), name="bulk_move_due"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(target__in=Status.values), name="bulk_move_target_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=BulkState.values), name="bulk_move_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=BulkState.PROPOSED, started_at=None, due_at=None, ended_at=None)
                | Q(state=BulkState.RUNNING, due_at__isnull=False, ended_at=None)
                & Q(started_at__gte=F("asked_at"))
                | ~Q(state__in=OPEN)
                & Q(due_at=None, started_at__isnull=False, ended_at__gte=F("started_at")),
                name="bulk_move_starts_runs_and_ends",
            ),
            models.CheckConstraint(
                condition=Q(state=BulkState.RUNNING) | Q(reason=""),
                name="bulk_move_keeps_its_reason_while_it_runs",
            ),
            models.CheckConstraint(condition=Q(total__gte=1), name="bulk_move_has_rows"),
            models.UniqueConstraint(
                fields=["asked_by", "target", "digest"],
                condition=Q(state__in=OPEN),
                name="one_open_bulk_move_per_wish",
            ),
        ]

    def __str__(self) -> str:
        return f"bulk move {self.pk}"


class BulkMoveRow(models.Model):
    """One application of a bulk move, and the status it was seen in; written once more, when done.

    It is written in the transaction of the move itself: what says "moved" was moved by this.
    """

    bulk_move = models.ForeignKey(BulkMove, models.CASCADE, related_name="rows", db_index=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    seen = models.CharField(max_length=20, choices=Status.choices)
    state = models.CharField(
        max_length=8, choices=BulkRowState.choices, default=BulkRowState.WAITING
    )
    why = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["bulk_move", "state", "id"], name="bulk_move_row_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["bulk_move", "application"], name="application_is_once_in_a_bulk_move"
            ),
            models.CheckConstraint(
                condition=Q(seen__in=Status.values), name="bulk_move_row_seen_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=BulkRowState.values), name="bulk_move_row_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=BulkRowState.REFUSED) & ~Q(why="")
                | ~Q(state=BulkRowState.REFUSED) & Q(why=""),
                name="bulk_move_row_that_is_refused_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state=BulkRowState.WAITING, at=None)
                | ~Q(state=BulkRowState.WAITING) & Q(at__isnull=False),
                name="bulk_move_row_that_is_done_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"row {self.pk} of a bulk move"
