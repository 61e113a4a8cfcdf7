"""One declaration of a section serves every use: page, judgement, review, desk, frozen answers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.http import QueryDict

from applications.sections.text import REPLACEMENT, storable
from applications.sections.widgets import PARTS, MonthDayYear
from positions.models import Consulate, RecruitmentRound, RoundKind, Vacancy

Answers = dict[str, list[str]]
EVERY_ROUND = frozenset(RoundKind)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form needs to know of the round and of the answers it depends on; no more queries."""

    round: RecruitmentRound
    vacancies: tuple[Vacancy, ...]
    consulates: tuple[Consulate, ...]
    vacancy: Vacancy | None = None


class SectionForm(forms.Form):
    """A form that is bound to what is stored, and judges it; it knows no request and no row."""

    helper: ClassVar[FormHelper]
    use_required_attribute = False  # an unfinished section can be saved
    depending: ClassVar[tuple[str, ...]] = ()  # required or not by other answers: not "(optional)"

    def __init__(self, data: Answers | None = None, *, asked: Asked) -> None:
        self.asked = asked
        super().__init__(None if data is None else as_query(data), label_suffix="")
        for name in self.depending:
            self.fields[name].optional = False  # type: ignore[attr-defined]
        self.prepare()
        for name, values in (data or {}).items():
            self._tell_of_replacements(name, values)

    def prepare(self) -> None:
        """Fit fields to the round: choices, limits, fields that are not asked. Override."""

    def input_names(self) -> Iterable[str]:
        """Name every input of the form, parts of dates on their own."""
        for name, field in self.fields.items():
            if isinstance(field.widget, MonthDayYear):
                yield from (f"{name}_{part}" for part in PARTS)
            else:
                yield name

    def _tell_of_replacements(self, name: str, values: list[str]) -> None:
        if name in self.fields and any(REPLACEMENT in value for value in values):
            self.fields[name].help_text = (
                f"{self.fields[name].help_text} A character that cannot be stored stands here as "
                f"{REPLACEMENT}. Replace it or delete it."
            ).strip()


def as_query(answers: Mapping[str, list[str]]) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, values in answers.items():
        query.setlist(name, values)
    return query


def as_typed(form: SectionForm, sent: Mapping[str, Sequence[str]]) -> Answers:
    """Take of what was sent the section's inputs, as typed; only what cannot be stored changes."""
    return {
        name: [storable(value) for value in sent[name]]
        for name in form.input_names()
        if name in sent
    }


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the application.

    `columns` maps the cleaned answers to columns of the application; a wrong answer is absent from
    them and clears its column.
    """

    key: str
    title: str
    group: str
    form: type[SectionForm]
    intro: str = ""
    kinds: frozenset[RoundKind] = EVERY_ROUND
    columns: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None

    def bind(self, answers: Answers | None, asked: Asked) -> SectionForm:
        """Return the section's form, bound to `answers`; unbound where nothing was ever saved."""
        return self.form(answers, asked=asked)


def helper() -> FormHelper:
    """Make the one crispy helper of a form class; buttons and the form tag belong to the page."""
    made = FormHelper()
    made.form_tag = False
    made.disable_csrf = True
    made.summary_above = True  # the page shows the error summary first of all
    return made
