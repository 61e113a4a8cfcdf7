"""What a new round like a past one takes over: limits, questions, rules, letters, mail."""

from applications.domain.mailing.wordings import copy_wordings
from applications.models import FormSettings, ReferenceSettings
from applications.sections.rules import DATES
from positions.domain import likeness
from positions.models import RecruitmentRound

# Of one year; a date of the past would silently judge degrees of the next cycle.
YEARLY = ("departure_year", *DATES)


def register() -> None:
    likeness.register("form", copy_form)
    likeness.register("references", copy_references)
    likeness.register("words of mail", copy_wordings)


def copy_form(past: RecruitmentRound, new: RecruitmentRound) -> None:
    """Copy limits, questions about health and rules, without what belongs to one year."""
    kept = FormSettings.objects.filter(round=past).first()
    if kept is not None:
        rules = {name: value for name, value in kept.rules.items() if name not in YEARLY}
        FormSettings.objects.get_or_create(
            round=new,
            defaults={"limits": kept.limits, "rules": rules, "medical_items": kept.medical_items},
        )


def copy_references(past: RecruitmentRound, new: RecruitmentRound) -> None:
    kept = ReferenceSettings.objects.filter(round=past).first()
    if kept is not None:
        names = [field.name for field in ReferenceSettings._meta.concrete_fields]
        same = {name: getattr(kept, name) for name in names if name not in {"id", "round"}}
        ReferenceSettings.objects.get_or_create(round=new, defaults=same)
