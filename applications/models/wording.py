"""The office's own words for the mails of one round."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from positions.models import RecruitmentRound


class WordingKind(models.TextChoices):
    """The mails about a round whose words can be changed for it, in the order of a file's life.

    Where two cases need other words they are two kinds: see docs/decisions/0033 and 0037.
    """

    ROUND_EXTENDED = "round_extended", "Deadline moved, to drafts"
    ROUND_EXTENDED_LATE = "round_extended_late", "Deadline moved, to drafts sent late"
    ROUND_CANCELLED = "round_cancelled", "Round cancelled, to drafts"
    ROUND_CANCELLED_SENT = "round_cancelled_sent", "Round cancelled, to applications"
    LATE_GRANT = "late_grant", "Late grant"
    DOCUMENT_REFUSED = "document_refused", "File refused by the virus scanner, of a draft"
    DRAFT_LAPSED = "draft_lapsed", "Draft lapsed"
    CONFIRMATION = "confirmation", "Confirmation of arrival"
    DOCUMENT_REFUSED_SENT = "document_refused_sent", "File refused, after sending"
    PART_ASKED = "part_asked", "One thing asked for"
    CORRECTION_GRANTED = "correction_granted", "Correction granted"
    CORRECTION_DECLINED = "correction_declined", "Correction declined"
    ANSWERS_CHANGED = "answers_changed", "Answers changed"
    REFERENCE_REQUEST = "reference_request", "Letter asked for"
    REFERENCE_AGAIN = "reference_again", "Letter asked for once more"
    REFERENCE_REMINDER = "reference_reminder", "Reminder of a letter"
    REFERENCE_EXTENDED = "reference_extended", "More time for a letter"
    REFERENCE_UNSAFE = "reference_unsafe", "PDF of a letter refused"
    REFERENCE_THANKS = "reference_thanks", "Thanks for a letter"
    REFERENCE_KEPT = "reference_kept", "Thanks for a late letter"
    REFERENCE_CANCELLED = "reference_cancelled", "Letter needed no more"
    REFERENCE_RECEIVED = "reference_received", "Letter is in"
    REFERENCE_DECLINED = "reference_declined", "Referee has declined"
    REFERENCE_FAILED = "reference_failed", "Request for a letter not delivered"
    INCOMPLETE = "incomplete", "Incomplete"
    INELIGIBLE = "ineligible", "Ineligible"
    NOT_INVITED = "not_invited", "Not selected, before the interview"
    INTERVIEW_OFFERED = "interview_offered", "Interview offered"
    INTERVIEW_TIME = "interview_time", "Interview time"
    INTERVIEW_CHANGED = "interview_changed", "Interview time or place changed"
    INTERVIEW_REMINDER = "interview_reminder", "Reminder of an interview"
    INTERVIEW_UNCONFIRMED = "interview_unconfirmed", "Reminder of an interview not confirmed yet"
    ABSENT = "absent", "Absent from interview"
    NOT_SELECTED = "not_selected", "Not selected, after the interview"
    SHORT_LISTED = "short_listed", "Short-listed"
    ALTERNATE = "alternate", "Alternate"
    UPGRADED = "upgraded", "Upgraded from alternate"
    REPLY_REMINDER = "reply_reminder", "Reminder of an answer"
    REPLY_RECEIVED = "reply_received", "Answer received"
    LATE_REPLY = "late_reply", "Answer came late"
    LATE_REPLY_COUNTED = "late_reply_counted", "Late answer counts"
    MARKED_DECLINED = "marked_declined", "Marked as declined"
    LIST_CLOSED = "list_closed", "Alternate list closed"
    PLACED = "placed", "Placed"
    WITHDRAWN = "withdrawn", "Withdrawn"
    TAKEN_BACK = "taken_back", "Withdrawal taken back"
    DISQUALIFIED = "disqualified", "Disqualified"


class RoundWording(models.Model):
    """Subject and text of one kind of mail in one round, with `{placeholders}`.

    A round without a row sends the words as delivered. What was sent stays in the mail log.
    """

    round = models.ForeignKey(
        RecruitmentRound, models.CASCADE, to_field="slug", related_name="wordings", db_index=False
    )
    kind = models.CharField(max_length=30, choices=WordingKind.choices)
    subject = models.CharField(max_length=150)
    text = models.TextField(max_length=8000)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    objects: ClassVar = models.Manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = "words of mail"
        verbose_name_plural = "words of mail"
        default_permissions = ("change",)
        constraints = [
            models.UniqueConstraint(
                fields=["round", "kind"], name="one_wording_per_round_and_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=WordingKind.values), name="wording_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(subject__regex=r"\S", text__regex=r"\S"), name="wording_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"words of {self.kind} in {self.round_id}"
