"""The answers at the instant of sending, as text that hashes the same everywhere.

A correction makes a new version of the text, in which one section differs; the old one stays.
"""

import hashlib
import json
import secrets
from datetime import datetime
from typing import Any

from applications.domain.answers import section_answers
from applications.domain.completeness import Loaded
from applications.models import Application, FrozenAnswers
from applications.sections.base import Section
from applications.sections.entries import as_frozen
from applications.sections.registry import sections_for


def canonical(loaded: Loaded) -> str:
    """Write the answers of the round's sections as canonical JSON: sorted keys, no spaces, UTF-8.

    `sections` holds what was typed, `shown` the questions and answers in the words of that day, so
    that a later change of the round or of a form changes nothing that was sent. What the round
    does not ask for is left out.
    """
    sections = sections_for(loaded.asked.round)
    return written(
        {
            **_columns(loaded.application),
            "sections": {section.key: typed_part(loaded, section) for section in sections},
            "shown": [shown_part(loaded, section) for section in sections],
            "documents": {slot: document.sha256 for slot, document in loaded.documents.items()},
        }
    )


def corrected(text: str, loaded: Loaded, section: Section) -> str:
    """Return the canonical text with this one section as it is in `loaded`; all else stays.

    Raises LookupError where the text does not hold the section.
    """
    content = json.loads(text)
    keys = [key for key, *_words in content["shown"]]
    if section.key not in keys:
        raise LookupError(section.key)
    content["sections"][section.key] = typed_part(loaded, section)
    content["shown"][keys.index(section.key)] = shown_part(loaded, section)
    return written({**content, **_columns(loaded.application)})


def typed_part(loaded: Loaded, section: Section) -> Any:
    """Return what was typed into one section, as it is kept in the frozen text."""
    return as_frozen(section, loaded.typed(section) or {}, loaded.entries(section))


def shown_part(loaded: Loaded, section: Section) -> list[Any]:
    """Return one section in words: its key, its title, and each question with its answer."""
    answers = section_answers(loaded, section)
    return [section.key, section.title, [[answer.label, answer.words] for answer in answers]]


def written(content: dict[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _columns(application: Application) -> dict[str, Any]:
    return {
        "application": str(application.key),
        "round": application.round_id,
        "vacancy": application.vacancy_id,
        "consulate": application.consulate_id,
        "email": application.email,
    }


def fingerprint(salt: str, text: str) -> str:
    """Return the SHA-256 (hexadecimal) of the salt (as ASCII) followed by the text (as UTF-8)."""
    return hashlib.sha256(salt.encode("ascii") + text.encode()).hexdigest()


def freeze(loaded: Loaded, *, at: datetime) -> FrozenAnswers:
    """Keep the answers as they are sent: the first version."""
    return _kept(loaded.application, canonical(loaded), at=at)


def freeze_correction(
    before: FrozenAnswers, loaded: Loaded, section: Section, *, at: datetime
) -> FrozenAnswers:
    """Keep the version after `before`, in which `section` is as in `loaded`; no change, no version.

    The application must be locked. `at` may lie before what another request has written meanwhile.
    """
    text = corrected(before.canonical, loaded, section)
    if text == before.canonical:
        return before
    at = max(at, before.frozen_at)
    before.superseded_at = at
    before.save(update_fields=["superseded_at"])
    return _kept(loaded.application, text, at=at, version=before.version + 1, section=section.key)


def _kept(application: Application, text: str, **values: Any) -> FrozenAnswers:
    salt = secrets.token_hex(16)
    digest, at = fingerprint(salt, text), values.pop("at")
    frozen: FrozenAnswers = FrozenAnswers.objects.create(
        application=application, canonical=text, salt=salt, digest=digest, frozen_at=at, **values
    )
    return frozen


def current(application: Application) -> FrozenAnswers | None:
    """Return the version that counts; None for a draft."""
    newest: FrozenAnswers | None = application.versions.filter(superseded_at=None).first()
    return newest


def is_intact(frozen: FrozenAnswers) -> bool:
    """Tell whether a frozen text still matches its fingerprint."""
    return fingerprint(frozen.salt, frozen.canonical) == frozen.digest
