"""The one interview: set by the desk, told to the applicant, judged by its panel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from applications.domain import access
from applications.domain.access import Part
from applications.domain.errors import Refused
from applications.domain.moves import Actor
from applications.domain.review import interview_messages
from applications.domain.review.visits import settings_of
from applications.models import (
    Application,
    ConflictAnswer,
    Interview,
    InterviewSheet,
    Panelist,
    Recommendation,
    Status,
)
from jetportal.accounts.models import User
from jetportal.mail import outbox
from jetportal.mail.models import Lane
from positions.deadlines import NoSuchMinute, instant_of
from positions.models import InterviewMode, RecruitmentRound

INVITED = (Status.INTERVIEW_OFFERED, Status.INTERVIEW_CONFIRMED)
AFTER = (*INVITED, Status.INTERVIEWED, Status.ABSENT)


@dataclass(frozen=True, slots=True)
class Plan:
    """An interview as it is typed: a wall clock in a zone, and where."""

    day: date
    clock: time
    zone: ZoneInfo
    minutes: int
    mode: InterviewMode
    place: str
    link: str
    panel: tuple[User, ...]


class SetMeanwhile(Refused):
    """Somebody else has set the interview since it was looked at."""


def interviewers() -> list[User]:
    """List who may sit on a panel, by address."""
    rows = User.objects.filter(is_active=True, is_staff=True, groups__name=access.INTERVIEWERS)
    return list(rows.order_by("email"))


def of(application: Application) -> Interview | None:
    interview: Interview | None = Interview.objects.filter(application=application).first()
    return interview


def mark_of(interview: Interview | None) -> str:
    """Return what tells this setting of an interview from any other; empty before the first."""
    return f"{interview.sequence} {interview.set_at.isoformat()}" if interview else ""


@transaction.atomic(durable=True)
def set_time(application_id: int, plan: Plan, *, seen: str, by: User, at: datetime) -> Interview:
    """Set or change the interview, and invite by mail with a calendar entry. Raises Refused.

    `seen` is the mark of what `by` had before them: whoever set it meanwhile is not overwritten
    unseen. A mail leaves only where something changed for the applicant.
    """
    rows = Application.objects.with_due_result(at).select_for_update(of=("self",))
    application: Application = rows.select_related("round", "consulate").get(pk=application_id)
    _require_right(application, by)
    if application.standing not in INVITED:
        raise Refused("Only who is invited to an interview is given a time.")
    starts_at = _instant(plan, at=at)
    _require_place(application, plan)
    _require_panel(application, plan.panel)
    kept = of(application)
    interview, before = kept or Interview(application=application), _told(kept)
    if kept and mark_of(kept) != seen:
        return _same(kept, plan, starts_at)
    _take(interview, plan, starts_at)
    interview.set_by, interview.set_at = by, at
    changed = _told(interview) != before
    interview.sequence += changed and before is not None
    if changed and remind_at(interview, application.round) <= at:
        interview.reminded_for = starts_at  # this mail comes when the reminder would
    interview.save()
    _seat(interview, plan.panel)
    if changed:
        message = interview_messages.invitation(interview, application, again=before is not None)
        key = f"interview_time:{application.pk}:{interview.sequence}"
        outbox.enqueue(message, key=key, lane=Lane.DECISIONS, at=at)
    return interview


def remind_at(interview: Interview, round_: RecruitmentRound) -> datetime:
    """Return from when on the applicant is reminded, by the hours the round sets."""
    return interview.starts_at - timedelta(hours=settings_of(round_).reminder_hours)


def _take(interview: Interview, plan: Plan, starts_at: datetime) -> None:
    interview.starts_at, interview.zone, interview.minutes = starts_at, plan.zone.key, plan.minutes
    interview.mode, interview.place = plan.mode, plan.place.strip()
    interview.link = plan.link.strip() if plan.mode == InterviewMode.ONLINE else ""


def _same(kept: Interview, plan: Plan, starts_at: datetime) -> Interview:
    """Return what was set meanwhile where it is what was wanted; raise SetMeanwhile otherwise."""
    wanted = Interview()
    _take(wanted, plan, starts_at)
    panel = set(kept.panel.values_list("user_id", flat=True))
    if _told(wanted) == _told(kept) and panel == {user.pk for user in plan.panel}:
        return kept
    starts, _elsewhere = interview_messages.both_clocks(kept)
    raise SetMeanwhile(
        f"{kept.set_by.email} has set this interview meanwhile: {starts}. What you typed is not "
        "kept yet. Press once more if yours shall count."
    )


def _require_right(application: Application, by: User) -> None:
    if not access.actors_in(by, application) & {Actor.COORDINATOR, Actor.PROGRAM_OFFICE}:
        raise Refused("Interviews are set by the coordinators of the consulate.")
    if application.applicant_id == by.pk:
        raise Refused("This is your own application. Somebody else at the desk does it.")


def _instant(plan: Plan, *, at: datetime) -> datetime:
    try:
        starts_at = instant_of(datetime.combine(plan.day, plan.clock), plan.zone)
    except NoSuchMinute as problem:
        raise Refused(str(problem), field="clock") from problem
    if starts_at <= at:
        raise Refused("This time is over. Choose a later one.", field="day")
    return starts_at


def _require_place(application: Application, plan: Plan) -> None:
    wanted = InterviewMode(application.round.interview_mode)
    if wanted not in {InterviewMode.UNKNOWN, plan.mode}:
        raise Refused(f"Interviews of this round are held {wanted.label}.", field="mode")
    if plan.mode == InterviewMode.ONLINE and not plan.link.strip():
        raise Refused("Give the link to the meeting.", field="link")
    if plan.mode == InterviewMode.IN_PERSON and not plan.place.strip():
        raise Refused("Give the place.", field="place")


def _require_panel(application: Application, panel: Sequence[User]) -> None:
    chosen = {user.pk for user in panel}
    if not chosen:
        raise Refused("Choose at least one interviewer.", field="panel")
    if application.applicant_id in chosen or any(
        not access.works_as(user, access.INTERVIEWERS) for user in panel
    ):
        raise Refused("Somebody chosen is no interviewer.", field="panel")
    known = ConflictAnswer.objects.filter(application=application, by__in=chosen, knows=True)
    if known.exists():
        raise Refused("An interviewer you chose knows the applicant.", field="panel")


def _told(interview: Interview | None) -> tuple[object, ...] | None:
    """Return what the applicant was told of the interview; None before the first time."""
    if interview is None:
        return None
    return (
        interview.starts_at,
        interview.zone,
        interview.minutes,
        interview.mode,
        interview.place,
        interview.link,
    )


def _seat(interview: Interview, panel: Sequence[User]) -> None:
    """Make the panel these people; who leaves it sees the file no more."""
    interview.panel.exclude(user__in=panel).delete()
    seated = set(interview.panel.values_list("user_id", flat=True))
    Panelist.objects.bulk_create(
        Panelist(interview=interview, user=user) for user in panel if user.pk not in seated
    )


@transaction.atomic(durable=True)
def give_result(
    application_id: int, recommendation: Recommendation, *, comment: str, by: User, at: datetime
) -> InterviewSheet:
    """Keep what an interviewer found, once, from the beginning of the interview on.

    Raises Refused.
    """
    theirs = access.reviewable_by(by, at=at).filter(pk=application_id)
    rows = Application.objects.select_for_update(of=("self",))
    application: Application | None = rows.filter(pk__in=theirs.values("pk")).first()
    interview = of(application) if application else None
    if interview is None or not interview.panel.filter(user=by).exists():
        raise Refused("You are not on the panel of this interview.")
    if at < interview.starts_at:
        raise Refused("The interview has not begun yet.")
    if interview.sheets.filter(by=by).exists():
        raise Refused("Your result sheet is in already.")
    sheet: InterviewSheet = InterviewSheet.objects.create(
        interview=interview,
        by=by,
        at=at,
        recommendation=recommendation,
        comment=comment.strip(),
    )
    return sheet


def sheets_of(interview: Interview, *, user: User, at: datetime) -> list[InterviewSheet]:
    """List the result sheets the user may see: the own one, or all for those who decide.

    What an interviewer found who said since that they know the person counts no more.
    """
    sheets = list(interview.sheets.exclude(by__in=_who_know(interview)).select_related("by"))
    on_panel = interview.panel.filter(user=user).exists()
    mine = any(sheet.by_id == user.pk for sheet in sheets)
    if mine or (not on_panel and _decides(user, interview.application, at=at)):
        return sheets
    return []


def left_out(interview: Interview, *, user: User) -> list[InterviewSheet]:
    """List, for the program office, the sheets of interviewers who know the person."""
    if not access.may_assign(user):
        return []
    return list(interview.sheets.filter(by__in=_who_know(interview)).select_related("by"))


def _who_know(interview: Interview) -> "QuerySet[ConflictAnswer, Any]":
    said = ConflictAnswer.objects.filter(application=interview.application_id, knows=True)
    return said.order_by().values("by")


def _decides(user: User, application: Application, *, at: datetime) -> bool:
    return Part.SCORES in access.parts_for(user, application, at=at)


def before_panel_of(user: User) -> list[Interview]:
    """List the interviews of an interviewer, the next one first; one query."""
    if not access.works_as(user, access.INTERVIEWERS):
        return []
    rows = Interview.objects.filter(panel__user=user, application__status__in=AFTER)
    return list(rows.select_related("application__consulate", "application__round"))
