"""What is worth a second look: said where it is typed, and never in the way of sending."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from applications.sections.base import Answers, Section, SectionForm
from applications.sections.entries import BoundList, Entries, kept
from applications.sections.rules import Rules

# The sections that warnings of others may read. Never a sensitive one.
READ = ("position", "location", "identity", "education", "abroad", "languages")


@dataclass(frozen=True, slots=True)
class Told:
    """What some other sections say, as typed, and the rules of the round."""

    rules: Rules
    answers: Mapping[str, Answers]
    entries: Mapping[str, Entries]

    def said(self, section: str, name: str) -> str:
        """Return one answer as typed, without the space around it; empty where there is none."""
        values: Sequence[str] = self.answers.get(section, {}).get(name, ())
        return next((value.strip() for value in values), "")

    def listed(self, section: str, key: str) -> list[Answers]:
        return [entry["answers"] for entry in kept(self.entries.get(section, {}).get(key, ()))]

    @property
    def position(self) -> str:
        """Return the code of the position chosen ("CIR"); empty where none is."""
        return (*self.said("position", "vacancy").split("/"), "")[1].upper()


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning: the field or the list it is about. `entry` and `listed` name an entry's list."""

    place: str
    label: str
    words: str
    listed: str = ""
    entry: str = ""


def warn(
    section: Section, form: SectionForm, lists: Iterable[BoundList], told: Told
) -> tuple[Warned, ...]:
    """Judge a section and its entries, and let each form show its own warnings."""
    if not form.is_bound:
        return ()
    form.is_valid()  # for its cleaned answers
    titles = {bound.declared.key: bound.declared.title for bound in lists}
    own = [
        Warned(place, titles.get(place) or str(form.fields[place].label), words)
        for place, words in (section.warnings(form, told) if section.warnings else ())
        if place in titles or (place in form.fields and place not in form.errors)
    ]
    form.warned = {warned.place: warned.words for warned in own}
    return (*own, *(warned for bound in lists for warned in _entries(bound, told)))


def _entries(bound: BoundList, told: Told) -> Iterator[Warned]:
    for entry in bound.entries:
        warn_entry(entry.form, bound, told)
        for place, words in entry.form.warned.items():
            label = f"{entry.name}: {entry.form.fields[place].label}"
            yield Warned(place, label, words, listed=bound.declared.key, entry=entry.id)


def warn_entry(form: SectionForm, bound: BoundList, told: Told) -> None:
    """Let the form of one entry show its warnings."""
    judge = bound.declared.warnings
    if judge is None or not form.is_bound:
        return
    form.is_valid()  # for its cleaned answers
    form.warned = {
        place: words
        for place, words in judge(form, told)
        if place in form.fields and place not in form.errors
    }
