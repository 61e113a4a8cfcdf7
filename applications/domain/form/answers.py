"""Answers in words, from the declarations: one reading for review, desk and frozen text."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django import forms

from applications.domain.form.completeness import Loaded
from applications.sections.base import Section, SectionForm
from applications.sections.entries import BoundList
from applications.sections.wordings import Agreement


@dataclass(frozen=True, slots=True)
class Answer:
    """One question with the answer in words; `problem` is what is wrong with it, if anything."""

    label: str
    words: str
    problem: str = ""


def section_answers(loaded: Loaded, section: Section) -> tuple[Answer, ...]:
    """Read one section as it is stored, in the order of its form, then its lists in theirs."""
    reading = loaded.reading(section)
    lists = (answer for bound in reading.lists for answer in list_answers(bound))
    return (*form_answers(reading.form), *lists)


def list_answers(bound: BoundList) -> Iterator[Answer]:
    """Write each entry with its number; what is optional and empty is left out there."""
    problem = " ".join(words for words, _code in bound.faults())
    if problem or not bound.entries:
        words = "" if bound.entries or problem else "None"
        yield Answer(bound.declared.title, words, problem)
    for entry in bound.entries:
        for answer in form_answers(entry.form):
            if answer.words or answer.problem:
                yield replace(answer, label=f"{entry.name}: {answer.label}")


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
    if isinstance(field, Agreement):
        return field.in_words(value)
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
