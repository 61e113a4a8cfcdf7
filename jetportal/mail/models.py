"""Mail as rows: what has to leave, and each attempt to hand it over.

The rules are in `jetportal.mail.outbox`.
"""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper


class Lane(models.IntegerChoices):
    """Whose mail goes first when much is waiting."""

    FIRST = 1, "first: sign-in codes and confirmations"
    DECISIONS = 2, "decisions"
    BULK = 3, "bulk: reminders and announcements"


class MailState(models.TextChoices):
    QUEUED = "queued", "Queued"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"


class Outcome(models.TextChoices):
    """How one attempt ended."""

    SENT = "sent", "Sent"
    RETRY = "retry", "Refused for now"
    UNREACHABLE = "unreachable", "Mail server out of reach"
    FAILED = "failed", "Refused for good"


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def due(self, at: datetime) -> Self:
        """Mail nobody has sent and nobody is sending: a lease moves `due_at` past its own end."""
        return self.filter(state=MailState.QUEUED, due_at__lte=at)

    def failed(self) -> Self:
        return self.filter(state=MailState.FAILED)


class OutgoingMail(models.Model):
    """One mail to one person, written in the transaction that promises it.

    `attempts` counts claims, so it also names the claim that may write the outcome. `queued_at`
    starts the time after which retrying ends; queueing it again moves it. The words of a `secret`
    mail (a sign-in code) are blanked as soon as it has been sent or given up.
    """

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=60)
    lane = models.PositiveSmallIntegerField(choices=Lane.choices)
    recipient = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=list, blank=True)
    attachment_name = models.CharField(max_length=60, blank=True)
    attachment_kind = models.CharField(max_length=30, blank=True)
    attachment = models.TextField(blank=True)
    message_id = models.CharField("Message-ID", max_length=200, unique=True)
    secret = models.BooleanField(default=False)
    state = models.CharField(max_length=6, choices=MailState.choices, default=MailState.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField("created")
    queued_at = models.DateTimeField("queued")
    due_at = models.DateTimeField("due")
    sent_at = models.DateTimeField("sent", null=True, blank=True)

    objects: ClassVar = OutgoingMailQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "outgoing mail"
        verbose_name_plural = "outgoing mail"
        permissions = [
            ("read_mail", "Can read whom a mail is for and what it says"),
            ("queue_mail_again", "Can queue failed mail again"),
            ("correct_mail_address", "Can correct the address of failed mail"),
        ]
        indexes = [
            models.Index(
                fields=["lane", "due_at"], name="mail_due", condition=Q(state=MailState.QUEUED)
            ),
            models.Index(
                fields=["recipient"],
                name="mail_failed_by_recipient",
                condition=Q(state=MailState.FAILED),
            ),
            models.Index(
                fields=["-id"], name="mail_failed_newest", condition=Q(state=MailState.FAILED)
            ),
            models.Index(Upper("recipient"), name="mail_by_recipient"),  # for `iexact`
        ]
        constraints = [
            models.CheckConstraint(condition=Q(lane__in=Lane.values), name="mail_lane_known"),
            models.CheckConstraint(
                condition=Q(state__in=MailState.values), name="mail_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=MailState.SENT, sent_at__isnull=False)
                | ~Q(state=MailState.SENT) & Q(sent_at=None),
                name="mail_sent_at_set_once_sent",
            ),
            models.CheckConstraint(
                condition=Q(secret=False) | Q(state=MailState.QUEUED) | Q(text="", html=""),
                name="mail_secret_blanked_once_done",
            ),
            models.CheckConstraint(
                condition=Q(queued_at__gte=F("created_at")), name="mail_queued_after_it_was_made"
            ),
            models.CheckConstraint(
                condition=~Q(recipient="") & ~Q(subject="") & ~Q(key="") & ~Q(message_id=""),
                name="mail_is_addressed",
            ),
            models.CheckConstraint(
                condition=Q(attachment="", attachment_name="", attachment_kind="")
                | Q(secret=False)
                & ~Q(attachment="")
                & ~Q(attachment_name="")
                & ~Q(attachment_kind=""),
                name="mail_attachment_is_whole_and_never_secret",
            ),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk}"


class OutgoingMailAttempt(models.Model):
    """One try to hand a mail to the mail server. `detail` holds no address and no body."""

    mail = models.ForeignKey(OutgoingMail, models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=11, choices=Outcome.choices)
    smtp_code = models.PositiveSmallIntegerField("SMTP code", null=True, blank=True)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = "attempt"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values), name="mail_attempt_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(smtp_code=None) | Q(smtp_code__gte=200, smtp_code__lte=599),
                name="mail_attempt_smtp_code_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk} of mail {self.mail_id}"


class AddressCorrection(models.Model):
    """That staff gave a failed mail another address, and which it had. Never edited."""

    mail = models.ForeignKey(OutgoingMail, models.CASCADE, related_name="corrections")
    was = models.EmailField("address before", max_length=254)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(was=""), name="mail_address_before_is_known"),
        ]

    def __str__(self) -> str:
        return f"correction {self.pk} of mail {self.mail_id}"
