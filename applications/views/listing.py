"""Lists of entries as a section's page shows them, and what its buttons ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from applications.domain.form.answers import in_text
from applications.domain.form.completeness import form_faults
from applications.sections.base import Section
from applications.sections.entries import BoundEntry, BoundList, Shift
from positions.clockwords import Chip

LONGEST = 80  # of a main line; the entry itself is never cut


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry, as `includes/_entry_list.html` takes it; the rest are values of its buttons."""

    main: str
    second: str
    chip: Chip | None
    change: str
    remove: str
    up: str
    down: str
    bring_back: str


@dataclass(frozen=True, slots=True)
class ListView:
    key: str
    title: str
    help: str
    rows: tuple[EntryRow, ...]
    removed: EntryRow | None
    problems: tuple[str, ...]
    warning: str
    add: str
    add_words: str
    full_words: str


@dataclass(frozen=True, slots=True)
class Step:
    """Where a button of the section's page leads once the section is saved."""

    kind: str
    list_key: str
    entry_id: str = ""

    @property
    def shift(self) -> tuple[str, str, Shift] | None:
        if self.kind not in list(Shift):
            return None
        return (self.list_key, self.entry_id, Shift(self.kind))

    def url(self, key: UUID, section_key: str) -> str:
        """Return the page of the next act; the section itself where there is nothing to ask."""
        place = [key, section_key, self.list_key]
        if self.kind == "add":
            return reverse("applications:add_entry", args=place)
        if self.kind in PAGES:
            return reverse(PAGES[self.kind], args=[*place, self.entry_id])
        return f"{reverse('applications:section', args=place[:2])}#{self.list_key}"


PAGES = {"change": "applications:entry", "remove": "applications:remove_entry"}
KINDS = {"add", *PAGES, *Shift}
PARTS = 3


def step_named(value: str, section: Section) -> Step | None:
    """Read the value of a button; None for nonsense and for a list that is not there."""
    kind, list_key, entry_id = (*value.split("/"), "", "", "")[:PARTS]
    known = kind in KINDS and section.list_named(list_key) is not None
    if not known or (kind != "add" and not entry_id.isalnum()):
        return None
    return Step(kind, list_key, entry_id)


@dataclass(frozen=True, slots=True)
class EntryWords:
    main: str
    second: str


def entry_words(entry: BoundEntry) -> EntryWords:
    """Say in a line which entry it is; by its number where nothing tells it apart yet."""

    def words(names: tuple[str, ...]) -> str:
        form = entry.form
        fields = [name for name in names if name in form.fields]
        said = (" ".join(in_text(form.fields[n], form[n].value()).split()) for n in fields)
        return ", ".join(text for text in said if text)

    main = words(entry.declared.main) or entry.name
    cut = main if len(main) <= LONGEST else f"{main[: LONGEST - 1]}…"
    return EntryWords(cut, words(entry.declared.second))


def list_views(
    bound: tuple[BoundList, ...], warned: Mapping[str, str], *, saved: bool
) -> tuple[ListView, ...]:
    """Show lists; what is missing from one is said only once its section was saved.

    `warned` holds the warning about a list as a whole, by its key.
    """
    return tuple(_list_view(each, warned.get(each.declared.key, ""), saved=saved) for each in bound)


def _list_view(bound: BoundList, warning: str, *, saved: bool) -> ListView:
    declared = bound.declared
    return ListView(
        key=declared.key,
        title=declared.title,
        help=declared.help,
        rows=tuple(_row(entry, last=entry.number == len(bound.entries)) for entry in bound.entries),
        removed=_row(bound.removed, last=True) if bound.removed else None,
        problems=tuple(words for words, _code in bound.faults()) if saved else (),
        warning=warning,
        add="" if bound.full else f"add/{declared.key}",
        add_words=f"Add {declared.with_article}",
        full_words=bound.full_words if bound.full else "",
    )


def _row(entry: BoundEntry, *, last: bool) -> EntryRow:
    at, words = f"{entry.declared.key}/{entry.id}", entry_words(entry)
    count = len(list(form_faults(entry.form)))
    return EntryRow(
        main=words.main,
        second=words.second,
        chip=_entry_chip(count, entry.form.warned),
        change=f"change/{at}",
        remove=f"remove/{at}",
        up=f"up/{at}" if entry.number > 1 else "",
        down="" if last else f"down/{at}",
        bring_back=f"bring-back/{at}",
    )


def _entry_chip(faults: int, warned: Mapping[str, str]) -> Chip | None:
    if faults:
        return Chip("missing", f"{faults} to mend")
    return Chip("soon", "Check this") if warned else None


def summary(bound: tuple[BoundList, ...]) -> list[tuple[str, str]]:
    """List what is wrong with lists, as links of the error summary: where, and the words."""
    found: list[tuple[str, str]] = []
    for each in bound:
        declared = each.declared
        found += [(declared.key, f"{declared.title}: {words}") for words, _code in each.faults()]
        for entry in each.entries:
            if any(form_faults(entry.form)):
                words = f"{entry.name} ({entry_words(entry).main}): open it to mend it"
                found.append((declared.key, words))
    return found
