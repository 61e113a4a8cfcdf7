"""The questions of the eligibility check; `domain.form.eligibility` says what answers mean."""

from typing import Any

from django.core.exceptions import ValidationError

from applications.sections.base import SectionForm, helper
from applications.sections.fields import Choice
from applications.sections.rules import Rules, defaults, in_full
from positions.models import PositionCode

VERSION = "1"  # of the questions and of what is said about them; counts up with every change

UNSURE = ("unsure", "I am not sure")
BY_POSITION = {"japanese": {PositionCode.CIR}, "coaching": {PositionCode.SEA}}  # asked of them only
Choices = tuple[tuple[str, str], ...]


def yes_no_unsure() -> Choices:
    return (("yes", "Yes"), ("no", "No"), UNSURE)


class EligibilityForm(SectionForm):
    """A few questions with one answer each; nobody is asked about health or a criminal record."""

    helper = helper()
    depending = ("japanese",)
    position = Choice("Which position would you apply for?")
    citizen = Choice(
        "Are you a citizen of the United States?",
        yes_no_unsure(),
        help_text="On the day you apply. Permanent residence is not citizenship.",
    )
    nationality = Choice("Do you also hold Japanese nationality?", yes_no_unsure())
    degree = Choice("Do you have a bachelor's degree, or will you have one?")
    english = Choice(
        "How good is your English?",
        (
            ("native", "Native, or like a native speaker's"),
            ("working", "Good enough to work in"),
            ("less", "Less than that"),
            UNSURE,
        ),
    )
    japanese = Choice(
        "How good is your Japanese?",
        (
            ("n2", "About JLPT N2 or higher, with or without a certificate"),
            ("lower", "Lower than that"),
            ("none", "I speak none"),
            UNSURE,
        ),
        required=False,
    )
    residence = Choice("How long have you lived in Japan?")
    service = Choice("Have you taken part in the JET Program before?")
    declined = Choice("Have you declined a JET placement before?")
    coaching = Choice(
        "Do you have a coaching qualification in the sport, or experience of coaching it?",
        (
            ("qualification", "A qualification"),
            ("experience", "Experience"),
            ("both", "Both"),
            ("neither", "Neither"),
            UNSURE,
        ),
    )

    def prepare(self) -> None:
        codes = list(dict.fromkeys(vacancy.position_id for vacancy in self.asked.vacancies))
        rules = self.asked.rules or defaults(self.asked.round)
        self._choose("position", tuple((code, PositionCode(code).label) for code in codes))
        if len(codes) == 1:
            self.fields["position"].initial = codes[0]
        for name, positions in BY_POSITION.items():
            if not positions & set(codes):
                del self.fields[name]
        if "japanese" in self.fields:
            self.fields["japanese"].help_text = "Only a CIR needs any; for an ALT leave this out."
        if not rules.degree_asked:
            del self.fields["degree"]
        self._choose_by_rules(rules)

    def _choose(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def _choose_by_rules(self, rules: Rules) -> None:
        if "degree" in self.fields:
            self._choose("degree", degree_choices(rules))
        years, first = rules.residence_years, rules.departure_year - rules.residence_within_years
        self.fields[
            "residence"
        ].help_text = (
            f"All stays together, from January {first} to December {rules.departure_year - 1}."
        )
        self._choose(
            "residence",
            (
                ("never", "Never, or only to visit"),
                ("less", f"Fewer than {years} years in all"),
                ("more", f"{years} years or more in all"),
                UNSURE,
            ),
        )
        within, most = rules.service_within_years, rules.service_years_at_most
        self._choose(
            "service",
            (
                ("never", "No"),
                ("earlier", f"Yes, {most} years or fewer, and not in the last {within} years"),
                ("recent", f"Yes, in the last {within} years"),
                ("many", f"Yes, more than {most} years in all"),
                UNSURE,
            ),
        )
        self._choose(
            "declined",
            (
                ("no", "No"),
                ("before", f"Yes, {rules.wait_years} years ago or earlier"),
                ("accepted", "Yes, later than that, and my reason was accepted"),
                ("recent", "Yes, later than that"),
                UNSURE,
            ),
        )

    def clean(self) -> dict[str, Any]:
        """Ask for Japanese where the position calls for it."""
        cleaned = super().clean() or {}
        cir = cleaned.get("position") == PositionCode.CIR
        if cir and not cleaned.get("japanese") and "japanese" not in self.errors:
            self.add_error("japanese", ValidationError("Choose one", code="required"))
        return cleaned


def degree_choices(rules: Rules) -> Choices:
    if rules.degree_by is None:
        return (
            ("have", "Yes, it is conferred"),
            ("later", "It will be conferred later"),
            ("no", "No"),
            UNSURE,
        )
    last = in_full(rules.degree_by)
    return (
        ("have", f"Yes, conferred by {last}"),
        ("later", f"It will be conferred after {last}"),
        ("no", "No"),
        UNSURE,
    )
