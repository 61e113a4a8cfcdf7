"""All entries of a section's lists in one form: how a section is corrected after sending.

Each entry's inputs are named "<list>-<id>-<name>"; `NEW` is the id of an empty entry that adds one.
"""

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from applications.domain.form.completeness import Loaded
from applications.domain.form.lists import ENTRY_ID
from applications.sections.base import (
    Answers,
    EntryList,
    Section,
    SectionForm,
    as_query,
    as_typed,
)
from applications.sections.entries import Entry, kept

NEW = "new"
REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class EntryForm:
    """One entry with its inputs; `remove` names the box that takes it out, empty for a new one."""

    title: str
    form: SectionForm
    remove: str


@dataclass(frozen=True, slots=True)
class ListForm:
    key: str
    title: str
    entries: tuple[EntryForm, ...]


def typed(
    loaded: Loaded, section: Section, sent: Mapping[str, Sequence[str]]
) -> dict[str, list[Entry]]:
    """Read every list as it was sent.

    What is ticked leaves, a new entry with any text joins, what the page did not show stays.
    """
    return {
        declared.key: list(_typed(loaded, section, declared, sent)) for declared in section.lists
    }


def _typed(
    loaded: Loaded, section: Section, declared: EntryList, sent: Mapping[str, Sequence[str]]
) -> Iterator[Entry]:
    stored = {entry["id"]: entry for entry in _stored(loaded, section, declared)}
    for entry_id in (*stored, *_added(declared, stored, sent)):
        prefix = f"{declared.key}-{entry_id}-"
        if entry_id in stored and not any(name.startswith(prefix) for name in sent):
            yield stored[entry_id]  # the page did not show it
            continue
        answers = _answers(loaded, section, declared, prefix, sent)
        said = any(value.strip() for values in answers.values() for value in values)
        if f"{prefix}{REMOVE}" not in sent and (said or entry_id in stored):
            version = stored[entry_id]["version"] if entry_id in stored else 0
            own = secrets.token_hex(4) if entry_id == NEW else entry_id
            yield Entry(id=own, answers=answers, version=version + 1)


def _added(
    declared: EntryList, stored: Collection[str], sent: Mapping[str, Sequence[str]]
) -> list[str]:
    """List the ids of entries that the page had added before, when it was sent and refused."""
    start = f"{declared.key}-"
    ids = {name[len(start) :].partition("-")[0]: None for name in sent if name.startswith(start)}
    return [*(one for one in ids if ENTRY_ID.fullmatch(one) and one not in stored), NEW]


def _answers(
    loaded: Loaded,
    section: Section,
    declared: EntryList,
    prefix: str,
    sent: Mapping[str, Sequence[str]],
) -> Answers:
    form = declared.bind({}, loaded.asked, section=section.key)
    own = {
        name.removeprefix(prefix): values
        for name, values in sent.items()
        if name.startswith(prefix)
    }
    return as_typed(form, own)


def list_forms(loaded: Loaded, section: Section) -> tuple[ListForm, ...]:
    """Show every list with its entries, and an empty one where another still fits."""
    return tuple(
        ListForm(
            bound.declared.key,
            bound.declared.title,
            (
                *(
                    EntryForm(
                        entry.name,
                        prefixed(entry.form, f"{bound.declared.key}-{entry.id}"),
                        f"{bound.declared.key}-{entry.id}-{REMOVE}",
                    )
                    for entry in bound.entries
                ),
                *_empty(loaded, section, bound.declared, full=bound.full),
            ),
        )
        for bound in loaded.lists(section)
    )


def _empty(
    loaded: Loaded, section: Section, declared: EntryList, *, full: bool
) -> Iterator[EntryForm]:
    if not full:
        form = declared.bind(None, loaded.asked, section=section.key)
        form.prefix = f"{declared.key}-{NEW}"
        yield EntryForm(f"Add {declared.with_article}", form, "")


def prefixed(form: SectionForm, prefix: str) -> SectionForm:
    """Give every input of a bound form a name of its own on the page."""
    form.prefix = prefix
    form.data = as_query({f"{prefix}-{name}": values for name, values in form.typed.items()})
    return form


def _stored(loaded: Loaded, section: Section, declared: EntryList) -> list[Entry]:
    return kept(loaded.entries(section).get(declared.key, ()))
