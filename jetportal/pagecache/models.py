from django.db import models
from django.db.models import Q


class PageGeneration(models.Model):
    """One small row: a kept page belongs to a generation, and staff changes begin a new one."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_page_generation"),
        ]

    def __str__(self) -> str:
        return f"generation {self.number}"
