"""Lists inside sections: what is stored of them, and how it is bound to forms."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

from applications.sections.base import Answers, Asked, EntryList, Section, SectionForm
from applications.sections.fields import plural

ENTRIES = "entries"  # in a frozen section, beside the names of its inputs


class Entry(TypedDict):
    """One entry as typed. `version` counts its saves; `removed` is set until it is forgotten."""

    id: str
    answers: Answers
    version: int
    removed: NotRequired[bool]


Entries = Mapping[str, list[Entry]]


@dataclass(frozen=True, slots=True)
class BoundEntry:
    """An entry with the form that judges it; `number` counts from one in the order of the list."""

    id: str
    number: int
    version: int
    declared: EntryList
    form: SectionForm

    @property
    def name(self) -> str:
        singular = self.declared.singular
        return f"{singular[0].upper()}{singular[1:]} {self.number}"


@dataclass(frozen=True, slots=True)
class BoundList:
    """A list of a section as it is stored; `limit` is that of the round."""

    declared: EntryList
    entries: tuple[BoundEntry, ...]
    removed: BoundEntry | None
    limit: int
    missing: str = ""  # what the section's own rule misses here

    @property
    def full(self) -> bool:
        return len(self.entries) >= self.limit

    @property
    def full_words(self) -> str:
        most = f"{self.limit} {plural(self.limit, 'entry', 'entries')}"
        return f"This list takes {most}, and yours is full. Remove one to add another."

    def entry(self, entry_id: str) -> BoundEntry | None:
        return next((entry for entry in self.entries if entry.id == entry_id), None)

    def faults(self) -> Iterable[tuple[str, str]]:
        """Yield what is wrong with the list as a whole: words and their code."""
        if self.missing:
            yield self.missing, "required"
        short = self.declared.minimum - len(self.entries)
        if short > 0:
            yield f"Add {self.declared.with_article}", "required"
        over = len(self.entries) - self.limit
        if over > 0:
            yield f"Keep at most {self.limit}: remove {over}", "too_many"


class Shift(StrEnum):
    """What a button on the section's own page does to an entry, with nothing more to ask."""

    UP = "up"
    DOWN = "down"
    BRING_BACK = "bring-back"


def kept(entries: Iterable[Entry]) -> list[Entry]:
    """Leave out what was removed."""
    return [entry for entry in entries if not entry.get("removed")]


def bind_lists(
    section: Section, form: SectionForm, entries: Entries, asked: Asked
) -> tuple[BoundList, ...]:
    """Bind every list of a section; its rule is told how many entries each of them has."""
    counts = {declared.key: len(kept(entries.get(declared.key, ()))) for declared in section.lists}
    missing = dict(section.rule(form, counts)) if section.rule and form.is_bound else {}
    return tuple(
        _bind_list(section, declared, entries, asked, missing.get(declared.key, ""))
        for declared in section.lists
    )


def _bind_list(
    section: Section, declared: EntryList, entries: Entries, asked: Asked, missing: str
) -> BoundList:
    stored = entries.get(declared.key, [])
    removed = next((entry for entry in stored if entry.get("removed")), None)

    def bound(entry: Entry, number: int) -> BoundEntry:
        form = declared.bind(entry["answers"], asked, section=section.key)
        return BoundEntry(entry["id"], number, entry["version"], declared, form)

    return BoundList(
        declared=declared,
        entries=tuple(bound(entry, number) for number, entry in enumerate(kept(stored), 1)),
        removed=bound(removed, 0) if removed else None,
        limit=declared.limit_in(asked, section=section.key),
        missing=missing,
    )


def shifted(entries: list[Entry], entry_id: str, shift: Shift) -> list[Entry]:
    """Return the list after the button was pressed; unchanged where there is nothing to do."""
    if shift is Shift.BRING_BACK:
        return [_back(entry) if entry["id"] == entry_id else entry for entry in entries]
    order = kept(entries)
    place = next((n for n, entry in enumerate(order) if entry["id"] == entry_id), None)
    other = None if place is None else place + (-1 if shift is Shift.UP else 1)
    if place is None or other is None or not 0 <= other < len(order):
        return entries
    order[place], order[other] = order[other], order[place]
    return order


def _back(entry: Entry) -> Entry:
    return Entry(id=entry["id"], answers=entry["answers"], version=entry["version"])


def as_frozen(section: Section, answers: Answers, entries: Entries) -> dict[str, object]:
    """Put answers and entries into one object; sections without entries look as they always did."""
    listed = {
        declared.key: [
            {"id": entry["id"], "answers": entry["answers"]}
            for entry in kept(entries.get(declared.key, ()))
        ]
        for declared in section.lists
    }
    some = {key: each for key, each in listed.items() if each}
    return {**answers, ENTRIES: some} if some else {**answers}


def thawed(
    frozen: Mapping[str, dict[str, Any]],
) -> Iterator[tuple[str, tuple[Answers, dict[str, list[Entry]]]]]:
    """Take answers and entries of each section apart again."""
    for section, part in frozen.items():
        answers = {name: values for name, values in part.items() if name != ENTRIES}
        entries = {
            key: [Entry(id=one["id"], answers=one["answers"], version=1) for one in each]
            for key, each in part.get(ENTRIES, {}).items()
        }
        yield section, (answers, entries)
