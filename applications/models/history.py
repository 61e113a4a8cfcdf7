from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models.application import Application
from applications.models.status import EXPLAINED, Status


class StatusChange(models.Model):
    """One move of an application: who, from where, to where, when, why. Never edited.

    `by` is empty where the system itself moved it.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="history")
    from_status = models.CharField(max_length=20, choices=Status.choices)
    to_status = models.CharField(max_length=20, choices=Status.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]  # as written: a request may have waited while a job moved the row
        constraints = [
            models.CheckConstraint(
                condition=Q(from_status__in=Status.values) & Q(to_status__in=Status.values),
                name="status_change_known",
                violation_error_message="No such status.",
            ),
            models.CheckConstraint(
                condition=~Q(to_status__in=EXPLAINED) | Q(reason__regex=r"\S"),
                name="status_change_that_ends_it_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(from_status=F("to_status")), name="status_change_changes_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_status} to {self.to_status}"


class Note(models.Model):
    """What somebody at the desk wrote about an application; applicants never see it."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField(max_length=4000)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="note_says_something")]

    def __str__(self) -> str:
        return f"note {self.pk}"
