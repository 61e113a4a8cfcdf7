"""Answers in words, from the declarations: one reading for review, desk and frozen text."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from applications.domain.completeness import Loaded
from applications.sections.base import Section, SectionForm


@dataclass(frozen=True, slots=True)
class Answer:
    """One question with the answer in words; `problem` is what is wrong with it, if anything."""

    label: str
    words: str
    problem: str = ""


def section_answers(loaded: Loaded, section: Section) -> tuple[Answer, ...]:
    """Read one section as it is stored, in the order of its form."""
    return form_answers(loaded.form(section))


def form_answers(form: SectionForm) -> tuple[Answer, ...]:
    """Write each answer as typed, choices by their words; nothing is shortened."""
    return tuple(
        Answer(
            label=str(field.label),
            words=in_text(field, form[name].value()) if form.is_bound else "",
            problem=" ".join(str(error) for error in form.errors.get(name, ())),
        )
        for name, field in form.fields.items()
    )


def in_text(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.BooleanField):
        return "Yes" if field.to_python(value) else "No"
    if isinstance(field, forms.ChoiceField):
        words = {str(key): str(label) for key, label in field.choices}  # type: ignore[union-attr, misc]
        return words.get(str(value), "")
    if isinstance(value, list):
        return _date_in_words(value)
    return str(value or "")


def _date_in_words(parts: list[Any]) -> str:
    """Write month, day and year as a date; what is no date stays as it was typed."""
    typed = [str(part) for part in parts if part]
    try:
        month, day, year = (int(part) for part in typed)
        return f"{date(year, month, day):%B} {day}, {year}"
    except (ValueError, OverflowError):
        return " ".join(typed)
