"""The answers at the instant of sending, as text that hashes the same everywhere."""

import hashlib
import json
import secrets
from datetime import datetime

from applications.domain.answers import section_answers
from applications.domain.completeness import Loaded
from applications.models import Application, FrozenAnswers
from applications.sections.registry import sections_for


def canonical(loaded: Loaded) -> str:
    """Write the answers of the round's sections as canonical JSON: sorted keys, no spaces, UTF-8.

    `sections` holds what was typed, `shown` the questions and answers in the words of that day, so
    that a later change of the round or of a form changes nothing that was sent. What the round
    does not ask for is left out.
    """
    application, sections = loaded.application, sections_for(loaded.asked.round)
    content = {
        "application": str(application.key),
        "round": application.round_id,
        "vacancy": application.vacancy_id,
        "consulate": application.consulate_id,
        "email": application.email,
        "sections": {section.key: loaded.typed(section) or {} for section in sections},
        "shown": [
            [
                section.key,
                section.title,
                [[a.label, a.words] for a in section_answers(loaded, section)],
            ]
            for section in sections
        ],
        "documents": {slot: document.sha256 for slot, document in loaded.documents.items()},
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def fingerprint(salt: str, text: str) -> str:
    """Return the SHA-256 (hexadecimal) of the salt (as ASCII) followed by the text (as UTF-8)."""
    return hashlib.sha256(salt.encode("ascii") + text.encode()).hexdigest()


def freeze(loaded: Loaded, *, at: datetime) -> FrozenAnswers:
    text, salt = canonical(loaded), secrets.token_hex(16)
    frozen: FrozenAnswers = FrozenAnswers.objects.create(
        application=loaded.application,
        canonical=text,
        salt=salt,
        digest=fingerprint(salt, text),
        frozen_at=at,
    )
    return frozen


def is_intact(application: Application) -> bool:
    """Tell whether the frozen text still matches its fingerprint."""
    frozen = application.frozen
    return fingerprint(frozen.salt, frozen.canonical) == frozen.digest
