"""One mail to many applicants: its words, for whom it is, how far it is."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class BulkMailState(models.TextChoices):
    WRITTEN = "written", "Not sent"
    SENDING = "sending", "Being sent"
    DONE = "done", "Sent"
    STOPPED = "stopped", "Stopped"


class BulkMail(models.Model):
    """One mail in placeholders, and the keys of the applications it is for, fixed when chosen.

    `edition` counts the versions of its words, so that nobody sends others than they looked at.
    `done` rows were dealt with: `queued` of them have their mail in the outbox, `left_out` holds
    why the others have none, by the key of the application.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.CharField(max_length=150, blank=True)
    text = models.TextField(max_length=8000, blank=True)
    edition = models.PositiveIntegerField(default=0)
    rows = models.JSONField(default=list)
    total = models.PositiveIntegerField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    state = models.CharField(
        max_length=7, choices=BulkMailState.choices, default=BulkMailState.WRITTEN
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    queued = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=dict, blank=True)

    objects: ClassVar = models.Manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "mail to many"
        verbose_name_plural = "mail to many"
        default_permissions = ()
        permissions = [("write_to_many", "Can write one mail to many applicants")]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(state=BulkMailState.SENDING), name="bulk_mail_to_send"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=BulkMailState.values), name="bulk_mail_state_known"
            ),
            models.CheckConstraint(
                condition=Q(edition=0, subject="", text="")
                | Q(edition__gte=1, subject__regex=r"\S", text__regex=r"\S"),
                name="bulk_mail_counts_its_words",
            ),
            models.CheckConstraint(
                condition=Q(state=BulkMailState.WRITTEN, confirmed_at=None, done=0)
                | ~Q(state=BulkMailState.WRITTEN) & Q(confirmed_at__isnull=False, edition__gte=1),
                name="bulk_mail_is_sent_once_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "stopped"], ended_at__isnull=False)
                | Q(state__in=["written", "sending"], ended_at=None),
                name="bulk_mail_that_ended_says_when",
            ),
            models.CheckConstraint(
                condition=Q(queued__lte=F("done"), done__lte=F("total"))
                & (~Q(state=BulkMailState.DONE) | Q(done=F("total"))),
                name="bulk_mail_is_done_with_at_most_all",
            ),
        ]

    def __str__(self) -> str:
        return f"mail to many {self.pk}"
