import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from applications.models.application import Application


class Slot(models.TextChoices):
    """What may be attached, in the order of the form; nothing that is not listed may be added.

    When each is asked for, and of whom: `applications.domain.files.slots`.
    """

    TRANSCRIPTS = "transcripts", "Transcripts"
    GRADUATION = "graduation", "Proof of graduation"
    CITIZENSHIP = "citizenship", "Proof of citizenship"
    NAME_CHANGE = "name_change", "Proof of a change of name"
    TEACHING = "teaching", "Teaching license"
    TEFL = "tefl", "TEFL or TESL certificate"
    JLPT = "jlpt", "JLPT certificate"
    COACHING = "coaching", "Coaching certificate, or proof of experience"
    FEDERATION = "federation", "Recommendation by a federation"
    HEALTH = "health", "Certificate of Health"
    PHYSICIAN = "physician", "Statement of Physician"
    CRIMINAL_RECORD = "criminal_record", "Criminal record"


# One file each: a new one takes the place of the earlier.
SINGLE_SLOTS = (Slot.CITIZENSHIP, Slot.FEDERATION, Slot.HEALTH)
# Sealed where they are stored, and opened by named staff only.
SENSITIVE_SLOTS = (Slot.HEALTH, Slot.PHYSICIAN, Slot.CRIMINAL_RECORD)


class Scan(models.TextChoices):
    """What the virus scanner said; without one, nothing is asked of it."""

    NONE = "none", "Not scanned"
    WAITING = "waiting", "Being checked"
    CLEAN = "clean", "Checked"
    REFUSED = "refused", "Refused by the virus scanner"


JUDGED = (Scan.CLEAN, Scan.REFUSED)


def stored_name(document: "Document", filename: str) -> str:
    """Name the file by keys alone: what a person called it appears in no path."""
    return f"{document.application.key}/{document.file_name}"


class DocumentQuerySet(models.QuerySet["Document"]):
    def standing(self) -> Self:
        """Those that count: nothing sent later has taken their place."""
        return self.filter(replaced_at=None)


class Document(models.Model):
    """One PDF in a slot. The file lies outside the web root and is streamed to its readers.

    `size` and `sha256` are those of the PDF, also where it is stored sealed. What was sent is kept
    when a later file takes its place: from `replaced_at` on it counts no more.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, models.CASCADE, related_name="documents")
    slot = models.CharField(max_length=20, choices=Slot.choices)
    file = models.FileField(upload_to=stored_name, max_length=200)
    name = models.CharField("name given by the applicant", max_length=120)
    size = models.PositiveIntegerField("bytes")
    pages = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    scan = models.CharField(max_length=8, choices=Scan.choices, default=Scan.NONE)
    scanned_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]  # as they arrived
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(scan__in=["none", "waiting"]),
                name="document_not_scanned",
            ),
            models.Index(
                fields=["application"],
                condition=Q(scan="refused", replaced_at=None),
                name="document_refused",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "slot"],
                condition=Q(slot__in=SINGLE_SLOTS, replaced_at=None),
                name="one_document_per_single_slot",
            ),
            models.UniqueConstraint(
                fields=["application", "slot", "sha256"],
                condition=Q(replaced_at=None),
                name="same_file_once_per_slot",
            ),
            models.CheckConstraint(
                condition=Q(replaced_at=None) | Q(replaced_at__gte=F("received_at")),
                name="document_is_replaced_after_it_arrived",
            ),
            models.CheckConstraint(condition=Q(slot__in=Slot.values), name="document_slot_known"),
            models.CheckConstraint(condition=Q(scan__in=Scan.values), name="document_scan_known"),
            models.CheckConstraint(
                condition=Q(scan__in=JUDGED, scanned_at__isnull=False)
                | ~Q(scan__in=JUDGED) & Q(scanned_at=None),
                name="document_scanned_at_set_once_scanned",
            ),
            models.CheckConstraint(
                condition=Q(size__gte=1) & Q(pages__gte=1), name="document_is_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="document_sha256_is_sha256"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot} of {self.application_id}"

    @property
    def is_sensitive(self) -> bool:
        return self.slot in SENSITIVE_SLOTS

    @property
    def file_name(self) -> str:
        return f"{self.key}.{'sealed' if self.is_sensitive else 'pdf'}"

    @property
    def counts(self) -> bool:
        """Tell whether it is there for judging: what is being checked counts as received."""
        return self.scan != Scan.REFUSED

    @property
    def scan_words(self) -> str:
        return str(Scan(self.scan).label)
