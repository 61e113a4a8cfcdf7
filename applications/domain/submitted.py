"""The application as it was sent, for those who review it."""

import json
from dataclasses import dataclass, replace

from applications.domain import completeness, freezing
from applications.domain.answers import Answer, section_answers
from applications.domain.completeness import Loaded
from applications.models import Application, SectionAnswers
from applications.sections.entries import thawed
from applications.sections.registry import sections_for


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One section with its questions and answers in words."""

    key: str
    title: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Submitted:
    """What was sent, or corrected since: its `parts` in the words of that day.

    `intact` is False where the frozen text no longer matches its fingerprint; `changed_files` are
    the slots whose file is not the one that was sent.
    """

    loaded: Loaded
    parts: tuple[ShownPart, ...]
    intact: bool
    digest: str
    version: int
    changed_files: frozenset[str]


def as_submitted(application: Application) -> Submitted:
    """Read an application from its frozen answers: seven queries with the application's own.

    Where the frozen text cannot be trusted, the stored sections are read in its place.
    """
    loaded = completeness.load(application)
    frozen = freezing.current(application)
    if frozen is None or not freezing.is_intact(frozen):
        return Submitted(
            loaded,
            stored_parts(loaded),
            intact=False,
            digest="",
            version=frozen.version if frozen else 0,
            changed_files=frozenset(),
        )
    content = json.loads(frozen.canonical)
    answers = {
        section: SectionAnswers(
            application=application, section=section, answers=typed, entries=entries
        )
        for section, (typed, entries) in thawed(content["sections"])
    }
    sent: dict[str, str] = content["documents"]
    stored = {slot: document.sha256 for slot, document in loaded.documents.items()}
    changed = {slot for slot in sent.keys() | stored.keys() if sent.get(slot) != stored.get(slot)}
    return Submitted(
        replace(loaded, answers=answers),
        parts=tuple(
            ShownPart(key, title, tuple(Answer(label, words) for label, words in answered))
            for key, title, answered in content["shown"]
        ),
        intact=True,
        digest=frozen.digest,
        version=frozen.version,
        changed_files=frozenset(changed),
    )


def stored_parts(loaded: Loaded) -> tuple[ShownPart, ...]:
    """Read the sections as they are stored, in the order of the form."""
    return tuple(
        ShownPart(section.key, section.title, section_answers(loaded, section))
        for section in sections_for(loaded.asked.round)
    )
