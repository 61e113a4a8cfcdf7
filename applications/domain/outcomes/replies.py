"""Answers to results: one deadline rule, reminders, late answers, and what staff do without one."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from applications.domain import access, withdrawing, workflow
from applications.domain.errors import MoveNotAllowed, ReasonNeeded, Refused
from applications.domain.moves import Actor, while_the_list_runs
from applications.domain.outcomes import result_messages
from applications.models import (
    REPLIES,
    Application,
    Decision,
    Reply,
    ReplyForm,
    ResultSettings,
    Status,
    stage_from,
)
from jetportal.accounts.models import User
from jetportal.mail import outbox
from jetportal.mail.models import Lane
from jetportal.setaside import set_aside
from positions.deadlines import NoSuchMinute, end_of_minute
from positions.models import RecruitmentRound

REMIND_BEFORE = (timedelta(days=7), timedelta(days=2))
MOST = 500  # in one run of a job
LAST_MINUTE = time(23, 59)

TARGETS: Mapping[Reply, Status] = MappingProxyType(
    {
        Reply.ACCEPT: Status.ACCEPTED,
        Reply.DECLINE: Status.DECLINED,
        Reply.KEEP: Status.ALTERNATE_KEPT,
        Reply.LEAVE: Status.WITHDRAWN,
    }
)


def asked(application: Application, *, at: datetime) -> ReplyForm | None:
    """Return the form that waits for an answer at `at`; one query where a result asks for one.

    Between the moment of a release and the carrying out there is no row yet: then it is unsaved.
    """
    if application.standing not in REPLIES:
        return None
    form: ReplyForm | None = application.reply_forms.waiting().first()
    if form is None and application.due_result:
        due = Decision.objects.due(at).select_related("batch")
        batch = due.get(application=application, stage=stage_from(application.status)).batch
        form = ReplyForm(
            application=application,
            asked=application.due_result,
            opened_at=batch.release_at or at,
            until_at=batch.replies_until or at,
        )
    if form is not None:
        form.application = application
    return form


@transaction.atomic(durable=True)
def answer(key: UUID, reply: Reply, *, by: User, received_at: datetime) -> ReplyForm:
    """Take the applicant's answer to a result. What arrived in time moves the application.

    What arrived late moves nothing and is kept: the form that is returned carries it as
    `late_answer`. Raises MoveNotAllowed where nothing is asked, or something else.
    """
    mine = Application.objects.of(by).only("pk").get(key=key)
    target = TARGETS[reply]
    application, _move = workflow.locked_for(
        mine.pk, target, by=by, actors={Actor.APPLICANT}, at=received_at
    )
    form = _waiting(application, target)
    if not form.accepts(received_at):
        _keep_late(form, reply, at=received_at)
        return form
    _make(application, target, by=by, at=received_at)
    form.answer, form.closed_at = reply, received_at
    form.save(update_fields=["answer", "closed_at"])
    return form


def _make(
    application: Application, target: Status, *, by: User, at: datetime, reason: str = ""
) -> None:
    if target == Status.WITHDRAWN:  # leaving the alternate list
        withdrawing.leave(application, by=by, at=at, reason=reason)
    else:
        workflow.reply(application, target, by=by, at=at, reason=reason)


def _waiting(application: Application, target: Status) -> ReplyForm:
    form: ReplyForm | None = application.reply_forms.waiting().first()
    if form is None:
        words = "We wait for no answer from you now."
        raise MoveNotAllowed(words, source=application.status, target=target)
    form.application = application
    return form


def _keep_late(form: ReplyForm, reply: Reply, *, at: datetime) -> None:
    """Keep an answer that came late, the newest of several, and tell its writer once."""
    form.late_answer, form.late_at = reply, at
    form.save(update_fields=["late_answer", "late_at"])
    outbox.enqueue(
        result_messages.late_reply(form, at=at),
        key=f"late_reply:{form.application_id}:{form.pk}",
        lane=Lane.FIRST,
        at=at,
    )


@transaction.atomic(durable=True)
def mark_declined(application_id: int, *, by: User, at: datetime, reason: str) -> Application:
    """Decline an offer that was not answered in time, for the program office. Raises Refused."""
    application, form = _overdue(application_id, Status.DECLINED, by=by, at=at, reason=reason)
    if form.asked != Status.SHORT_LISTED:
        raise Refused("Only an offer is declined. An alternate who does not answer stays.")
    workflow.reply(application, Status.DECLINED, by=by, at=at, reason=reason.strip())
    return application


@transaction.atomic(durable=True)
def count_late(application_id: int, *, by: User, at: datetime, reason: str) -> Application:
    """Let an answer that came late count after all. Raises Refused."""
    late = ReplyForm.objects.waiting().filter(application=application_id).first()
    if late is None or not late.late_answer:
        raise Refused("No answer of theirs came late.")
    target = TARGETS[Reply(late.late_answer)]
    application, form = _overdue(application_id, target, by=by, at=at, reason=reason)
    if form.late_answer != late.late_answer:
        raise Refused("They have answered again meanwhile. Look at it again.")
    _make(application, target, by=by, at=at, reason=reason.strip())
    return application


def _overdue(
    application_id: int, target: Status, *, by: User, at: datetime, reason: str
) -> tuple[Application, ReplyForm]:
    """Lock an application whose answer is overdue, for somebody of the program office."""
    if Actor.PROGRAM_OFFICE not in access.actors_of(by):
        raise Refused("This belongs to the program office.")
    application, _move = workflow.locked_for(
        application_id, target, by=by, actors={Actor.APPLICANT}, at=at
    )
    if application.applicant_id == by.pk:
        raise Refused("This is your own application. Somebody else at the desk moves it.")
    form = _waiting(application, target)
    if form.accepts(at):
        raise Refused(f"They can answer until {form.deadline}.")
    if not reason.strip():
        raise ReasonNeeded
    return application, form


def remind_due(*, at: datetime) -> int:
    """Queue the reminders that are due and were not sent; return how many.

    After a pause of the job the newest one alone is sent. Nobody is reminded after the end.
    """
    due = Q()
    for number, before in enumerate(REMIND_BEFORE):
        due |= Q(reminders=number, until_at__lte=at + before)
    rows = ReplyForm.objects.waiting().filter(due, until_at__gt=at).order_by("pk")
    sent = 0
    for pk in list(rows.values_list("pk", flat=True)[:MOST]):
        with set_aside("reply form", pk):
            sent += _remind(pk, at=at)
    return sent


@transaction.atomic(durable=True)
def _remind(form_id: int, *, at: datetime) -> bool:
    """Remind once more if it is still due; a form opened late skips what lies before it."""
    forms = ReplyForm.objects.waiting().select_for_update(of=("self",))
    form: ReplyForm | None = (
        forms.filter(pk=form_id)
        .select_related("application__round", "application__consulate")
        .first()
    )
    if form is None:
        return False
    passed = sum(at >= form.until_at - before for before in REMIND_BEFORE)
    if passed <= form.reminders or at >= form.until_at:
        return False
    known = form.opened_at > form.until_at - REMIND_BEFORE[passed - 1]
    form.reminders = passed
    form.save(update_fields=["reminders"])
    if known:  # the result itself was told after this reminder was due
        return False
    outbox.enqueue(
        result_messages.reply_reminder(form, at=at),
        key=f"reply_reminder:{form.application_id}:{form.pk}:{passed}",
        lane=Lane.BULK,
        at=at,
    )
    return True


def close_lists(*, at: datetime) -> int:
    """Close the alternate lists whose end has come by `at`; return how many people were told."""
    over = ResultSettings.objects.filter(alternates_until__lte=at).values("round")
    waiting = Application.objects.filter(
        round__in=over, status__in=(Status.ALTERNATE, Status.ALTERNATE_KEPT)
    )
    closed = 0
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)[:MOST]):
        with set_aside("alternate", pk):
            closed += _close(pk, at=at)
    return closed


@transaction.atomic(durable=True)
def _close(application_id: int, *, at: datetime) -> bool:
    """End an alternate's waiting if they still wait on a list that is over; tell whether it did."""
    moved = workflow.move_for_system(
        application_id,
        Status.LIST_CLOSED,
        at=at,
        wanted=lambda application: while_the_list_runs(application, at) is not None,
    )
    return moved is not None


@transaction.atomic(durable=True)
def set_days(
    round_slug: str,
    *,
    reply_days: int,
    upgrade_reply_days: int,
    list_ends_on: date | None,
    by: User,
    at: datetime,
) -> ResultSettings:
    """Set how long answers are waited for, and the last day of the alternate list.

    The list ends with that day in the zone of the round. Forms that are out keep their end.
    Raises Refused.
    """
    if Actor.PROGRAM_OFFICE not in access.actors_of(by):
        raise Refused("This belongs to the program office.")
    round_ = RecruitmentRound.objects.get(slug=round_slug)
    ends: datetime | None = None
    if list_ends_on is not None:
        try:
            ends = end_of_minute(datetime.combine(list_ends_on, LAST_MINUTE), round_.zoneinfo)
        except NoSuchMinute as problem:
            raise Refused(str(problem), field="list_ends_on") from problem
        if ends <= at:
            raise Refused("That day is over. Choose a later one.", field="list_ends_on")
    days = {"reply_days": reply_days, "upgrade_reply_days": upgrade_reply_days}
    settings, _created = ResultSettings.objects.update_or_create(
        round=round_, defaults={**days, "alternates_until": ends}
    )
    return settings


def overdue(round_: RecruitmentRound, *, at: datetime) -> list[ReplyForm]:
    """List the answers of a round that are overdue or came late, longest first."""
    rows = ReplyForm.objects.waiting().filter(
        Q(until_at__lte=at) & (Q(asked=Status.SHORT_LISTED) | ~Q(late_answer="")),
        application__round=round_,
        application__status=F("asked"),
    )
    return list(rows.select_related("application__round").order_by("until_at", "pk"))
