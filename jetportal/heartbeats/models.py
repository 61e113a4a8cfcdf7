from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q


class Process(models.TextChoices):
    """What must be running beside the web process: a worker for each lane, and the clock."""

    FIRST = "first", "Worker of codes and confirmations"
    JOBS = "jobs", "Worker of all other jobs"
    CLOCK = "clock", "Clock (beat)"


class HeartbeatManager(models.Manager["Heartbeat"]):
    def beat(self, process: Process, *, at: datetime) -> None:
        """Write that a process was alive at `at`; one statement, whoever else writes."""
        self.bulk_create(
            [Heartbeat(process=process, beaten_at=at)],
            update_conflicts=True,
            unique_fields=["process"],
            update_fields=["beaten_at"],
        )


class Heartbeat(models.Model):
    """When a process was last seen alive, by its own clock."""

    process = models.CharField(max_length=5, choices=Process.choices, primary_key=True)
    beaten_at = models.DateTimeField()

    objects: ClassVar = HeartbeatManager()

    class Meta:
        default_permissions = ()
        permissions = [("see_status", "Can see whether every part of the portal is well")]
        constraints = [
            models.CheckConstraint(
                condition=Q(process__in=Process.values), name="heartbeat_process_known"
            ),
        ]

    def __str__(self) -> str:
        return f"heartbeat of {self.process}"
