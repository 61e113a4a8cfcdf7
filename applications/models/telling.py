from django.db import models
from django.db.models import Q

from positions.models import RoundChange


class RoundChangeTold(models.Model):
    """How far the mail about one change of a round has come: resumed there, never begun anew.

    `up_to` is the number of the last application that was looked at, `count` how many were told.
    """

    change = models.OneToOneField(RoundChange, models.PROTECT, related_name="applicants_told")
    up_to = models.BigIntegerField(default=0)
    count = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "round changes told"
        constraints = [
            models.CheckConstraint(condition=Q(up_to__gte=0), name="told_from_the_first_on"),
        ]

    def __str__(self) -> str:
        return f"change {self.change_id}: {self.count} told"
