"""Who reads which file, and whether they know the person who wrote it."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models.application import Application
from positions.models import RecruitmentRound


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def running(self) -> Self:
        return self.filter(ended_at=None)


class Assignment(models.Model):
    """One reviewer's turn with one application; it ends when somebody takes it away.

    `ended_by` is the reviewer where they know the applicant.
    """

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="assignments", db_index=False
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments", db_index=False
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("assigned")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()
        verbose_name = "review"
        indexes = [
            models.Index(fields=["application"], name="assignment_of_a_file"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["reviewer", "application"],
                condition=Q(ended_at=None),
                name="one_running_assignment_per_reviewer_and_file",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__gte=F("at"), ended_by__isnull=False),
                name="assignment_is_ended_by_somebody_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"assignment {self.pk}"


class ConflictAnswer(models.Model):
    """What somebody said when asked whether they know the applicant, or by themselves.

    A "yes" hides the file from them; a "no" may become a "yes", never the other way. The program
    office takes a "yes" away with a reason (`ConflictLifting`), and then there is no answer.
    """

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="conflict_answers", db_index=False
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    knows = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["application", "by"], name="one_conflict_answer_per_person_and_file"
            ),
        ]

    def __str__(self) -> str:
        return f"conflict answer {self.pk}"


class ConflictLifting(models.Model):
    """That the program office took away what somebody had said at `said_at`: they know a person."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="conflict_liftings")
    of = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    said_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(by=F("of")) & Q(at__gte=F("said_at")),
                name="conflict_is_lifted_by_another_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"conflict lifting {self.pk}"


class ReviewSettings(models.Model):
    """How the files of a round are read; a round without a row has what is declared here.

    `spread` is the distance between two scores, in percent of the scale, from which on a file is
    marked. `opening_hours` is how long a file of another consulate stays open, `reminder_hours`
    how long before an interview its applicant is reminded; 0 is never.
    """

    round = models.OneToOneField(
        RecruitmentRound, models.CASCADE, to_field="slug", related_name="review_settings"
    )
    reviewers = models.PositiveSmallIntegerField("reviewers per application", default=2)
    spread = models.PositiveSmallIntegerField("mark scores this far apart, in percent", default=25)
    opening_hours = models.PositiveSmallIntegerField(
        "hours a file of another consulate stays open", default=8
    )
    reminder_hours = models.PositiveSmallIntegerField(
        "hours before an interview to remind its applicant", default=48
    )

    class Meta:
        default_permissions = ()
        verbose_name = "settings of reviews"
        verbose_name_plural = "settings of reviews"
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewers__range=(1, 9), spread__range=(1, 100))
                & Q(opening_hours__range=(1, 72)),
                name="review_settings_in_range",
            ),
            models.CheckConstraint(
                condition=Q(reminder_hours__range=(0, 336)),
                name="interview_reminder_comes_within_two_weeks",
            ),
        ]

    def __str__(self) -> str:
        return f"reviews of {self.round_id}"
