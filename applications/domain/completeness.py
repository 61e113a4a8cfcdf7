"""The one judgement of an application: task list, review page and submit all ask here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from applications.models import Application, Document, SectionAnswers, Slot
from applications.sections.base import Answers, Asked, Section, SectionForm
from applications.sections.registry import DOCUMENTS, sections_for
from positions.models import Consulate, Vacancy

REQUIRED_SLOTS = (Slot.CITIZENSHIP,)


class Progress(StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    TO_MEND = "to_mend"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one part stands. `problems` are labels with words, in the order of the form."""

    key: str
    title: str
    group: str
    progress: Progress
    problems: tuple[tuple[str, str], ...] = ()

    @property
    def complete(self) -> bool:
        return self.progress is Progress.COMPLETE


@dataclass(frozen=True, slots=True)
class Loaded:
    """An application with everything its judgement needs, read in a fixed number of queries."""

    application: Application
    asked: Asked
    answers: Mapping[str, SectionAnswers]
    documents: Mapping[str, Document]

    def typed(self, section: Section) -> Answers | None:
        row = self.answers.get(section.key)
        return None if row is None else cast(Answers, row.answers)

    def form(self, section: Section) -> SectionForm:
        return section.bind(self.typed(section), self.asked)


def load(application: Application) -> Loaded:
    """Read answers, documents and choices: four queries beside the application's own."""
    vacancies = Vacancy.objects.filter(round=application.round)
    return Loaded(
        application=application,
        asked=Asked(
            round=application.round,
            vacancies=tuple(vacancies.select_related("position", "sport", "organization")),
            consulates=tuple(Consulate.objects.all()),
            vacancy=application.vacancy,
        ),
        answers={row.section: row for row in application.sections.all()},
        documents={document.slot: document for document in application.documents.all()},
    )


def judge(loaded: Loaded) -> tuple[Judgement, ...]:
    """Judge every part of the application, in the order of the form, documents before the end."""
    judged = [judge_section(loaded, section) for section in sections_for(loaded.asked.round)]
    return (*judged[:-1], judge_documents(loaded), judged[-1])


def judge_section(loaded: Loaded, section: Section) -> Judgement:
    form = loaded.form(section)
    progress = Progress.NOT_STARTED
    problems: tuple[tuple[str, str], ...] = ()
    if form.is_bound:
        problems = tuple(
            (str(form.fields[name].label), str(message))
            for name in form.fields
            for message in form.errors.get(name, ())
        )
        progress = _progress(form)
    return Judgement(section.key, section.title, section.group, progress, problems)


def _progress(form: SectionForm) -> Progress:
    codes = {error.code for errors in form.errors.as_data().values() for error in errors}
    if not codes:
        return Progress.COMPLETE
    return Progress.IN_PROGRESS if codes == {"required"} else Progress.TO_MEND


def judge_documents(loaded: Loaded) -> Judgement:
    missing = [slot for slot in REQUIRED_SLOTS if slot not in loaded.documents]
    progress = Progress.COMPLETE
    if missing:
        progress = Progress.IN_PROGRESS if loaded.documents else Progress.NOT_STARTED
    problems = tuple((str(slot.label), "Add this document as a PDF") for slot in missing)
    return Judgement(DOCUMENTS, "Documents", "Documents and sending", progress, problems)


def missing_parts(loaded: Loaded) -> tuple[Judgement, ...]:
    return tuple(judgement for judgement in judge(loaded) if not judgement.complete)
