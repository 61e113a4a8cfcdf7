from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from applications.models.status import Status
from positions.deadlines import deadline_in_words
from positions.models import RecruitmentRound


class Reply(models.TextChoices):
    """What an applicant may answer to a result."""

    ACCEPT = "accept", "I accept the offer"
    DECLINE = "decline", "I decline the offer"
    KEEP = "keep", "I stay on the alternate list"
    LEAVE = "leave", "I leave the alternate list"


REPLIES: Mapping[Status, tuple[Reply, ...]] = MappingProxyType(
    {
        Status.SHORT_LISTED: (Reply.ACCEPT, Reply.DECLINE),
        Status.ALTERNATE: (Reply.KEEP, Reply.LEAVE),
    }
)
ANSWERABLE = tuple(str(status) for status in REPLIES)


class ReplyFormQuerySet(models.QuerySet["ReplyForm"]):
    def waiting(self) -> Self:
        return self.filter(closed_at=None)


class ReplyForm(models.Model):
    """The answer we wait for after a result, until `until_at` (exclusive, as every end).

    It closes with the answer, or when the application moves on without one. An answer that came
    late is kept (`late_answer`, at `late_at`) for the program office, and moves nothing.
    """

    application = models.ForeignKey(
        "applications.Application", models.PROTECT, related_name="reply_forms"
    )
    asked = models.CharField(
        max_length=20,
        choices=[(status.value, status.label) for status in REPLIES],
    )
    opened_at = models.DateTimeField()
    until_at = models.DateTimeField()
    reminders = models.PositiveSmallIntegerField(default=0)
    answer = models.CharField(max_length=7, choices=Reply.choices, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    late_answer = models.CharField(max_length=7, choices=Reply.choices, blank=True)
    late_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = ReplyFormQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["until_at"], condition=Q(closed_at=None), name="reply_form_waiting"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(asked__in=ANSWERABLE), name="reply_form_asks_about_a_result"
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(closed_at=None),
                name="one_reply_form_waits_per_application",
            ),
            models.CheckConstraint(
                condition=Q(until_at__gt=F("opened_at")), name="reply_form_ends_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(answer="")
                | Q(closed_at__isnull=False)
                & (
                    Q(asked="short_listed", answer__in=["accept", "decline"])
                    | Q(asked="alternate", answer__in=["keep", "leave"])
                ),
                name="reply_answers_what_was_asked",
            ),
            models.CheckConstraint(
                condition=Q(late_answer="", late_at=None)
                | Q(late_answer__in=Reply.values, late_at__gte=F("until_at")),
                name="late_reply_came_after_the_end",
            ),
        ]

    def __str__(self) -> str:
        return f"reply form {self.pk}"

    def accepts(self, at: datetime) -> bool:
        """Tell whether an answer that arrives at `at` is in time; half-open, as for sending."""
        return self.closed_at is None and at < self.until_at

    @property
    def deadline(self) -> str:
        """The last minute that counts, in the zone of the round, which must be loaded."""
        return deadline_in_words(self.until_at, self.application.round.zoneinfo)


class ResultSettings(models.Model):
    """How long answers are waited for in a round, in days, and when its alternate list ends.

    An answer is due at the end of its last day in the zone of the round. `alternates_until` is
    exclusive, as every end; while it is empty the list has no end.
    """

    round = models.OneToOneField(
        RecruitmentRound, models.PROTECT, to_field="slug", related_name="result_settings"
    )
    reply_days = models.PositiveSmallIntegerField(default=14)
    upgrade_reply_days = models.PositiveSmallIntegerField(default=7)
    alternates_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "result settings"
        constraints = [
            models.CheckConstraint(
                condition=Q(reply_days__range=(1, 60), upgrade_reply_days__range=(1, 60)),
                name="days_to_answer_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"result settings of {self.round_id}"

    def has_ended(self, at: datetime) -> bool:
        """Tell whether the alternate list is over, also before the job that closes it has run."""
        return self.alternates_until is not None and self.alternates_until <= at
