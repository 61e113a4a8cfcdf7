from django.db import models
from django.db.models import Q


class DeadLinkVisit(models.Model):
    """That somebody opened a referee's link that leads nowhere, counted by network; not which."""

    network = models.CharField(max_length=45)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["network", "created_at"], name="dead_link_by_network"),
            models.Index(fields=["created_at"], name="dead_link_by_age"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(network=""), name="dead_link_has_a_network"),
        ]

    def __str__(self) -> str:
        return f"dead link {self.pk}"
