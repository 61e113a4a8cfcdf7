"""From a move of the desk that is no result to the words of its mail.

The reason that staff gave stays at the desk: no mail here repeats it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from applications.domain.mailing.wordings import written
from applications.domain.moves import LIVE_AND_SENT
from applications.models import (
    SENSITIVE_SLOTS,
    Application,
    CompletenessCheck,
    Slot,
    Status,
    StatusChange,
    Verdict,
)
from applications.sections.registry import REFERENCES, section_named
from jetportal.mail.message import Message
from positions.deadlines import in_words

S = Status

KINDS: Mapping[tuple[Status, Status], str] = MappingProxyType(
    {
        (S.SUBMITTED, S.INCOMPLETE): "incomplete",
        (S.SUBMITTED, S.INELIGIBLE): "ineligible",
        (S.INTERVIEW_CONFIRMED, S.ABSENT): "absent",
        (S.ACCEPTED, S.PLACED): "placed",
        **{(status, S.DISQUALIFIED): "disqualified" for status in LIVE_AND_SENT},
    }
)
KEPT_APART = "One document"  # what a mail calls a sensitive one


@dataclass(frozen=True, slots=True)
class Moved:
    """`instant_local` is the same moment at the interview location `place`, empty in one zone.

    `missing` names what the desk found missing or unclear, for an incomplete application;
    `organization` is empty unless it is recorded and the application is placed.
    """

    position: str
    round_title: str
    reference: str
    instant: str
    instant_local: str
    place: str
    location: str
    missing: tuple[str, ...]
    organization: str
    address: str
    demonstration: bool


def for_move(application: Application, change: StatusChange) -> Message | None:
    """Write the mail of a move; None for a move that another module tells, or nobody."""
    kind = KINDS.get((Status(change.from_status), Status(change.to_status)))
    if kind is None:
        return None
    return written(kind, application, moved(kind, application, at=change.at))


def moved(kind: str, application: Application, *, at: datetime) -> Moved:
    consulate, round_ = application.consulate, application.round
    if consulate is None:
        raise ValueError("only what was sent is moved at the desk")
    instant, local = (in_words(at, zone) for zone in (round_.zoneinfo, ZoneInfo(consulate.zone)))
    return Moved(
        position=application.position_id or "",
        round_title=round_.title,
        reference=application.reference_shown,
        instant=instant,
        instant_local=local if local != instant else "",
        place=consulate.city,
        location=consulate.name,
        missing=missing_parts(application) if kind == "incomplete" else (),
        organization=organization(application) if kind == "placed" else "",
        address=settings.SITE_URL + reverse("applications:receipt", args=[application.key]),
        demonstration=round_.is_demonstration,
    )


def missing_parts(application: Application) -> tuple[str, ...]:
    """Name the parts that were found missing or unclear; of a sensitive one only that it is one."""
    found = CompletenessCheck.objects.filter(application=application).exclude(verdict=Verdict.OK)
    lines = (
        f"{_title(application, check)}: {Verdict(check.verdict).label.lower()}" for check in found
    )
    return tuple(dict.fromkeys(lines))


def _title(application: Application, check: CompletenessCheck) -> str:
    if check.slot:
        return KEPT_APART if check.slot in SENSITIVE_SLOTS else str(Slot(check.slot).label)
    if check.section == REFERENCES:
        return "Letters of reference"
    section = section_named(application.round, check.section)
    return section.title if section else "A part that this round asks for no more"


def organization(application: Application) -> str:
    """Return who appoints the applicant, where the post says so; empty where nothing is known."""
    vacancy = application.vacancy
    known = vacancy.organization if vacancy else None
    return str(known) if known else ""
