"""Answers as they are read: "check your answers" and the desk use the same declaration."""

from dataclasses import dataclass

from applications.domain.files import slots
from applications.domain.form.answers import Answer, section_answers
from applications.domain.form.completeness import Judgement, Loaded
from applications.domain.referees.referee_answers import referee_answers
from applications.sections.registry import DOCUMENTS, REFERENCES, section_named
from applications.sections.warnings import Warned
from applications.views.rows import part_url, progress_chip
from positions.clockwords import Chip


@dataclass(frozen=True, slots=True)
class Part:
    title: str
    url: str
    chip: Chip
    answers: tuple[Answer, ...]
    warnings: tuple[Warned, ...] = ()


def shown_answers(loaded: Loaded, judgements: tuple[Judgement, ...]) -> tuple[Part, ...]:
    return tuple(
        Part(
            title=judgement.title,
            url=part_url(loaded.application, judgement.key),
            chip=progress_chip(judgement),
            answers=_answers(loaded, judgement),
            warnings=judgement.warnings,
        )
        for judgement in judgements
    )


def _answers(loaded: Loaded, judgement: Judgement) -> tuple[Answer, ...]:
    if judgement.key == DOCUMENTS:
        return document_answers(loaded, judgement)
    if judgement.key == REFERENCES:
        problems = (Answer(label, "", words) for label, words in judgement.problems)
        return (*referee_answers(loaded), *problems)
    section = section_named(loaded.asked.round, judgement.key)
    return section_answers(loaded, section) if section else ()


def document_answers(loaded: Loaded, judgement: Judgement) -> tuple[Answer, ...]:
    stored = tuple(
        Answer(state.title, document.name, problem="" if document.counts else document.scan_words)
        for state in slots.states(loaded)
        for document in state.documents
    )
    return stored + tuple(Answer(label, "", words) for label, words in judgement.problems)
