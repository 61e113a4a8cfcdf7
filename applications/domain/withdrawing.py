"""Applicants leave, and come back within 24 hours."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from applications.domain import own_messages
from applications.domain.errors import MoveNotAllowed
from applications.domain.moves import Actor
from applications.domain.outcomes import following
from applications.domain.permitted import allowed
from applications.domain.referees import request_ends
from applications.domain.workflow import carry_out, locked
from applications.models import Application, Status
from jetportal.accounts.models import User
from jetportal.mail import outbox
from jetportal.mail.models import Lane


@transaction.atomic(durable=True)
def withdraw(key: UUID, *, by: User, at: datetime, reason: str = "") -> Application:
    """Withdraw a sent application for its applicant. Raises MoveNotAllowed."""
    application = locked(at=at, key=key, applicant=by)
    allowed(application, Status.WITHDRAWN, actors={Actor.APPLICANT}, at=at, by=by)
    leave(application, by=by, at=at, reason=reason)
    return application


def leave(application: Application, *, by: User, at: datetime, reason: str = "") -> None:
    """Withdraw a locked application, and queue the mail about it."""
    carry_out(application, Status.WITHDRAWN, by=by, at=at, reason=reason)
    outbox.enqueue(
        own_messages.withdrawn(application),
        key=f"withdrawn:{application.pk}:{at.isoformat()}",
        lane=Lane.FIRST,
        at=at,
    )


@transaction.atomic(durable=True)
def take_back_withdrawal(key: UUID, *, by: User, at: datetime) -> Application:
    """Undo a withdrawal within 24 hours: back to the status before. Raises MoveNotAllowed."""
    application = locked(at=at, key=key, applicant=by)
    last = application.history.filter(to_status=Status.WITHDRAWN).last()
    before = Status(last.from_status) if last else Status.SUBMITTED
    allowed(application, before, actors={Actor.APPLICANT}, at=at, by=by)
    if words := following.decided_meanwhile(application, before, at=at):
        raise MoveNotAllowed(words, source=application.status, target=before)
    carry_out(application, before, by=by, at=at, reason="Withdrawal taken back")
    request_ends.restore_all(application, at=at)
    outbox.enqueue(
        own_messages.taken_back(application),
        key=f"taken back:{application.pk}:{at.isoformat()}",
        lane=Lane.FIRST,
        at=at,
    )
    return application
