"""The confirmation that an application arrived: queued with the move, once."""

from zoneinfo import ZoneInfo

from applications.domain import messages
from applications.domain.form.summary import summary
from applications.models import Application, FrozenAnswers
from jetportal.mail import outbox
from jetportal.mail.models import Lane


def confirm(
    application: Application, frozen: FrozenAnswers, reader_zone: ZoneInfo | None = None
) -> None:
    """Queue the confirmation of what was frozen; `reader_zone` is the clock beside the round's."""
    if application.recorded_at is None:
        raise ValueError("only what was sent is confirmed")
    outbox.enqueue(
        messages.confirmation(application, reader_zone, summary(application, frozen)),
        key=f"confirmation:{application.pk}",
        lane=Lane.FIRST,
        at=application.recorded_at,
    )
