"""From a move, a reply or a list to the words of a mail. Templates: `templates/emails/<kind>/`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from applications.domain.mailing.wordings import written
from applications.models import Application, Reply, ReplyForm, Status, StatusChange
from jetportal.mail.message import Message
from positions.deadlines import deadline_in_words, in_words

S = Status

# The mail of each move. A move that is not here is told in another way, or not at all.
KINDS: Mapping[tuple[Status, Status], str] = MappingProxyType(
    {
        (S.IN_SCREENING, S.INTERVIEW_OFFERED): "interview_offered",
        (S.IN_SCREENING, S.NOT_SELECTED): "not_selected",
        (S.INTERVIEW_OFFERED, S.INTERVIEW_CONFIRMED): "reply_received",
        (S.INTERVIEWED, S.SHORT_LISTED): "short_listed",
        (S.INTERVIEWED, S.ALTERNATE): "alternate",
        (S.INTERVIEWED, S.NOT_SELECTED): "not_selected",
        (S.SHORT_LISTED, S.ACCEPTED): "reply_received",
        (S.SHORT_LISTED, S.DECLINED): "reply_received",
        (S.ALTERNATE, S.ALTERNATE_KEPT): "reply_received",
        (S.ALTERNATE, S.SHORT_LISTED): "upgraded",
        (S.ALTERNATE_KEPT, S.SHORT_LISTED): "upgraded",
        (S.ALTERNATE, S.LIST_CLOSED): "list_closed",
        (S.ALTERNATE_KEPT, S.LIST_CLOSED): "list_closed",
    }
)
ANSWERED = {
    S.INTERVIEW_CONFIRMED: "You come to the interview.",
    S.ACCEPTED: "You accept the offer.",
    S.DECLINED: "You decline the offer.",
    S.ALTERNATE_KEPT: "You stay on the alternate list.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an application stands now. `until` and `until_local`, the same minute at the interview
    location `place`, are the end of the time to answer; empty where nothing is asked."""

    position: str
    round_title: str
    reference: str
    after_interview: bool
    answer: str
    instant: str
    until: str
    until_local: str
    location: str
    place: str
    interviews: str
    address: str
    reply_address: str
    demonstration: bool


def for_move(
    application: Application, change: StatusChange, form: ReplyForm | None
) -> Message | None:
    """Write the mail of a move; None where the table has none. `form` is what the move opened."""
    move = (Status(change.from_status), Status(change.to_status))
    kind = KINDS.get(move)
    if kind is None:
        return None
    by_staff = change.by_id is not None and change.by_id != application.applicant_id
    if kind == "reply_received" and by_staff:
        kind = "marked_declined" if move[1] == S.DECLINED else "late_reply_counted"
    return told(
        kind,
        application,
        until_at=form.until_at if form else None,
        at=change.at,
        answer=ANSWERED.get(move[1], ""),
        after_interview=move[0] == S.INTERVIEWED,
    )


def reply_reminder(form: ReplyForm, *, at: datetime) -> Message:
    """Remind of an answer that is due, with its deadline in two clocks."""
    return told("reply_reminder", form.application, until_at=form.until_at, at=at)


def late_reply(form: ReplyForm, *, at: datetime) -> Message:
    """Say that an answer came late, and was kept for the program office."""
    said = {Reply.ACCEPT: S.ACCEPTED, Reply.DECLINE: S.DECLINED, Reply.KEEP: S.ALTERNATE_KEPT}
    status = said.get(Reply(form.late_answer))
    answer = ANSWERED[status] if status else "You leave the alternate list."
    return told("late_reply", form.application, until_at=form.until_at, at=at, answer=answer)


def told(
    kind: str,
    application: Application,
    *,
    at: datetime,
    until_at: datetime | None = None,
    answer: str = "",
    after_interview: bool = False,
) -> Message:
    """Write one mail of this module about an application with its round and consulate loaded."""
    context = standing(
        application, at=at, until_at=until_at, answer=answer, after_interview=after_interview
    )
    return written(kind, application, context)


def standing(
    application: Application,
    *,
    at: datetime,
    until_at: datetime | None = None,
    answer: str = "",
    after_interview: bool = False,
) -> Standing:
    consulate, round_ = application.consulate, application.round
    if consulate is None:
        raise ValueError("only what was sent gets a result")
    local = ZoneInfo(consulate.zone)
    two_clocks = until_at is not None and local != round_.zoneinfo
    return Standing(
        position=application.position_id or "",
        round_title=round_.title,
        reference=application.reference_shown,
        after_interview=after_interview,
        answer=answer,
        instant=in_words(at, round_.zoneinfo),
        until=deadline_in_words(until_at, round_.zoneinfo) if until_at else "",
        until_local=deadline_in_words(until_at, local) if until_at and two_clocks else "",
        location=consulate.name,
        place=consulate.city,
        interviews=round_.interviews,
        address=_address("receipt", application),
        reply_address=_address("reply", application),
        demonstration=round_.is_demonstration,
    )


def _address(page: str, application: Application) -> str:
    return f"{settings.SITE_URL}{reverse(f'applications:{page}', args=[application.key])}"
