"""Mail with plain, fixed values; every argument can be changed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from jetportal.mail import outbox
from jetportal.mail.message import Message
from jetportal.mail.models import Lane, OutgoingMail

AT = datetime(2024, 4, 6, 9, 59, 59, tzinfo=UTC)


def make_message(**changes) -> Message:
    values = {
        "kind": "confirmation",
        "to": "mia.tanaka@example.org",
        "subject": "We have your application",
        "text": "Reference: JET-4711\n",
        "html": "<p>Reference: JET-4711</p>",
    }
    return Message(**values | changes)


def make_mail(
    key: str = "confirmation:1",
    *,
    lane: Lane = Lane.FIRST,
    at: datetime = AT,
    secret: bool = False,
    **changes,
) -> OutgoingMail:
    return outbox.enqueue(make_message(**changes), key=key, lane=lane, at=at, secret=secret)


def clock(at: datetime = AT, **later: float) -> Callable[[], datetime]:
    """Return a clock that stands still at `at` plus, for example, `minutes=5`."""
    return lambda: at + timedelta(**later)
