"""Late submits: kept sealed as they arrived, so that the program office can still let them in.

Nothing here judges whether something is late; `RecruitmentRound.accepts` does. Two rows are kept of
an application: the first complete late submit and the newest, should the answers have changed.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from applications.domain.errors import Refused, RoundClosed
from applications.domain.form import completeness, freezing
from applications.domain.form.completeness import Loaded
from applications.models import Application, FrozenAnswers, LateSubmit, SectionAnswers
from applications.sections.registry import sections_for
from jetportal.sealing import seal, unseal

COLUMNS = ("position_id", "vacancy_id", "consulate_id", "family_name_folded", "email")


@dataclass(frozen=True, slots=True)
class Opened:
    """What was sealed: the frozen text, what stands apart from it, and what both were made from.

    `apart` is the plain content of `freezing.Apart.token`: a token inside of what is sealed would
    outlive the key it was made with.
    """

    canonical: str
    apart: str
    columns: dict[str, Any]
    sections: dict[str, Any]
    documents: dict[str, Any]

    def says(self, content: dict[str, Any]) -> bool:
        """Tell whether the same was typed and uploaded; salts make every frozen text another."""
        own = {"columns": self.columns, "sections": self.sections, "documents": self.documents}
        return bool(own == json.loads(json.dumps(content)))


def take_in(application: Application, refusal: RoundClosed, *, recorded_at: datetime) -> None:
    """Keep a complete application that came late, and tell the refusal what became of it.

    The application must be locked. What is incomplete is not kept: the refusal names what is
    missing, beside being late.
    """
    if refusal.late_by is None or refusal.cancelled:
        return
    loaded = completeness.load(application)
    refusal.missing = completeness.missing_parts(loaded)
    before = counting(application)
    if refusal.missing:
        refusal.kept = before
        return
    content = _content(loaded)
    if before and _is_same(before, content):
        refusal.kept = before
        return
    refusal.kept = _kept(loaded, content, refusal, before, recorded_at=recorded_at)


def says_the_same(application: Application, row: LateSubmit) -> bool:
    """Tell whether the draft, which must be locked, is as it was when `row` arrived."""
    return _is_same(row, _content(completeness.load(application)))


def _is_same(row: LateSubmit, content: dict[str, Any]) -> bool:
    try:
        return opened(row).says(content)
    except Refused:
        return False


def counting(application: Application) -> LateSubmit | None:
    row: LateSubmit | None = application.late_submits.counting().first()
    return row


def _kept(
    loaded: Loaded,
    content: dict[str, Any],
    refusal: RoundClosed,
    before: LateSubmit | None,
    *,
    recorded_at: datetime,
) -> LateSubmit:
    """Write the row that counts now; of the earlier ones the very first stays."""
    rows = loaded.application.late_submits
    if before:
        before.superseded_at = max(refusal.received_at, before.received_at)
        before.save(update_fields=["superseded_at"])
        first = rows.order_by("pk").values_list("pk", flat=True)[:1]
        rows.exclude(pk__in=list(first)).delete()
    apart, salt = freezing.set_apart(loaded), freezing.new_salt()
    text = freezing.canonical(loaded, apart.digests)
    whole = {"canonical": text, "apart": unseal(apart.token), **content}
    row: LateSubmit = rows.create(
        received_at=refusal.received_at,
        ends_at=refusal.closes_at,
        recorded_at=max(recorded_at, refusal.received_at),
        sealed=seal(json.dumps(whole)),
        salt=salt,
        digest=freezing.fingerprint(salt, text),
    )
    return row


def _content(loaded: Loaded) -> dict[str, Any]:
    return {
        "columns": {name: getattr(loaded.application, name) for name in COLUMNS},
        "sections": _typed(loaded),
        "documents": freezing.documents_part(loaded),
    }


def _typed(loaded: Loaded) -> dict[str, Any]:
    """Return what was typed, by section: the answers, and the entries of its lists."""
    return {
        section.key: [loaded.typed(section) or {}, dict(loaded.entries(section))]
        for section in sections_for(loaded.asked.round)
        if section.key in loaded.answers
    }


def opened(row: LateSubmit) -> Opened:
    """Unseal a late submit. Raises Refused where no key opens it, or it is not what arrived."""
    text = unseal(row.sealed)
    found = Opened(**json.loads(text)) if text else None
    if found is None or freezing.fingerprint(row.salt, found.canonical) != row.digest:
        raise Refused("What this person sent late cannot be opened. Look into the log of the keys.")
    return found


def unsent(row: LateSubmit) -> dict[str, Any]:
    """Return what stood in the draft in place of what was admitted, by section."""
    content: dict[str, Any] = json.loads((row.unsent and unseal(row.unsent)) or "{}")
    return content


def put_back(application: Application, row: LateSubmit, *, at: datetime) -> FrozenAnswers:
    """Make the application what it was when `row` arrived, and freeze that; nothing is retyped.

    The application must be locked, and is saved by whoever moves it. What its draft says by now is
    sealed into the row, should it say something else.
    """
    late, loaded = opened(row), completeness.load(application)
    now = _typed(loaded)
    differ = {
        key for key in now.keys() | late.sections.keys() if now.get(key) != late.sections.get(key)
    }
    if differ:
        row.unsent = seal(json.dumps({key: now[key] for key in differ if key in now}))
        row.save(update_fields=["unsent"])
    for key in differ:
        _write_section(application, loaded.answers.get(key), key, late.sections.get(key), at=at)
    for name, value in late.columns.items():
        setattr(application, name, value)
    return freezing.freeze_as_arrived(
        application,
        late.canonical,
        salt=row.salt,
        digest=row.digest,
        sealed=seal(late.apart),
        at=row.received_at,
    )


def _write_section(
    application: Application, row: SectionAnswers | None, key: str, typed: Any, *, at: datetime
) -> None:
    row = row or SectionAnswers(application=application, section=key, version=0)
    answers, entries = typed or ({}, {})
    row.keep(answers, entries)
    row.version, row.saved_at = row.version + 1, at
    row.save()
