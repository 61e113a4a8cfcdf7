"""Answers as they are read: "check your answers" and the desk use the same declaration."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from applications.domain.completeness import Judgement, Loaded
from applications.sections.base import SectionForm
from applications.sections.registry import DOCUMENTS, section_named
from applications.views.rows import part_url, progress_chip
from positions.clockwords import Chip


@dataclass(frozen=True, slots=True)
class Answer:
    """One question with the answer in words; `problem` is what is wrong with it, if anything."""

    label: str
    words: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    title: str
    url: str
    chip: Chip
    answers: tuple[Answer, ...]


def shown_answers(loaded: Loaded, judgements: tuple[Judgement, ...]) -> tuple[Part, ...]:
    return tuple(
        Part(
            title=judgement.title,
            url=part_url(loaded.application, judgement.key),
            chip=progress_chip(judgement),
            answers=_answers(loaded, judgement),
        )
        for judgement in judgements
    )


def _answers(loaded: Loaded, judgement: Judgement) -> tuple[Answer, ...]:
    if judgement.key == DOCUMENTS:
        return document_answers(loaded, judgement)
    section = section_named(loaded.asked.round, judgement.key)
    return form_answers(loaded.form(section)) if section else ()


def document_answers(loaded: Loaded, judgement: Judgement) -> tuple[Answer, ...]:
    stored = tuple(
        Answer(str(document.get_slot_display()), document.name)
        for document in loaded.documents.values()
    )
    return stored + tuple(Answer(label, "", words) for label, words in judgement.problems)


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
