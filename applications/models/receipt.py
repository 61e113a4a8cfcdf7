from django.db import models
from django.db.models import Q


class ReceiptCheck(models.Model):
    """That somebody asked whether a receipt is valid, counted by network; not what they asked."""

    network = models.CharField(max_length=45)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["network", "created_at"], name="receipt_check_by_network"),
            models.Index(fields=["created_at"], name="receipt_check_by_age"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(network=""), name="receipt_check_has_a_network"),
        ]

    def __str__(self) -> str:
        return f"receipt check {self.pk}"
