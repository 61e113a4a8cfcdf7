from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models.application import Application
from applications.models.document import Slot


class CorrectionQuerySet(models.QuerySet["CorrectionRequest"]):
    def waiting(self) -> Self:
        return self.filter(decided_at=None)

    def running(self, at: datetime) -> Self:
        """Grants that let their section be corrected at `at`; each ends by itself."""
        return self.filter(decided_at__lte=at, until_at__gt=at)


class CorrectionRequest(models.Model):
    """An applicant asks to correct one section of what was sent; the program office answers.

    Granted, the section is open until `until_at` (exclusive, as every end). Declined, it carries
    the `answer` that the applicant reads. Where the office asks by itself, `asked_by` names who
    did, the `reason` is read by the applicant, and the part is open from then on. One document is
    asked for by its `slot`, in the section "documents".
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="corrections")
    section = models.CharField(max_length=30)
    slot = models.CharField(max_length=20, choices=Slot.choices, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField()
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    until_at = models.DateTimeField(
        "open until", null=True, blank=True, help_text="The first instant that is late."
    )
    answer = models.TextField(blank=True)

    objects: ClassVar = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(section="") & Q(reason__regex=r"\S"),
                name="correction_names_section_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, until_at=None, answer="")
                | Q(decided_at__isnull=False, decided_by__isnull=False)
                & Q(decided_at__gte=F("asked_at"))
                & (
                    Q(until_at__isnull=False, until_at__gt=F("decided_at"), answer="")
                    | Q(until_at=None, answer__regex=r"\S")
                ),
                name="correction_waits_or_is_granted_or_declined",
            ),
            models.CheckConstraint(
                condition=Q(asked_by=None)
                | Q(asked_by=F("decided_by"), asked_at=F("decided_at"), until_at__isnull=False),
                name="what_the_office_asks_for_is_open",
            ),
            models.CheckConstraint(
                condition=Q(slot__in=Slot.values, section="documents", asked_by__isnull=False)
                | Q(slot="") & ~Q(section="documents"),
                name="correction_of_a_document_is_asked_by_the_office",
            ),
            models.UniqueConstraint(
                fields=["application", "section"],
                condition=Q(decided_at=None),
                name="one_correction_waits_per_section",
            ),
        ]

    def __str__(self) -> str:
        return f"correction {self.pk}"
