from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.models.application import Application
from applications.models.document import Slot


class Verdict(models.TextChoices):
    """What somebody at the desk found when they looked at one part."""

    OK = "ok", "There and right"
    MISSING = "missing", "Missing"
    UNCLEAR = "unclear", "Unclear"


class CompletenessCheck(models.Model):
    """What was found last of one part of an application: a section, the references or a slot.

    A document names its `slot`, in the section "documents". What nobody has looked at has no row.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="checks")
    section = models.CharField(max_length=30)
    slot = models.CharField(max_length=20, choices=Slot.choices, blank=True)
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar = models.Manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["application"],
                name="check_with_trouble",
                condition=Q(verdict__in=[Verdict.MISSING, Verdict.UNCLEAR]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "section", "slot"], name="one_check_per_part"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=Verdict.values), name="check_verdict_known"
            ),
            models.CheckConstraint(
                condition=Q(slot__in=Slot.values, section="documents")
                | Q(slot="") & ~Q(section__in=["", "documents"]),
                name="check_names_a_section_or_a_slot",
            ),
        ]

    def __str__(self) -> str:
        return f"check of application {self.application_id}"
