"""Mail that asks an applicant for one thing. A sensitive document is not named in it."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from applications.domain.mailing.wordings import written
from applications.models import SENSITIVE_SLOTS, CorrectionRequest
from jetportal.mail.message import Message
from positions.deadlines import deadline_in_words


@dataclass(frozen=True, slots=True)
class PartAsked:
    """One part that is open until `until`; `words` say what is needed, as staff wrote them.

    `until_local` is the same last minute at the interview location, empty where it is the same
    zone. `words` are empty for a sensitive document: they stay on the portal.
    """

    part: str
    words: str
    round_title: str
    reference: str
    until: str
    until_local: str
    place: str
    address: str
    demonstration: bool


def part_asked(asked: CorrectionRequest, part: str) -> Message:
    """Write what is asked for, and until when, on both clocks."""
    return written("part_asked", asked.application, facts(asked, part))


def facts(asked: CorrectionRequest, part: str) -> PartAsked:
    application, until = asked.application, asked.until_at
    round_, consulate = application.round, application.consulate
    if until is None or consulate is None:
        raise ValueError("only what is open is asked for, in what was sent")
    local = ZoneInfo(consulate.zone)
    sensitive = asked.slot in SENSITIVE_SLOTS
    return PartAsked(
        part="One document" if sensitive else part,
        words="" if sensitive else asked.reason,
        round_title=round_.title,
        reference=application.reference_shown,
        until=deadline_in_words(until, round_.zoneinfo),
        until_local=deadline_in_words(until, local) if local != round_.zoneinfo else "",
        place=consulate.city,
        address=settings.SITE_URL + reverse("applications:receipt", args=[application.key]),
        demonstration=round_.is_demonstration,
    )
