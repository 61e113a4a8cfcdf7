"""From a row to the words of a mail. Templates: `templates/emails/<kind>/`."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from applications.models import Application
from jetportal.mail.outbox import Message
from jetportal.mail.rendering import render
from positions.deadlines import in_words


@dataclass(frozen=True, slots=True)
class Confirmation:
    """`received_local` is the same instant in `zone_city`, the reader's own zone or, where that is
    not known, the zone of the interview location."""

    position: str
    round_title: str
    reference: str
    received: str
    received_local: str
    deadline: str
    location: str
    interviews: str
    address: str
    demonstration: bool


def confirmation(application: Application, reader_zone: ZoneInfo | None) -> Message:
    """Write the confirmation of a submitted application, with both clocks."""
    received = application.submitted_at
    consulate = application.consulate
    if received is None or consulate is None or application.position is None:
        raise ValueError("only a submitted application is confirmed")
    round_ = application.round
    context = Confirmation(
        position=application.position_id or "",
        round_title=round_.title,
        reference=application.reference_shown,
        received=in_words(received, round_.zoneinfo),
        received_local=in_words(received, reader_zone or ZoneInfo(consulate.zone)),
        deadline=round_.deadline,
        location=consulate.name,
        interviews=round_.interviews,
        address=_address("applications:receipt", application),
        demonstration=round_.is_demonstration,
    )
    return render("confirmation", to=application.email, context=context)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    round_title: str
    reference: str
    withdrawn: str
    address: str


def withdrawn(application: Application) -> Message:
    """Write that an application was withdrawn, and until when that can be taken back."""
    at: datetime = application.status_at
    context = Withdrawn(
        round_title=application.round.title,
        reference=application.reference_shown,
        withdrawn=in_words(at, application.round.zoneinfo),
        address=_address("applications:tasks", application),
    )
    return render("withdrawn", to=application.email, context=context)


def _address(name: str, application: Application) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=[application.key])}"
