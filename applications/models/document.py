from django.db import models
from django.db.models import Q

from applications.models.application import Application


class Slot(models.TextChoices):
    """What may be attached; nothing that is not listed may be added."""

    CITIZENSHIP = "citizenship", "Proof of citizenship"


def stored_name(document: "Document", filename: str) -> str:
    """Name the file by keys alone: what a person called it appears in no path."""
    return f"{document.application.key}/{document.key}.pdf"


class Document(models.Model):
    """One PDF in one slot. The file lies outside the web root and is streamed to its readers."""

    key = models.UUIDField(unique=True, editable=False)
    application = models.ForeignKey(Application, models.CASCADE, related_name="documents")
    slot = models.CharField(max_length=20, choices=Slot.choices)
    file = models.FileField(upload_to=stored_name, max_length=200)
    name = models.CharField("name given by the applicant", max_length=120)
    size = models.PositiveIntegerField("bytes")
    pages = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "slot"], name="one_document_per_slot"),
            models.CheckConstraint(condition=Q(slot__in=Slot.values), name="document_slot_known"),
            models.CheckConstraint(
                condition=Q(size__gte=1) & Q(pages__gte=1), name="document_is_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="document_sha256_is_sha256"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot} of {self.application_id}"
