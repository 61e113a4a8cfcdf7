"""The application as it was sent, for those who review it."""

import json
from dataclasses import dataclass, replace

from applications.domain.form import completeness, freezing
from applications.domain.form.answers import Answer, section_answers
from applications.domain.form.completeness import Loaded
from applications.domain.referees.referee_answers import TITLE, referee_answers
from applications.models import Application, FrozenAnswers, SectionAnswers
from applications.models.answers import SENSITIVE
from applications.sections.entries import thawed
from applications.sections.registry import REFERENCES, sections_for


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One section with its questions and answers in words; what is kept `apart` shows none."""

    key: str
    title: str
    answers: tuple[Answer, ...]
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Submitted:
    """What was sent, or corrected since: its `parts` in the words of that day.

    Nothing in `loaded` or `parts` tells of a sensitive section more than its name.
    `intact` is False where the frozen text no longer matches its fingerprint; `changed_files` are
    the slots whose file is not the one that was sent; `frozen` is the version that counts.
    """

    loaded: Loaded
    parts: tuple[ShownPart, ...]
    intact: bool
    digest: str
    version: int
    changed_files: frozenset[str]
    frozen: FrozenAnswers | None = None


def as_submitted(application: Application) -> Submitted:
    """Read an application from its frozen answers: seven queries with the application's own.

    Where the frozen text cannot be trusted, the stored sections are read in its place.
    """
    loaded = _without_sensitive(completeness.load(application))
    frozen = freezing.current(application)
    if frozen is not None and not frozen.canonical:  # erased
        return Submitted(
            loaded,
            (),
            intact=True,
            digest=frozen.digest,
            version=frozen.version,
            changed_files=frozenset(),
        )
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
        if section not in SENSITIVE
    }
    sent = {slot: _digests(kept) for slot, kept in content["documents"].items()}
    stored = freezing.documents_part(loaded)
    changed = {slot for slot in sent.keys() | stored.keys() if sent.get(slot) != stored.get(slot)}
    return Submitted(
        replace(loaded, answers=answers),
        parts=tuple(
            _apart(key, title) if key in SENSITIVE else _part(key, title, answered)
            for key, title, answered in content["shown"]
        ),
        intact=True,
        digest=frozen.digest,
        version=frozen.version,
        changed_files=frozenset(changed),
        frozen=frozen,
    )


def _without_sensitive(loaded: Loaded) -> Loaded:
    return replace(
        loaded, answers={key: row for key, row in loaded.answers.items() if key not in SENSITIVE}
    )


def _part(key: str, title: str, answered: list[list[str]]) -> ShownPart:
    return ShownPart(key, title, tuple(Answer(label, words) for label, words in answered))


def _apart(key: str, title: str) -> ShownPart:
    return ShownPart(key, title, (), apart=True)


def _digests(kept: str | list[str]) -> list[str]:
    """Read the digests of one slot; before a slot could hold several files it was one text."""
    return [kept] if isinstance(kept, str) else kept


def stored_parts(loaded: Loaded) -> tuple[ShownPart, ...]:
    """Read the sections as they are stored, in the order of the form; referees before the end."""
    parts = tuple(
        _apart(section.key, section.title)
        if section.sensitive
        else ShownPart(section.key, section.title, section_answers(loaded, section))
        for section in sections_for(loaded.asked.round)
    )
    referees = ShownPart(REFERENCES, TITLE, referee_answers(loaded))
    return (*parts[:-1], referees, *parts[-1:])


def sensitive_parts(frozen: FrozenAnswers) -> tuple[ShownPart, ...] | None:
    """Open the sensitive sections of a version; None where that is not possible.

    For their owner, and for staff who have said why: nobody else calls this.
    """
    parts = freezing.opened(frozen)
    return None if parts is None else tuple(_part(*part) for part in parts.values())


def for_owner(sent: Submitted) -> tuple[ShownPart, ...]:
    """Return the parts with what is kept apart in its place: for the applicant alone."""
    opened = sensitive_parts(sent.frozen) if sent.frozen else None
    by_key = {part.key: part for part in opened or ()}
    return tuple(by_key.get(part.key, part) for part in sent.parts)
