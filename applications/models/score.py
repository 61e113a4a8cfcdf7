"""How a file is scored: the rubric of its round, and what each reviewer gave."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models.application import Application
from positions.models import RecruitmentRound


class Criterion(models.Model):
    """One line of the rubric of a round, from `least` to `most`, counted by its `weight`."""

    round = models.ForeignKey(
        RecruitmentRound, models.CASCADE, to_field="slug", related_name="criteria"
    )
    name = models.CharField(max_length=80)
    help = models.CharField(max_length=300, blank=True)
    weight = models.PositiveSmallIntegerField(default=1)
    least = models.PositiveSmallIntegerField(default=1)
    most = models.PositiveSmallIntegerField(default=5)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        verbose_name_plural = "criteria"
        constraints = [
            models.UniqueConstraint(fields=["round", "name"], name="criterion_is_once_in_a_round"),
            models.CheckConstraint(
                condition=Q(weight__range=(1, 100)), name="criterion_weight_in_range"
            ),
            models.CheckConstraint(
                condition=Q(most__lte=100, most__gt=F("least")), name="criterion_scale_goes_up"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="criterion_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ScoreSheetQuerySet(models.QuerySet["ScoreSheet"]):
    def counted(self) -> Self:
        return self.filter(set_aside_at=None)


class ScoreSheet(models.Model):
    """What one reviewer gave one application, at once and for good.

    The program office may set it aside, with a reason; then the reviewer scores anew.
    """

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="score_sheets", db_index=False
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    comment = models.TextField(blank=True)
    set_aside_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    set_aside_at = models.DateTimeField(null=True, blank=True)
    why_set_aside = models.TextField(blank=True)

    objects: ClassVar = ScoreSheetQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["application"], name="score_sheet_of_a_file")]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "by"],
                condition=Q(set_aside_at=None),
                name="one_score_counts_per_reviewer_and_file",
            ),
            models.CheckConstraint(
                condition=Q(set_aside_at=None, set_aside_by=None, why_set_aside="")
                | Q(set_aside_at__gte=F("at"), set_aside_by__isnull=False)
                & Q(why_set_aside__regex=r"\S"),
                name="score_is_set_aside_by_somebody_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"score sheet {self.pk}"


class Mark(models.Model):
    """The value for one criterion, with the scale and weight that counted when it was given."""

    sheet = models.ForeignKey(ScoreSheet, models.CASCADE, related_name="marks", db_index=False)
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="marks")
    value = models.PositiveSmallIntegerField()
    weight = models.PositiveSmallIntegerField()
    least = models.PositiveSmallIntegerField()
    most = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "criterion"], name="one_mark_per_criterion_of_a_sheet"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=F("least"), value__lte=F("most"), most__gt=F("least")),
                name="mark_is_within_its_scale",
            ),
            models.CheckConstraint(
                condition=Q(weight__range=(1, 100)), name="mark_weight_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"mark {self.pk}"


class ScoreSum(models.Model):
    """The scores of one application that count, summed for lists; none where nothing is scored.

    Written by `applications.domain.review.scoring` with each score. A list of 100,000 rows sorted
    by what it would have to sum first cannot be quick: this is what its index stands on. `round`
    repeats that of the application, for the same index. All numbers but `sheets` are percent.
    """

    application = models.OneToOneField(Application, models.CASCADE, related_name="score_sum")
    round = models.ForeignKey(
        RecruitmentRound, models.CASCADE, to_field="slug", related_name="+", db_index=False
    )
    sheets = models.PositiveSmallIntegerField()
    mean = models.PositiveSmallIntegerField()
    spread = models.PositiveSmallIntegerField()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["-mean", "-application"], name="score_sum_highest"),
            models.Index(
                fields=["round", "-mean", "-application"], name="score_sum_highest_of_round"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(mean__range=(0, 100), spread__range=(0, 100)),
                name="score_sum_is_percent",
            ),
            models.CheckConstraint(
                condition=Q(sheets=1, spread=0) | Q(sheets__gt=1),
                name="score_sum_of_one_has_no_spread",
            ),
        ]

    def __str__(self) -> str:
        return f"scores of application {self.application_id}"
