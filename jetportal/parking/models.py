from django.db import models
from django.db.models import Q


class ParkedForm(models.Model):
    """What a form sent while its sender was not signed in: sealed, for a day, for one page."""

    path = models.CharField(max_length=200, db_index=True)
    sealed = models.TextField()
    parked_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(path="") & ~Q(sealed=""), name="parked_form_holds_something"
            ),
        ]

    def __str__(self) -> str:
        return f"parked form {self.pk}"
