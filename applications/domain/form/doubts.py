"""What is worth a second look in an application: for its pages, its check and the desk."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from applications.domain.form.rules import rules_of
from applications.sections.base import Section, SectionForm
from applications.sections.entries import BoundList
from applications.sections.registry import sections_for
from applications.sections.warnings import READ, Told, Warned, warn

if TYPE_CHECKING:
    from applications.domain.form.completeness import Loaded


def told_by(loaded: "Loaded") -> Told:
    rows = {key: loaded.answers[key] for key in READ if key in loaded.answers}
    return Told(
        rules=loaded.asked.rules or rules_of(loaded.asked.round),
        answers={key: row.answers for key, row in rows.items()},
        entries={key: row.entries for key, row in rows.items()},
    )


def warn_section(
    loaded: "Loaded",
    section: Section,
    form: SectionForm,
    lists: Iterable[BoundList],
) -> tuple[Warned, ...]:
    """Judge a section, and let its forms show their warnings; a wrong answer has no other."""
    if not section.warns:
        return ()
    return warn(section, form, tuple(lists), told_by(loaded))


def all_doubts(loaded: "Loaded") -> tuple[tuple[str, Warned], ...]:
    """List every warning with the title of its section, in the order of the form."""
    return tuple(
        (section.title, warned)
        for section in sections_for(loaded.asked.round)
        for warned in _warnings(loaded, section)
    )


def _warnings(loaded: "Loaded", section: Section) -> tuple[Warned, ...]:
    reading = loaded.reading(section)
    return warn_section(loaded, section, reading.form, reading.lists)
