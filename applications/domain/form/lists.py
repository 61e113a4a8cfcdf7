"""Entries of the lists of a section: one is added, changed, moved, removed or brought back."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from applications.domain.errors import (
    EntryOvertaken,
    ListFull,
    UnknownEntry,
    UnknownSection,
    Unreadable,
)
from applications.domain.form import completeness
from applications.domain.form.completeness import Loaded
from applications.domain.form.doubts import told_by
from applications.domain.form.drafts import locked_draft
from applications.models import SectionAnswers
from applications.sections.base import EntryList, Section, as_typed
from applications.sections.entries import BoundEntry, BoundList, Entry, kept
from applications.sections.registry import section_named
from applications.sections.warnings import warn_entry
from jetportal.accounts.models import User

ENTRY_ID = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """How an entry stands that was saved: nothing is wrong with it, and where it was `warned`."""

    right: bool
    warned: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Opened:
    loaded: Loaded
    section: Section
    declared: EntryList
    row: SectionAnswers

    @property
    def entries(self) -> list[Entry]:
        return self.loaded.entries(self.section).get(self.declared.key, [])

    @property
    def bound(self) -> BoundList:
        lists = self.loaded.lists(self.section)
        return next(each for each in lists if each.declared is self.declared)

    def write(self, entries: list[Entry], *, at: datetime) -> None:
        """Write the list; the answers beside it stay."""
        listed = {**self.loaded.entries(self.section), self.declared.key: entries}
        self.row.keep(self.loaded.typed(self.section) or {}, listed)
        self.row.saved_at, self.row.version = at, self.row.version + 1
        self.row.save()


def _open(
    key: UUID, section_key: str, list_key: str, by: User, *, sent: Mapping[str, Sequence[str]]
) -> _Opened:
    application = locked_draft(key, by)
    section = section_named(application.round, section_key)
    declared = section.list_named(list_key) if section else None
    if section is None or declared is None:
        raise UnknownSection
    loaded = completeness.load(application)
    if loaded.is_unreadable(section):
        form = declared.bind({}, loaded.asked, section=section_key)
        raise Unreadable(loaded, section, as_typed(form, sent))
    row = loaded.answers.get(section.key)
    if row is None:
        row = SectionAnswers(application=application, section=section.key, version=0)
    return _Opened(loaded, section, declared, row)


@transaction.atomic
def save_entry(
    key: UUID,
    section_key: str,
    list_key: str,
    entry_id: str,
    sent: Mapping[str, Sequence[str]],
    *,
    by: User,
    at: datetime,
    seen: int | None = None,
) -> KeptEntry:
    """Keep one entry as typed, right or wrong, and tell how it stands.

    An id that the list does not hold yet begins an entry at its end, so that the same page sent
    twice makes one. `seen` is the version of the entry the page was made from. Raises NotEditable,
    UnknownSection, UnknownEntry for what cannot be an id, ListFull, Unreadable, and EntryOvertaken
    where another page has saved something else since.
    """
    if not ENTRY_ID.fullmatch(entry_id):
        raise UnknownEntry
    opened = _open(key, section_key, list_key, by, sent=sent)
    form = opened.declared.bind({}, opened.loaded.asked, section=section_key)
    typed = as_typed(form, sent)
    entries, bound = opened.entries, opened.bound
    place = next((n for n, entry in enumerate(entries) if entry["id"] == entry_id), None)
    if (place is None or entries[place].get("removed")) and bound.full:
        raise ListFull(bound, typed)
    version = 0 if place is None else entries[place]["version"]
    if place is not None and seen not in (None, version) and typed != entries[place]["answers"]:
        raise EntryOvertaken(bound.entry(entry_id), typed)
    entry = Entry(id=entry_id, answers=typed, version=version + 1)
    if place is None:
        entries = [*kept(entries), entry]
    else:
        entries = [*entries[:place], entry, *entries[place + 1 :]]
    opened.write(entries, at=at)
    form = opened.declared.bind(typed, opened.loaded.asked, section=section_key)
    right = form.is_valid()
    warn_entry(form, bound, told_by(opened.loaded))
    return KeptEntry(right, frozenset(form.warned))


@transaction.atomic
def remove_entry(
    key: UUID, section_key: str, list_key: str, entry_id: str, *, by: User, at: datetime
) -> None:
    """Take an entry out of its list; it can be brought back until the next one is removed."""
    opened = _open(key, section_key, list_key, by, sent={})
    entries = kept(opened.entries)
    if entry_id not in {entry["id"] for entry in entries}:
        raise UnknownEntry
    opened.write(
        [
            Entry(**{**entry, "removed": True}) if entry["id"] == entry_id else entry
            for entry in entries
        ],
        at=at,
    )


def found(loaded: Loaded, section: Section, list_key: str) -> BoundList:
    """Return one list of a section as it is stored. Raises UnknownSection."""
    for bound in loaded.lists(section):
        if bound.declared.key == list_key:
            return bound
    raise UnknownSection


def entry_of(bound: BoundList, entry_id: str) -> BoundEntry:
    """Return one entry. Raises UnknownEntry."""
    entry = bound.entry(entry_id)
    if entry is None:
        raise UnknownEntry
    return entry
