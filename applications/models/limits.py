from django.db import models

from positions.models import RecruitmentRound


class FormSettings(models.Model):
    """Limits of the form in one round that differ from the declared ones, by their names.

    What names there are, and their ranges: `applications.sections.limits`. `medical_items` are the
    questions of the medical self-report (`applications.sections.base.MedicalItem`) where they are
    not the declared ones; none is ever deleted, because answers name them.
    """

    round = models.OneToOneField(
        RecruitmentRound, models.CASCADE, to_field="slug", related_name="form_settings"
    )
    limits = models.JSONField(default=dict, blank=True)
    rules = models.JSONField(default=dict, blank=True)  # see applications.sections.rules
    medical_items = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = "limits of the form"
        verbose_name_plural = "limits of the form"

    def __str__(self) -> str:
        return f"limits of {self.round_id}"
