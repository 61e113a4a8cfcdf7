"""The answers at the instant of sending, as text that hashes the same everywhere.

A correction makes a new version of the text, in which one section differs; the old one stays.
Sensitive sections are set apart: the text holds a salted digest of each, so that its fingerprint
covers them and can be checked without any key. See docs/decisions/0024.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from applications.domain.form.answers import section_answers
from applications.domain.form.completeness import Loaded
from applications.domain.referees.referee_answers import shown_referees
from applications.models import Application, FrozenAnswers
from applications.models.answers import SENSITIVE
from applications.sections.base import Section
from applications.sections.entries import as_frozen
from applications.sections.registry import DOCUMENTS, sections_for
from jetportal.sealing import seal, unseal


@dataclass(frozen=True, slots=True)
class Apart:
    """The sensitive sections: `token` seals a salt and a text of each, `digests` are of the two."""

    token: str
    digests: Mapping[str, str]


def set_apart(loaded: Loaded) -> Apart:
    """Seal what the sensitive sections hold. A salt of their own keeps a yes from being guessed."""
    parts = {
        section.key: (
            secrets.token_hex(16),
            written(
                {"typed": typed_part(loaded, section), "shown": shown_part(loaded, section)},
            ),
        )
        for section in sections_for(loaded.asked.round)
        if section.sensitive
    }
    digests = {key: fingerprint(salt, text) for key, (salt, text) in parts.items()}
    return Apart(seal(written(parts)), digests)


def opened(frozen: FrozenAnswers) -> dict[str, list[Any]] | None:
    """Return the sensitive sections in words, by key, as `shown_part` wrote them.

    None where no key of ours opens them, or where they are not those that the fingerprint covers.
    What was sent before sections were set apart has them in its text.
    """
    if not frozen.sealed:
        shown = json.loads(frozen.canonical)["shown"]
        return {part[0]: part for part in shown if part[0] in SENSITIVE}
    text = unseal(frozen.sealed)
    if text is None:
        return None
    parts: dict[str, tuple[str, str]] = json.loads(text)
    digests = {key: fingerprint(salt, part) for key, (salt, part) in parts.items()}
    if digests != json.loads(frozen.canonical).get("sealed"):
        return None
    return {key: json.loads(part)["shown"] for key, (_salt, part) in parts.items()}


def canonical(loaded: Loaded, digests: Mapping[str, str]) -> str:
    """Write the answers of the round's sections as canonical JSON: sorted keys, no spaces, UTF-8.

    `sections` holds what was typed, `shown` the questions and answers in the words of that day, so
    that a later change of the round or of a form changes nothing that was sent; of a sensitive
    section `sealed` holds the digest alone (`Apart.digests`). What the round does not ask for is
    left out.
    """
    sections = sections_for(loaded.asked.round)
    plain = [section for section in sections if not section.sensitive]
    shown = [
        [section.key, section.title, []] if section.sensitive else shown_part(loaded, section)
        for section in sections
    ]
    return written(
        {
            **_columns(loaded.application),
            "sections": {section.key: typed_part(loaded, section) for section in plain},
            "shown": [*shown[:-1], shown_referees(loaded), *shown[-1:]],
            "sealed": digests,
            "documents": documents_part(loaded),
        }
    )


def corrected(text: str, loaded: Loaded, section: Section) -> str:
    """Return the canonical text with this one section as it is in `loaded`; all else stays.

    Raises LookupError where the text does not hold the section; of a sensitive one it never does.
    """
    content = json.loads(text)
    keys = [key for key, *_words in content["shown"]]
    if section.key not in keys or section.sensitive:
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


def documents_part(loaded: Loaded) -> dict[str, list[str]]:
    """Return the SHA-256 of each file, by slot, oldest first."""
    return {
        slot: [document.sha256 for document in files] for slot, files in loaded.documents.items()
    }


def written(content: Mapping[str, Any]) -> str:
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
    apart = set_apart(loaded)
    return _kept(loaded.application, canonical(loaded, apart.digests), sealed=apart.token, at=at)


def freeze_correction(
    before: FrozenAnswers, loaded: Loaded, section: Section, *, at: datetime
) -> FrozenAnswers:
    """Keep the version after `before`, in which `section` is as in `loaded`; no change, no version.

    The application must be locked. `at` may lie before what another request has written meanwhile.
    """
    text = corrected(before.canonical, loaded, section)
    return _next(before, text, section=section.key, at=at)


def freeze_documents(before: FrozenAnswers, loaded: Loaded, *, at: datetime) -> FrozenAnswers:
    """Keep the version after `before`, which names the files of `loaded`; all else stays."""
    content = json.loads(before.canonical)
    text = written({**content, "documents": documents_part(loaded)})
    return _next(before, text, section=DOCUMENTS, at=at)


def _next(before: FrozenAnswers, text: str, *, section: str, at: datetime) -> FrozenAnswers:
    if text == before.canonical:
        return before
    at = max(at, before.frozen_at)
    before.superseded_at = at
    before.save(update_fields=["superseded_at"])
    return _kept(
        before.application,
        text,
        sealed=before.sealed,
        at=at,
        version=before.version + 1,
        section=section,
    )


def new_salt() -> str:
    return secrets.token_hex(16)


def freeze_as_arrived(
    application: Application, text: str, *, salt: str, digest: str, sealed: str, at: datetime
) -> FrozenAnswers:
    """Keep a text that was frozen elsewhere as the first version, with its own fingerprint."""
    frozen: FrozenAnswers = FrozenAnswers.objects.create(
        application=application,
        canonical=text,
        salt=salt,
        digest=digest,
        sealed=sealed,
        frozen_at=at,
    )
    return frozen


def _kept(application: Application, text: str, **values: Any) -> FrozenAnswers:
    salt = new_salt()
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
