"""Letters of reference, apart from the application and sealed.

`applications.domain.referees.letters` opens and seals them.
"""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models.document import JUDGED, Scan
from applications.models.reference import ReferenceRequest


class LetterForm(models.TextChoices):
    TYPED = "typed", "Typed"
    UPLOADED = "uploaded", "Uploaded"


class LetterLanguage(models.TextChoices):
    ENGLISH = "en", "English"
    JAPANESE = "ja", "Japanese"


SCANNED = Q(scan__in=JUDGED, scanned_at__isnull=False) | ~Q(scan__in=JUDGED) & Q(scanned_at=None)


def stored_letter(row: "Reference | ReferenceDraft | None", filename: str) -> str:
    """Name a sealed file by a key alone: nobody's name appears in a path."""
    return f"letters/{uuid.uuid4()}.sealed"


class ReferenceQuerySet(models.QuerySet["Reference"]):
    def standing(self) -> Self:
        """Letters that no later one has superseded, counted or kept as late."""
        return self.filter(superseded_at=None)

    def counted(self) -> Self:
        return self.standing().filter(counts=True)


class Reference(models.Model):
    """One letter: `sealed` holds the ratings and the typed words, `file` a PDF, sealed as well.

    Written once. `late` came after the deadline of the application; it `counts` where the clock of
    letters allows it or staff admitted it, and is only kept otherwise. `by` and `reason` are those
    of staff who took it in for a referee or admitted it.
    """

    request = models.ForeignKey(ReferenceRequest, models.CASCADE, related_name="letters")
    form = models.CharField(max_length=8, choices=LetterForm.choices)
    language = models.CharField(max_length=2, choices=LetterLanguage.choices)
    sealed = models.TextField()
    file = models.FileField(upload_to=stored_letter, max_length=100, blank=True)
    pages = models.PositiveSmallIntegerField(null=True, blank=True)
    scan = models.CharField(max_length=8, choices=Scan.choices, default=Scan.NONE)
    scanned_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    late = models.BooleanField(default=False)
    counts = models.BooleanField(default=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = ReferenceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(form="uploaded", scan__in=["none", "waiting"]),
                name="letter_not_scanned",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(form=LetterForm.TYPED, file="", pages=None, scan=Scan.NONE)
                | Q(form=LetterForm.UPLOADED, pages__gte=1) & ~Q(file=""),
                name="letter_form_is_typed_or_a_file",
            ),
            models.CheckConstraint(
                condition=Q(language__in=LetterLanguage.values), name="letter_language_known"
            ),
            models.CheckConstraint(condition=~Q(sealed=""), name="letter_is_sealed"),
            models.CheckConstraint(condition=Q(scan__in=Scan.values), name="letter_scan_known"),
            models.CheckConstraint(condition=SCANNED, name="letter_scanned_at_set_once_scanned"),
            models.CheckConstraint(
                condition=~Q(scan=Scan.REFUSED) | Q(superseded_at__isnull=False),
                name="refused_letter_does_not_stand",
            ),
            models.CheckConstraint(
                condition=Q(received_at__lte=F("recorded_at"))
                & (Q(superseded_at=None) | Q(superseded_at__gte=F("recorded_at"))),
                name="letter_arrived_before_it_was_recorded",
            ),
            models.CheckConstraint(
                condition=Q(counts=True) | Q(late=True), name="only_a_late_letter_does_not_count"
            ),
            models.CheckConstraint(
                condition=Q(by=None, reason="") | Q(by__isnull=False, reason__regex=r"\S"),
                name="letter_taken_in_by_staff_has_a_reason",
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(superseded_at=None),
                name="one_letter_stands_per_request",
            ),
        ]

    def __str__(self) -> str:
        return f"letter {self.pk}"


class ReferenceDraft(models.Model):
    """What a referee has typed so far, sealed: JSON of input names and their values.

    `version` counts saves. `file` is a PDF that waits to be submitted with it, sealed; where the
    virus scanner refused it, it is deleted and `scan` says so.
    """

    request = models.OneToOneField(ReferenceRequest, models.CASCADE, related_name="draft")
    sealed = models.TextField()
    file = models.FileField(upload_to=stored_letter, max_length=100, blank=True)
    file_name = models.CharField(max_length=120, blank=True)
    pages = models.PositiveSmallIntegerField(null=True, blank=True)
    scan = models.CharField(max_length=8, choices=Scan.choices, default=Scan.NONE)
    scanned_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(sealed=""), name="letter_draft_is_sealed"),
            models.CheckConstraint(condition=Q(version__gte=1), name="letter_draft_from_one"),
            models.CheckConstraint(
                condition=Q(scan__in=Scan.values), name="letter_draft_scan_known"
            ),
            models.CheckConstraint(condition=SCANNED, name="letter_draft_scanned_at_once_scanned"),
            models.CheckConstraint(
                condition=Q(file="", pages=None, file_name="") | ~Q(file="") & Q(pages__gte=1),
                name="letter_draft_file_has_pages",
            ),
        ]

    def __str__(self) -> str:
        return f"draft of request {self.request_id}"


class LetterOpening(models.Model):
    """That somebody at the desk opened a letter, and when. Never edited."""

    letter = models.ForeignKey(Reference, models.CASCADE, related_name="openings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"opening {self.pk}"
