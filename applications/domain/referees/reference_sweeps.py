"""What the clock does about letters: failed mail told, referees reminded, changes told.

Everything is selected as due and not yet done, so that a stopped clock catches up, with one
reminder and not three, and a moved deadline arms the reminders anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, Subquery

from applications.domain.referees import (
    reference_clock,
    reference_messages,
    request_ends,
    request_log,
)
from applications.domain.referees.letters import why_dead
from applications.models import (
    Application,
    Failure,
    LateGrant,
    ReferenceRequest,
    RequestMail,
    RequestMailKind,
    RequestState,
)
from applications.models.reference import ASKED, OPEN
from jetportal.mail.models import MailState, Outcome
from jetportal.setaside import set_aside
from positions.models import ChangeKind, RecruitmentRound, RoundChange

AT_ONCE = 200
PERMANENT = 500  # SMTP codes from here on never heal
Requests: TypeAlias = "models.QuerySet[ReferenceRequest]"
CHANGES_TOLD_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Counts:
    failed: int = 0
    arrived: int = 0
    reminded: int = 0
    told: int = 0


def run(*, at: datetime) -> Counts:
    """Do all that is due at `at`; each row is a transaction of its own."""
    return Counts(
        failed=_each("failed request", _failed(), _tell_failure, at=at),
        arrived=_each("request", _arrived(), _note_arrival, at=at),
        told=tell_changes(at=at),
        reminded=_each("reminder", due_reminders(at), _remind, at=at),
    )


def due(*, at: datetime) -> int:
    """Count the requests that a run at `at` would look at."""
    return _failed().count() + _arrived().count() + due_reminders(at).count()


def _each(what: str, due: Requests, act: Callable[..., bool], *, at: datetime) -> int:
    done = 0
    for pk in list(due.values_list("pk", flat=True)[:AT_ONCE]):
        with set_aside(what, pk):
            done += act(pk, at=at)
    return done


# --- Mail that did not arrive -------------------------------------------------------------------


def _newest_mail() -> "models.QuerySet[RequestMail]":
    return RequestMail.objects.filter(request=OuterRef("pk")).order_by("-pk")


def _with_newest(state: MailState) -> Requests:
    rows = ReferenceRequest.objects.annotate(
        newest=Subquery(_newest_mail().values("mail__state")[:1])
    )
    return rows.filter(newest=state).order_by("pk")


def _failed() -> Requests:
    """Requests whose newest mail was given up, and whose referee has not opened an earlier one.

    Mail that was given up is little, so it leads to its requests; most requests were only sent.
    """
    lost = RequestMail.objects.filter(mail__state=MailState.FAILED).order_by()
    rows = _with_newest(MailState.FAILED).filter(state=RequestState.SENT)
    return rows.filter(pk__in=lost.values("request"))


def _arrived() -> Requests:
    """Requests called failed whose mail has left after all, queued again at the desk."""
    rows = _with_newest(MailState.SENT).filter(state=RequestState.FAILED)
    return rows.exclude(failure=Failure.STRANGER)


@transaction.atomic(durable=True)
def _tell_failure(pk: int, *, at: datetime) -> bool:
    request = request_log.locked(pk=pk)
    newest: RequestMail | None = request.mails.select_related("mail").last()
    lost = newest is not None and newest.mail is not None and newest.mail.state == MailState.FAILED
    if request.state != RequestState.SENT or newest is None or newest.mail is None or not lost:
        return False
    newest.failed_at = at
    newest.save(update_fields=["failed_at"])
    last = newest.mail.tries.last()
    refused = last is not None and last.outcome == Outcome.FAILED
    request.failure = Failure.ADDRESS if refused else Failure.GAVE_UP
    reason = f"{last.smtp_code or ''} {last.detail}".strip() if last else ""
    request_log.move(request, RequestState.FAILED, at=at, reason=reason)
    message = reference_messages.failed(request, at=at)
    request_log.tell(request, "reference failed", message, at=at)
    return True


@transaction.atomic(durable=True)
def _note_arrival(pk: int, *, at: datetime) -> bool:
    request = request_log.locked(pk=pk)
    if request.state != RequestState.FAILED:
        return False
    request.failure = Failure.NONE
    request_log.move(request, RequestState.SENT, at=at, reason="The mail has left after all")
    return True


# --- Reminders ----------------------------------------------------------------------------------


def due_reminders(at: datetime) -> Requests:
    """Requests that may be due: the rule itself is asked again for each, `reminder_due`.

    Whom a round has reminded since its last instant was written to after it, so the index by that
    time leads past them. The few with an end of their own are found first.
    """
    due: Q = Q(pk__in=_with_own_end(at))
    rounds = RecruitmentRound.objects.published(at).select_related("reference_settings")
    for round_ in rounds.filter(closes_at__gt=at - timedelta(days=60), cancelled_at=None):
        if instant := _last_instant(round_, _end(round_), at):
            written = Q(mailed_at__gte=round_.published_at, mailed_at__lt=instant)
            due |= Q(written, referee__application__round=round_)
    return _waiting().filter(due).order_by("mailed_at", "pk")


def _waiting() -> Requests:
    return ReferenceRequest.objects.filter(state__in=ASKED, referee__replaced_at=None)


def _with_own_end(at: datetime) -> list[int]:
    """List the requests whose end, given by staff or granted to the applicant, is still to come."""
    theirs = LateGrant.objects.running(at).filter(
        applicant=OuterRef("applicant"), round=OuterRef("round")
    )
    granted = Application.objects.filter(Exists(theirs)).order_by().values("pk")
    ways = (Q(until_at__gt=at), Q(referee__application__in=granted))
    return [pk for way in ways for pk in _waiting().filter(way).values_list("pk", flat=True)]


def _end(round_: RecruitmentRound) -> datetime:
    return round_.end(reference_clock.until(round_))


def _last_instant(round_: RecruitmentRound, end: datetime, at: datetime) -> datetime | None:
    """Return the last instant until `at` at which a reminder was due; None outside that time."""
    if end <= at:
        return None
    passed = [one for one in reference_clock.reminders(round_, end) if one <= at]
    return max(passed, default=None)


def reminder_due(request: ReferenceRequest, at: datetime) -> bool:
    """Tell whether an instant of reminding has passed since the referee was last written to."""
    round_ = request.referee.application.round
    instant = _last_instant(round_, reference_clock.ends_at(request), at)
    written = request.mailed_at
    return instant is not None and written is not None and written < instant


@transaction.atomic(durable=True)
def _remind(pk: int, *, at: datetime) -> bool:
    request = request_log.locked(pk=pk)
    if request.state not in ASKED or why_dead(request, at) or not reminder_due(request, at):
        return False
    message = reference_messages.reminder(request)
    request_log.queue(request, RequestMailKind.REMINDER, message, at=at)
    request_log.note(request, at=at, reason="Reminded")
    return True


# --- Changes of the round -----------------------------------------------------------------------


def tell_changes(*, at: datetime) -> int:
    """Tell referees with an open letter of each change of the round, once per change."""
    told = 0
    recent = RoundChange.objects.filter(at__lte=at, at__gt=at - CHANGES_TOLD_FOR)
    for change in recent.select_related("round").order_by("pk"):
        for pk in list(_untold(change).values_list("pk", flat=True)[: AT_ONCE - told]):
            with set_aside("change for request", pk):
                told += _tell_change(pk, change, at=at)
    return told


def _untold(change: RoundChange) -> Requests:
    """Requests that were sent before the change, are open, and have no mail about it."""
    told = RequestMail.objects.filter(request=OuterRef("pk"), change=change)
    reached = Q() if change.kind == ChangeKind.CANCELLED else Q(failure=Failure.NONE)
    return ReferenceRequest.objects.filter(
        ~Exists(told),
        reached,
        state__in=OPEN,
        referee__replaced_at=None,
        referee__application__round=change.round,
        sent_at__lte=change.at,
    ).order_by("pk")


@transaction.atomic(durable=True)
def _tell_change(pk: int, change: RoundChange, *, at: datetime) -> bool:
    request = request_log.locked(pk=pk)
    if request.state not in OPEN or request.mails.filter(change=change).exists():
        return False
    if change.kind == ChangeKind.CANCELLED:
        request_ends.cancel(request, at=at, by=None, reason="The round was cancelled")
        return True
    if why_dead(request, at):
        return False
    message = reference_messages.deadline_moved(request)
    request_log.queue(request, RequestMailKind.CHANGE, message, at=at, change=change)
    request_log.note(request, at=at, reason="Told that the deadline has moved")
    return True
