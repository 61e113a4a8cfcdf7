from django.db import models
from django.db.models import Q

from positions.models import RecruitmentRound, RoundKind


class LettersPolicy(models.TextChoices):
    """What a letter that has not arrived means when the application is sent."""

    WARN = "warn", "warn, and let the application be sent"
    BLOCK = "block", "send only when every letter is in"


class LettersClock(models.TextChoices):
    """When letters are late."""

    SAME = "same", "at the deadline of the round"
    SOFT = "soft", "some days later; what comes after the deadline is marked as late"


class ReferenceSettings(models.Model):
    """What one round asks of references. A round without a row asks what is declared here.

    `reminder_days` are days before the end of the letters, as staff write them: "14, 7, 2".
    `sport_needed`: at least one referee from sport. `academic_without_degree`: at least one from
    the university while no degree is conferred.
    """

    round = models.OneToOneField(
        RecruitmentRound, models.CASCADE, to_field="slug", related_name="reference_settings"
    )
    number = models.PositiveSmallIntegerField("letters", default=2)
    sport_needed = models.BooleanField("one from sport", default=False)
    academic_without_degree = models.BooleanField(
        "one from the university, while no degree is conferred", default=True
    )
    policy = models.CharField(
        "a missing letter", max_length=5, choices=LettersPolicy.choices, default=LettersPolicy.WARN
    )
    clock = models.CharField(
        "letters are late", max_length=4, choices=LettersClock.choices, default=LettersClock.SAME
    )
    soft_days = models.PositiveSmallIntegerField("days after the deadline", default=0)
    resends_per_day = models.PositiveSmallIntegerField("requests sent again in a day", default=3)
    reminder_days = models.CharField(
        "reminders, days before", max_length=40, default="14, 7, 2", blank=True
    )

    class Meta:
        verbose_name = "settings of references"
        verbose_name_plural = "settings of references"
        constraints = [
            models.CheckConstraint(
                condition=Q(policy__in=LettersPolicy.values), name="letters_policy_known"
            ),
            models.CheckConstraint(
                condition=Q(clock=LettersClock.SAME, soft_days=0)
                | Q(clock=LettersClock.SOFT, soft_days__range=(1, 60)),
                name="soft_clock_of_letters_has_its_days",
            ),
            models.CheckConstraint(
                condition=Q(number__range=(1, 5)) & Q(resends_per_day__range=(1, 20)),
                name="reference_settings_in_range",
            ),
            models.CheckConstraint(
                condition=Q(reminder_days__regex=r"^([1-9][0-9]?(, [1-9][0-9]?)*)?$"),
                name="reminder_days_are_numbers",
            ),
        ]

    def __str__(self) -> str:
        return f"references of {self.round_id}"

    @property
    def days(self) -> tuple[int, ...]:
        """List the days before the end on which referees are reminded, the earliest first."""
        written = self.reminder_days.split(",") if self.reminder_days else []
        return tuple(sorted({int(days) for days in written}, reverse=True))


def settings_of(round_: RecruitmentRound) -> ReferenceSettings:
    """Return what the round asks of references; no query where it came with its settings."""
    kept: ReferenceSettings | None = getattr(round_, "reference_settings", None)
    return kept or ReferenceSettings(
        round=round_,
        sport_needed=round_.kind == RoundKind.SEA,
        academic_without_degree=round_.kind == RoundKind.ANNUAL,
    )
