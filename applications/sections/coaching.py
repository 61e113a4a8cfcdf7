"""Coaching and sport, asked in SEA rounds only."""

from typing import Any

from django.core.exceptions import ValidationError

from applications.sections.base import SectionForm, helper
from applications.sections.fields import Text


class CoachingForm(SectionForm):
    """A qualification or experience in the sport is required: one of the two is enough."""

    helper = helper()
    depending = ("qualifications", "experience")
    sport = Text(
        "Your sport",
        max_characters=60,
        missing="Name the sport you coach",
        help_text="The sport of this post is to be announced. Name the one you coach.",
    )
    qualifications = Text(
        "Coaching qualifications",
        max_characters=1000,
        lines=4,
        required=False,
        help_text="Issuing body, level, date and expiry of each.",
    )
    experience = Text(
        "Coaching experience",
        max_characters=2000,
        lines=6,
        required=False,
        help_text="Team, level, age group, from and to, and what you did.",
    )
    competition = Text(
        "Competition record",
        max_characters=1000,
        lines=4,
        required=False,
        help_text="Event, level, result and year.",
    )

    def prepare(self) -> None:
        vacancy = self.asked.vacancy
        if vacancy is not None and vacancy.sport is not None:
            del self.fields["sport"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        judged = {"qualifications", "experience"}
        if judged & set(self.errors) or any(cleaned.get(name) for name in judged):
            return cleaned
        message = "Write down a qualification here, or experience below: one of the two is needed"
        self.add_error("qualifications", ValidationError(message, code="required"))
        return cleaned
