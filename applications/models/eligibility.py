from django.db import models
from django.db.models import Q

from applications.models.application import Application
from positions.models import PositionCode


class Outlook(models.TextChoices):
    """What the rules say about somebody's chances to be eligible; staff decide."""

    LIKELY = "likely", "Likely"
    UNLIKELY = "unlikely", "Unlikely"
    ASK = "ask", "Ask us"


class EligibilityCheck(models.Model):
    """The last eligibility check somebody made for their application, as it was then.

    `answers` are as typed, `verdicts` in the words of that day
    (`applications.domain.form.eligibility.Verdict`); `rules` are the settings of the round and
    `wording` the version of the questions that they were given by. Blocks nothing.
    """

    application = models.OneToOneField(
        Application, models.CASCADE, related_name="eligibility", primary_key=True
    )
    at = models.DateTimeField()
    position = models.CharField(max_length=3, choices=PositionCode.choices)
    outlook = models.CharField(max_length=8, choices=Outlook.choices)
    wording = models.CharField(max_length=10)
    answers = models.JSONField(default=dict)
    verdicts = models.JSONField(default=list)
    rules = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(position__in=PositionCode.values),
                name="eligibility_position_known",
            ),
            models.CheckConstraint(
                condition=Q(outlook__in=Outlook.values), name="eligibility_outlook_known"
            ),
            models.CheckConstraint(condition=~Q(wording=""), name="eligibility_names_its_wording"),
        ]

    def __str__(self) -> str:
        return f"eligibility of {self.application_id}"
