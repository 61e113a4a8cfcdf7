from django.db import models

from positions.models import RecruitmentRound


class FormSettings(models.Model):
    """Limits of the form in one round that differ from the declared ones, by their names.

    What names there are, and their ranges: `applications.sections.limits`.
    """

    round = models.OneToOneField(
        RecruitmentRound, models.CASCADE, to_field="slug", related_name="form_settings"
    )
    limits = models.JSONField(default=dict, blank=True)
    rules = models.JSONField(default=dict, blank=True)  # see applications.sections.rules

    class Meta:
        verbose_name = "limits of the form"
        verbose_name_plural = "limits of the form"

    def __str__(self) -> str:
        return f"limits of {self.round_id}"
