"""How long words are kept, and whose were erased."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from positions.models import RecruitmentRound


class RetentionSettings(models.Model):
    """Months after the closing of one round; a round without a row keeps what is declared here.

    After `remove_months` drafts go, and the files of applications that have ended; after
    `anonymize_months` every word that tells who somebody is.
    """

    round = models.OneToOneField(
        RecruitmentRound, models.PROTECT, to_field="slug", related_name="retention_settings"
    )
    remove_months = models.PositiveSmallIntegerField("drafts and files, months", default=18)
    anonymize_months = models.PositiveSmallIntegerField("everything else, months", default=36)

    class Meta:
        verbose_name = "retention of a round"
        verbose_name_plural = "retention"
        constraints = [
            models.CheckConstraint(
                condition=Q(remove_months__range=(1, 120), anonymize_months__range=(1, 120))
                & Q(anonymize_months__gte=F("remove_months")),
                name="retention_in_range_and_order",
                violation_error_message="Both are 1 to 120 months, the second not less than "
                "the first.",
            ),
        ]

    def __str__(self) -> str:
        return f"retention of {self.round_id}"


def retention_of(round_: RecruitmentRound) -> RetentionSettings:
    kept: RetentionSettings | None = getattr(round_, "retention_settings", None)
    return kept or RetentionSettings(round=round_)


class ErasureCause(models.TextChoices):
    RETENTION = "retention", "Its time was over"
    ASKED = "asked", "The applicant asked for it"


class Erasure(models.Model):
    """That the words of a sent application were erased, once. What stays: moves, times, counts."""

    application = models.OneToOneField(
        "applications.Application", models.PROTECT, related_name="erasure", primary_key=True
    )
    at = models.DateTimeField()
    cause = models.CharField(max_length=9, choices=ErasureCause.choices)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cause__in=ErasureCause.values), name="erasure_cause_known"
            ),
        ]

    def __str__(self) -> str:
        return f"erasure of {self.application_id}"


class ErasureRequest(models.Model):
    """Somebody asks us to erase what we hold of them; the program office answers.

    Declined, it carries the `answer` that the person reads.
    """

    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="erasure_requests"
    )
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    granted = models.BooleanField(null=True, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["applicant"],
                condition=Q(decided_at=None),
                name="one_erasure_request_waits_per_person",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, granted=None, answer="")
                | Q(decided_at__gte=F("asked_at"), decided_by__isnull=False)
                & (Q(granted=True, answer="") | Q(granted=False, answer__regex=r"\S")),
                name="erasure_request_waits_or_is_decided",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("applicant")),
                name="nobody_decides_their_own_erasure",
            ),
        ]

    def __str__(self) -> str:
        return f"erasure request {self.pk}"
