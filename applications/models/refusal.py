from typing import ClassVar

from django.db import models
from django.db.models import Q

from positions.models import RecruitmentRound


class RefusalCause(models.TextChoices):
    LATE = "late", "Late, and not complete"
    CANCELLED = "cancelled", "The round was cancelled"
    INCOMPLETE = "incomplete", "In time, and not complete"


class RefusedSubmit(models.Model):
    """That a request to send was refused: to which round, when it arrived, why, and not whose.

    What was late and complete is kept instead, as a late submit.
    """

    round = models.ForeignKey(
        RecruitmentRound, models.CASCADE, to_field="slug", related_name="+", db_index=False
    )
    received_at = models.DateTimeField()
    cause = models.CharField(max_length=10, choices=RefusalCause.choices)

    objects: ClassVar = models.Manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["round", "received_at"], name="refused_submit_of_round")]
        constraints = [
            models.CheckConstraint(
                condition=Q(cause__in=RefusalCause.values), name="refused_submit_cause_known"
            ),
        ]

    def __str__(self) -> str:
        return f"refused submit {self.pk}"
