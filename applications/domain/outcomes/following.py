"""What follows from a move, in its transaction: the ledger of seats, the reply form, the mail.

Called by `applications.domain.workflow` alone.
"""

from datetime import datetime, time, timedelta

from applications.domain.outcomes import move_messages, result_messages, seats
from applications.models import (
    HOLDING,
    REPLIES,
    Application,
    Decision,
    Holding,
    ReplyForm,
    ResultSettings,
    SeatEvent,
    Status,
    StatusChange,
)
from jetportal.mail import outbox
from jetportal.mail.models import Lane
from positions.deadlines import end_of_minute
from positions.models import RecruitmentRound

LAST_MINUTE = time(23, 59)


def follow(
    application: Application,
    change: StatusChange,
    *,
    told_at: datetime,
    replies_until: datetime | None,
) -> None:
    """Write what belongs to a move: seats, reply form, mail."""
    _enter_in_ledger(application, change)
    form = _reply_form(application, change, replies_until)
    mail = result_messages.for_move(application, change, form)
    mail = mail or move_messages.for_move(application, change)
    if mail is not None:
        key = f"moved:{application.pk}:{change.pk}"
        outbox.enqueue(mail, key=key, lane=Lane.DECISIONS, at=told_at)


def holding_of(status: str) -> Holding:
    return HOLDING.get(Status(status), Holding.NOTHING)


def _enter_in_ledger(application: Application, change: StatusChange) -> None:
    """Write a line where the move changes what the application holds of its vacancy.

    What is given back returns to the vacancy it was taken from.
    """
    gave_back, took = holding_of(change.from_status), holding_of(change.to_status)
    if gave_back == took:
        return
    vacancy = application.vacancy_id or ""
    if gave_back:
        last = SeatEvent.objects.filter(application=application, took=gave_back).last()
        vacancy = last.vacancy_id if last else vacancy
    SeatEvent.objects.create(
        vacancy_id=vacancy, application=application, change=change, gave_back=gave_back, took=took
    )


def _reply_form(
    application: Application, change: StatusChange, until: datetime | None
) -> ReplyForm | None:
    """Close the form that waited, and open the one the new status asks for."""
    mine = ReplyForm.objects.filter(application=application)
    if change.from_status in REPLIES:
        mine.waiting().update(closed_at=change.at)
    if change.to_status not in REPLIES:
        return None
    if change.from_status == Status.WITHDRAWN and (last := mine.last()):
        mine.filter(pk=last.pk).update(closed_at=None, answer="")
        return None
    form: ReplyForm = ReplyForm.objects.create(
        application=application,
        asked=change.to_status,
        opened_at=change.at,
        until_at=until or _upgrade_until(application.round, change.at),
    )
    return form


def _upgrade_until(round_: RecruitmentRound, at: datetime) -> datetime:
    settings = ResultSettings.objects.filter(round=round_).first() or ResultSettings()
    return end_of_days(round_, at, settings.upgrade_reply_days)


def end_of_days(round_: RecruitmentRound, at: datetime, days: int) -> datetime:
    """Return the end of the day `days` after `at` in the zone of the round: the exclusive end."""
    day = at.astimezone(round_.zoneinfo).date() + timedelta(days=days)
    return end_of_minute(datetime.combine(day, LAST_MINUTE), round_.zoneinfo)


def decided_meanwhile(application: Application, before: Status, *, at: datetime) -> str:
    """Say why a withdrawal cannot be taken back any more; empty: nothing was decided since."""
    since = application.status_at
    released = Decision.objects.filter(
        application=application,
        batch__approved_at__isnull=False,
        batch__release_at__range=(since, at),
    )
    if released.exists():
        return "Results were released since you withdrew. Write to us if you wish to come back."
    if seats.given_away(application, holding_of(before)):
        return "Your place was offered to somebody else since you withdrew. Write to us."
    return ""
