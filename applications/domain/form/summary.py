"""What was sent, in a few lines that are safe to mail: no answer of a text, none that is sensitive.

It is made from the frozen text, so it tells of what arrived and of nothing that was typed since.
"""

import json
from collections.abc import Iterator

from applications.models import SENSITIVE_SLOTS, Application, FrozenAnswers, Slot
from applications.sections.entries import thawed
from applications.sections.fields import plural
from applications.sections.registry import sections_for

Line = tuple[str, str]


def summary(application: Application, frozen: FrozenAnswers) -> tuple[Line, ...]:
    """List position, post, interview location, how long each list is, and the documents."""
    content = json.loads(frozen.canonical)
    return (
        *_choices(application),
        *_lists(application, content["sections"]),
        ("Documents", ", ".join(_documents(content["documents"])) or "None"),
    )


def _choices(application: Application) -> Iterator[Line]:
    if application.position:
        yield "Position", f"{application.position.name} ({application.position_id})"
    if application.vacancy and application.vacancy.sport:
        yield "Sport", application.vacancy.sport.name
    if application.consulate:
        yield "Interview location", application.consulate.name


def _lists(application: Application, frozen: dict[str, dict[str, object]]) -> Iterator[Line]:
    """Count the entries of each list that has some."""
    sections = {section.key: section for section in sections_for(application.round)}
    for key, (_typed, entries) in thawed(frozen):
        for declared in sections[key].lists if key in sections else ():
            if count := len(entries.get(declared.key, ())):
                yield declared.title, f"{count} {plural(count, 'entry', 'entries')}"


def _documents(frozen: dict[str, object]) -> Iterator[str]:
    """Name the slots of what was sent, in their order, with how many files where it is not one."""
    for slot in Slot:
        files = frozen.get(slot.value)
        if files and slot not in SENSITIVE_SLOTS:
            number = len(files) if isinstance(files, list) else 1
            yield str(slot.label) if number == 1 else f"{slot.label} ({number} files)"
