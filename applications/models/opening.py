from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models.application import Application


class SensitiveOpening(models.Model):
    """That somebody at the desk opened what is kept apart: which part, when, why. Never edited.

    `part` is the key of a sensitive section, or the slot of a sensitive document.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="openings")
    part = models.CharField(max_length=30)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        permissions = [("read_sensitive", "Can open sensitive answers and documents")]
        constraints = [
            models.CheckConstraint(condition=~Q(part=""), name="opening_names_a_part"),
            models.CheckConstraint(condition=Q(reason__regex=r"\S"), name="opening_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"opening {self.pk}"


class FileOpening(models.Model):
    """That a coordinator opened a file of another consulate: who, why, until when. Never edited.

    `until_at` is exclusive, as every end.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="file_openings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    until_at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        ordering = ["-at", "-pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["by", "-until_at"], name="file_opening_of_a_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__regex=r"\S"), name="file_opening_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(until_at__gt=F("at")), name="file_opening_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"file opening {self.pk}"
