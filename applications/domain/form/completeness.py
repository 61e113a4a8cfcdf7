"""The one judgement of an application: task list, review page and submit all ask here."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as one_each
from enum import StrEnum
from typing import cast

from applications.domain.files import slots
from applications.domain.form.doubts import warn_section
from applications.domain.form.limits import limits_of, medical_items_of
from applications.domain.form.rules import rules_of
from applications.domain.referees.reference_rules import RefereeFault, letters_missing
from applications.domain.referees.reference_rules import faults as faults_of_referees
from applications.models import Application, Document, Referee, SectionAnswers
from applications.sections.base import Answers, Asked, Section, SectionForm
from applications.sections.entries import BoundList, Entries, bind_lists
from applications.sections.registry import DOCUMENTS, REFERENCES, section_named, sections_for
from applications.sections.warnings import Warned
from positions.models import Consulate, Vacancy

UNREADABLE = "What you saved here cannot be opened now. It is still stored. Write to us"
REFUSED_FILE = "The virus scanner refused a file. Remove it"


class Progress(StrEnum):
    NOT_NEEDED = "not_needed"
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    TO_MEND = "to_mend"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one part stands. `problems` are labels with words, in the order of the form.

    `warnings` are worth a second look, and make nothing incomplete.
    """

    key: str
    title: str
    group: str
    progress: Progress
    problems: tuple[tuple[str, str], ...] = ()
    warnings: tuple[Warned, ...] = ()

    @property
    def complete(self) -> bool:
        """Tell whether nothing is left to do here; what is not needed is left out of counts."""
        return self.progress in {Progress.COMPLETE, Progress.NOT_NEEDED}

    @property
    def needed(self) -> bool:
        return self.progress is not Progress.NOT_NEEDED


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is missing or wrong, with the code of its error."""

    label: str
    words: str
    code: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A section as it is stored, bound once for everybody who judges or words it.

    Whoever changes a form (its fields, its prefix) asks `Loaded.form` for one of their own.
    """

    form: SectionForm
    lists: tuple[BoundList, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """An application with everything its judgement needs, read in a fixed number of queries.

    Another answer makes another one (`dataclasses.replace`), which begins without readings.
    """

    application: Application
    asked: Asked
    answers: Mapping[str, SectionAnswers]
    documents: Mapping[str, tuple[Document, ...]]  # by slot, oldest first
    referees: Collection[Referee] = ()  # not read before somebody asks
    _readings: dict[str, Reading] = one_each(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def opened(self, section: Section) -> tuple[Answers, Entries] | None:
        """Return answers and entries as typed; None where there are none, or no key opens them."""
        row = self.answers.get(section.key)
        return None if row is None else cast("tuple[Answers, Entries] | None", row.opened())

    def is_unreadable(self, section: Section) -> bool:
        """Tell whether something is stored that no key of ours opens."""
        return section.key in self.answers and self.opened(section) is None

    def typed(self, section: Section) -> Answers | None:
        opened = self.opened(section)
        return opened[0] if opened else None

    def reading(self, section: Section) -> Reading:
        """Return the section's forms, which cost more to bind than all that is asked of them."""
        found = self._readings.get(section.key)
        if found is None:
            form = self.form(section)
            found = self._readings[section.key] = Reading(form, self.lists(section, form))
        return found

    def form(self, section: Section) -> SectionForm:
        """Bind a form of the caller's own."""
        return section.bind(self.typed(section), self.asked)

    def entries(self, section: Section) -> Entries:
        opened = self.opened(section)
        return opened[1] if opened else {}

    def lists(self, section: Section, form: SectionForm | None = None) -> tuple[BoundList, ...]:
        """Bind the section's lists; `form` is the section's own, where it is at hand already."""
        if not section.lists:
            return ()
        return bind_lists(section, form or self.form(section), self.entries(section), self.asked)


def load(application: Application) -> Loaded:
    """Read answers, documents and choices: four queries beside the application's own."""
    rows = Vacancy.objects.filter(round=application.round)
    vacancies = tuple(rows.select_related("position", "sport", "organization"))
    return Loaded(
        application=application,
        asked=Asked(
            round=application.round,
            vacancies=vacancies,
            consulates=tuple(Consulate.objects.all()),
            vacancy=next((row for row in vacancies if row.key == application.vacancy_id), None),
            limits=limits_of(application.round),
            rules=rules_of(application.round),
            medical_items=medical_items_of(application.round),
        ),
        answers={row.section: row for row in application.sections.all()},
        documents=by_slot(application.documents.standing()),
        referees=Referee.objects.current().filter(application=application),
    )


def by_slot(documents: Iterable[Document]) -> dict[str, tuple[Document, ...]]:
    found: dict[str, tuple[Document, ...]] = {}
    for document in documents:
        found[document.slot] = (*found.get(document.slot, ()), document)
    return found


def judge(loaded: Loaded) -> tuple[Judgement, ...]:
    """Judge every part of the application, in the order of the form, documents before the end."""
    judged = [judge_section(loaded, section) for section in sections_for(loaded.asked.round)]
    return (*judged[:-1], judge_references(loaded), judge_documents(loaded), judged[-1])


def part_keys(loaded: Loaded) -> list[str]:
    """Name the parts in the order of `judge`, without judging them."""
    keys = [section.key for section in sections_for(loaded.asked.round)]
    return [*keys[:-1], REFERENCES, DOCUMENTS, keys[-1]]


def judge_section(loaded: Loaded, section: Section) -> Judgement:
    reading = loaded.reading(section)
    form = reading.form
    progress = Progress.NOT_NEEDED if section.optional else Progress.NOT_STARTED
    faults: tuple[Fault, ...] = ()
    if form.is_bound:
        faults = (*copied(loaded, section), *form_faults(form), *list_faults(reading.lists))
        progress = _progress({fault.code for fault in faults})
    elif loaded.is_unreadable(section):
        faults = (Fault(section.title, UNREADABLE, "unreadable"),)
        progress = Progress.TO_MEND
    problems = tuple((fault.label, fault.words) for fault in faults)
    warnings = warn_section(loaded, section, form, reading.lists)
    return Judgement(section.key, section.title, section.group, progress, problems, warnings)


def copied(loaded: Loaded, section: Section) -> Iterator[Fault]:
    """Ask for a look at what was copied from an earlier application and not saved since."""
    row = loaded.answers.get(section.key)
    if row is not None and row.is_copied:
        words = "This comes from your earlier application. Read it and save it"
        yield Fault("Check again", words, "required")


def form_faults(form: SectionForm) -> Iterator[Fault]:
    errors = form.errors.as_data()
    for name, field in form.fields.items():
        for error in errors.get(name, ()):
            yield Fault(str(field.label), " ".join(error.messages), error.code or "invalid")


def list_faults(lists: Iterable[BoundList]) -> Iterator[Fault]:
    """Yield what is wrong with lists and with their entries, each named by its number."""
    for bound in lists:
        for words, code in bound.faults():
            yield Fault(bound.declared.title, words, code)
        for entry in bound.entries:
            for fault in form_faults(entry.form):
                yield Fault(entry.name, f"{fault.label}: {fault.words}", fault.code)


def _progress(codes: Collection[str]) -> Progress:
    if not codes:
        return Progress.COMPLETE
    return Progress.IN_PROGRESS if set(codes) == {"required"} else Progress.TO_MEND


def judge_documents(loaded: Loaded) -> Judgement:
    """Ask for what is missing, and for another file where the virus scanner refused one."""
    faults = tuple(document_faults(slots.states(loaded)))
    progress = _progress({fault.code for fault in faults})
    if progress is Progress.IN_PROGRESS and not loaded.documents:
        progress = Progress.NOT_STARTED
    problems = tuple((fault.label, fault.words) for fault in faults)
    return Judgement(DOCUMENTS, "Documents", "Documents and sending", progress, problems)


def document_faults(states: Iterable[slots.SlotState]) -> Iterator[Fault]:
    for state in states:
        if len(state.counted) < len(state.documents):
            yield Fault(state.title, REFUSED_FILE, "refused")
        elif state.missing:
            yield Fault(state.title, "Add this document as a PDF", "required")


def judge_references(loaded: Loaded) -> Judgement:
    """Judge who is named; letters that have not come are a warning, unless the round blocks."""
    found = referee_faults(loaded)
    progress = Progress.COMPLETE
    if found:
        progress = Progress.IN_PROGRESS if loaded.referees else Progress.NOT_STARTED
    missing = (
        () if any(fault.about_letters for fault in found) else letters_missing(loaded.referees)
    )
    return Judgement(
        REFERENCES,
        "References",
        "Documents and sending",
        progress,
        tuple((fault.label, fault.words) for fault in found),
        tuple(Warned(REFERENCES, fault.label, fault.words) for fault in missing),
    )


def referee_faults(loaded: Loaded) -> tuple[RefereeFault, ...]:
    found = faults_of_referees(loaded.asked.round, loaded.referees, has_degree=has_degree(loaded))
    return tuple(found)


def has_degree(loaded: Loaded) -> bool:
    """Tell whether a degree is conferred by the deadline of the round, as the applicant says."""
    section = section_named(loaded.asked.round, "education")
    schools = loaded.reading(section).lists if section else ()
    for school in (entry.form for bound in schools for entry in bound.entries):
        school.is_valid()  # for its cleaned answers
        conferred = school.cleaned_data.get("conferred")
        if conferred and conferred <= loaded.asked.round.closes_on:
            return True
    return False


def missing_parts(loaded: Loaded) -> tuple[Judgement, ...]:
    return tuple(judgement for judgement in judge(loaded) if not judgement.complete)
