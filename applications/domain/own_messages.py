"""Mail about what an applicant did with an application, or let pass: withdrawn, lapsed."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from applications.domain.mailing.wordings import written
from applications.domain.moves import UNDO_WITHDRAWAL
from applications.models import Application
from jetportal.mail.message import Message
from positions.deadlines import in_words


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An application that was withdrawn or taken back, with the instant on both clocks.

    A withdrawal can be taken back before `until`.
    """

    round_title: str
    reference: str
    instant: str
    instant_local: str
    place: str
    until: str
    address: str
    demonstration: bool


def withdrawn(application: Application) -> Message:
    """Write that an application was withdrawn, and until when that can be taken back."""
    return written("withdrawn", application, withdrawal(application))


def taken_back(application: Application) -> Message:
    """Write that a withdrawal was taken back: the newest mail must tell where it stands."""
    return written("taken_back", application, withdrawal(application))


def withdrawal(application: Application) -> Withdrawn:
    consulate = application.consulate
    if consulate is None:
        raise ValueError("only a submitted application is withdrawn")
    at: datetime = application.status_at
    return Withdrawn(
        round_title=application.round.title,
        reference=application.reference_shown,
        instant=in_words(at, application.round.zoneinfo),
        instant_local=in_words(at, ZoneInfo(consulate.zone)),
        place=f"In {consulate.city}",
        until=in_words(at + UNDO_WITHDRAWAL, application.round.zoneinfo),
        address=_address("applications:receipt", application),
        demonstration=application.round.is_demonstration,
    )


@dataclass(frozen=True, slots=True)
class DraftLapsed:
    round_title: str
    deadline: str
    address: str
    demonstration: bool


def draft_lapsed(application: Application) -> Message:
    """Write what it means that a draft was not sent before its deadline."""
    return written("draft_lapsed", application, lapse(application))


def lapse(application: Application) -> DraftLapsed:
    return DraftLapsed(
        round_title=application.round.title,
        deadline=application.deadline,
        address=_address("applications:tasks", application),
        demonstration=application.round.is_demonstration,
    )


def _address(name: str, application: Application) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=[application.key])}"
