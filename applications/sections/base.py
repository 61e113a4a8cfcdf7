"""One declaration of a section serves every use: page, judgement, review, desk, frozen answers."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as one_each
from typing import TYPE_CHECKING, Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.http import QueryDict

from applications.sections.fields import Text
from applications.sections.rules import Rules
from applications.sections.text import REPLACEMENT, storable
from applications.sections.widgets import PARTS, MonthDayYear
from positions.models import Consulate, RecruitmentRound, RoundKind, Vacancy

if TYPE_CHECKING:
    from applications.sections.warnings import Told

Answers = dict[str, list[str]]
EVERY_ROUND = frozenset(RoundKind)


@dataclass(frozen=True, slots=True)
class MedicalItem:
    """One question of the medical self-report; `key` stays when its words change.

    What is no longer `asked` stays for whoever had answered it.
    """

    key: str
    words: str
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form needs to know of the round and of the answers it depends on; no more queries."""

    round: RecruitmentRound
    vacancies: tuple[Vacancy, ...]
    consulates: tuple[Consulate, ...]
    vacancy: Vacancy | None = None
    limits: Mapping[str, int] = one_each(default_factory=dict)  # what staff set beside the defaults
    rules: Rules | None = None  # of eligibility, where a form shows them
    medical_items: tuple[MedicalItem, ...] = ()  # none: the declared ones


class WarnedField(forms.BoundField):
    """A field that may carry a warning beside what Django knows of: help and errors."""

    @property
    def warning(self) -> str:
        return str(self.form.warned.get(self.name, ""))  # type: ignore[attr-defined]

    @property
    def aria_describedby(self) -> str | None:
        """Name the warning last, after help and error."""
        described = super().aria_describedby
        if not self.warning or described is None:
            return described
        return f"{described} {self.auto_id}_warning".strip()


class SectionForm(forms.Form):
    """A form that is bound to what is stored, and judges it; it knows no request and no row."""

    helper: ClassVar[FormHelper]
    bound_field_class = WarnedField
    use_required_attribute = False  # an unfinished section can be saved
    earlier: ClassVar[tuple[str, ...]] = ()  # asked once; shown to whoever answered them then
    anew: ClassVar[tuple[str, ...]] = ()  # not copied from an earlier application
    depending: tuple[str, ...] = ()  # required or not by other answers: not "(optional)"

    def __init__(self, data: Answers | None = None, *, asked: Asked, place: str = "") -> None:
        self.asked, self.typed = asked, data or {}
        self.warned: dict[str, str] = {}  # by field; `applications.sections.warnings` fills it
        super().__init__(None if data is None else as_query(data), label_suffix="")
        for name in self.depending:
            self.fields[name].optional = False  # type: ignore[attr-defined]
        for name in self.earlier:
            if not any(self.typed.get(name, ())):
                del self.fields[name]
        self._fit_limits(place)
        self.prepare()
        for name, values in (data or {}).items():
            self._tell_of_replacements(name, values)

    def prepare(self) -> None:
        """Fit fields to the round: choices, limits, fields that are not asked. Override."""

    def _fit_limits(self, place: str) -> None:
        """Take the limits that staff set for this round; `place` is the form's own name there."""
        for name, field_ in self.fields.items():
            limit = self.asked.limits.get(f"{place}.{name}")
            if limit is not None and isinstance(field_, Text):
                field_.limit_to(limit)

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
class EntryList:
    """A list inside a section: every entry is a form of its own, as many as `limit` allows.

    `main` and `second` name the fields whose answers stand for an entry in one row.
    """

    key: str
    title: str
    singular: str
    form: type[SectionForm]
    limit: int
    main: tuple[str, ...]
    second: tuple[str, ...] = ()
    minimum: int = 0
    help: str = ""
    warnings: "Warnings | None" = None

    def limit_in(self, asked: Asked, *, section: str) -> int:
        """Return how many entries the list takes in this round."""
        return asked.limits.get(f"{section}.{self.key}.entries", self.limit)

    def bind(self, answers: Answers | None, asked: Asked, *, section: str) -> SectionForm:
        return self.form(answers, asked=asked, place=f"{section}.{self.key}")

    @property
    def with_article(self) -> str:
        return f"{'an' if self.singular[0] in 'aeio' else 'a'} {self.singular}"


Rule = Callable[[SectionForm, Mapping[str, int]], Iterable[tuple[str, str]]]
Warnings = Callable[[SectionForm, "Told"], Iterator[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the application: fields that are asked once, and lists.

    `columns` maps the cleaned answers to columns of the application; a wrong answer is absent from
    them and clears its column. `rule` is told how many entries each list has, and yields the key of
    a list with what is missing from it. What is `sensitive` is stored sealed, and shown to nobody
    but its owner and to staff who say why. What is `optional` need not even be opened.
    """

    key: str
    title: str
    group: str
    form: type[SectionForm]
    intro: str = ""
    kinds: frozenset[RoundKind] = EVERY_ROUND
    columns: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None
    lists: tuple[EntryList, ...] = ()
    rule: Rule | None = None
    warnings: Warnings | None = None
    sensitive: bool = False
    optional: bool = False

    def bind(self, answers: Answers | None, asked: Asked) -> SectionForm:
        """Return the section's form, bound to `answers`; unbound where nothing was ever saved."""
        return self.form(answers, asked=asked, place=self.key)

    @property
    def warns(self) -> bool:
        return bool(self.warnings or any(declared.warnings for declared in self.lists))

    def list_named(self, key: str) -> EntryList | None:
        return next((declared for declared in self.lists if declared.key == key), None)


def helper() -> FormHelper:
    """Make the one crispy helper of a form class; buttons and the form tag belong to the page."""
    made = FormHelper()
    made.form_tag = False
    made.disable_csrf = True
    made.summary_above = True  # the page shows the error summary first of all
    return made


class ListsOnly(SectionForm):
    """The form of a section that asks nothing beside its lists."""

    helper = helper()
