"""The one interview of an application: when, where, who asks, and what they found."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models.application import Application
from positions.models import InterviewMode

if TYPE_CHECKING:
    from django.db.models.query import QuerySet


class Interview(models.Model):
    """The one interview of an application. `starts_at` is UTC; `zone` is the clock it was set by.

    `sequence` counts the invitations, so that a calendar takes the newest. `reminded_for` is the
    beginning of which the applicant was reminded; after a change they are reminded anew.
    """

    application = models.OneToOneField(Application, models.PROTECT, related_name="interview")
    starts_at = models.DateTimeField("starts")
    zone = models.CharField(max_length=64)
    minutes = models.PositiveSmallIntegerField(default=30)
    mode = models.CharField(max_length=9, choices=InterviewMode.choices)
    place = models.CharField(max_length=200, blank=True)
    link = models.URLField(max_length=500, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    reminded_for = models.DateTimeField(null=True, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    if TYPE_CHECKING:
        panel: QuerySet["Panelist"]

    class Meta:
        ordering = ["starts_at", "pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["starts_at"], name="interview_by_start")]
        constraints = [
            models.CheckConstraint(
                condition=Q(mode=InterviewMode.ONLINE) & ~Q(link="")
                | Q(mode=InterviewMode.IN_PERSON, link="") & ~Q(place=""),
                name="interview_says_where",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__gt=F("set_at")), name="interview_was_ahead_when_it_was_set"
            ),
            models.CheckConstraint(
                condition=Q(minutes__range=(10, 240)) & ~Q(zone=""),
                name="interview_has_length_and_zone",
            ),
        ]

    def __str__(self) -> str:
        return f"interview {self.pk}"


class Panelist(models.Model):
    """One interviewer of one interview; they see this file and no other."""

    interview = models.ForeignKey(Interview, models.CASCADE, related_name="panel")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="panels")

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "user"], name="interviewer_is_once_on_a_panel"
            ),
        ]

    def __str__(self) -> str:
        return f"panelist {self.pk}"


class Recommendation(models.TextChoices):
    RECOMMEND = "recommend", "I recommend this person"
    RESERVE = "reserve", "I recommend this person with reservations"
    NOT = "not", "I do not recommend this person"


class InterviewSheet(models.Model):
    """What one interviewer found, once and for good."""

    interview = models.ForeignKey(Interview, models.PROTECT, related_name="sheets", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recommendation = models.CharField(max_length=9, choices=Recommendation.choices)
    comment = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "by"], name="one_result_sheet_per_interviewer"
            ),
            models.CheckConstraint(
                condition=Q(recommendation__in=Recommendation.values),
                name="interview_recommendation_known",
            ),
        ]

    def __str__(self) -> str:
        return f"interview sheet {self.pk}"
