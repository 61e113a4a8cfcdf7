"""The office's own words for the mails of one round."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from positions.models import RecruitmentRound


class WordingKind(models.TextChoices):
    """The mails whose words can be changed for a round, in the order of a file's life.

    The confirmation that an application arrived is not among them: it is the proof of that, and
    the drill of a round reads it.
    """

    DRAFT_LAPSED = "draft_lapsed", "Draft lapsed"
    INCOMPLETE = "incomplete", "Incomplete"
    INELIGIBLE = "ineligible", "Ineligible"
    NOT_INVITED = "not_invited", "Not selected, before the interview"
    INTERVIEW_OFFERED = "interview_offered", "Interview offered"
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
    kind = models.CharField(max_length=20, choices=WordingKind.choices)
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
