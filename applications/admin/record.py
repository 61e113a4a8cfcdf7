"""What was done with one application, as lines of its page: moves, openings, notes, mails."""

from dataclasses import dataclass

from django.urls import reverse

from applications.admin.words import short_time
from applications.domain.mail_log import mails_about
from applications.domain.review import visits
from applications.models import Application, LateGrant, Note, Status, StatusChange
from jetportal.accounts.models import User
from jetportal.mail.models import MailState
from positions.clockwords import Chip

MAIL_CHIPS = {
    MailState.QUEUED: "upcoming",
    MailState.SENT: "complete",
    MailState.FAILED: "failed",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history."""

    when: str
    words: str
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    when: str
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class MailLine:
    """One mail; `url` leads to its words for those who may read mail."""

    kind: str
    chip: Chip
    when: str
    url: str = ""


def history(application: Application) -> tuple[Entry, ...]:
    """List moves and late grants, each by its time; a grant was given before the file was sent."""
    rows = application.history.select_related("by")
    moves = tuple(entry(application, change) for change in rows)
    return (*late_grants(application), *moves)


def late_grants(application: Application) -> tuple[Entry, ...]:
    """Tell of each approved late grant who asked for it and who approved it."""
    grants: list[LateGrant] = list(
        LateGrant.objects.filter(
            applicant=application.applicant_id,
            round=application.round,
            approved_at__isnull=False,
        )
        .select_related("asked_by", "approved_by", "round")
        .order_by("pk")
    )
    return tuple(
        Entry(
            when=f"{short_time(grant.approved_at)} HST",
            words=f"Late grant until {grant.until}",
            who=f"asked for by {grant.asked_by.email}, approved by {grant.approved_by.email}",
            reason=grant.reason,
        )
        for grant in grants
        if grant.approved_at and grant.approved_by
    )


def entry(application: Application, change: StatusChange) -> Entry:
    source, target = Status(change.from_status).label, Status(change.to_status).label
    return Entry(
        when=f"{short_time(change.at)} HST",
        words=f"{source} to {target.lower()}",
        who=who(application, change.by),
        reason=change.reason,
    )


def who(application: Application, user: User | None) -> str:
    if user is None:
        return "The system"
    return "The applicant" if user.pk == application.applicant_id else user.email


def visit_lines(application: Application) -> tuple[Entry, ...]:
    """Tell which coordinators of other consulates opened the file, newest first."""
    return tuple(
        Entry(
            when=f"{short_time(row.at)} HST",
            words="Opened from another consulate",
            who=row.by.email,
            reason=row.reason,
        )
        for row in visits.openings_of(application)
    )


def notes(application: Application) -> tuple[NoteLine, ...]:
    rows: list[Note] = list(application.notes.select_related("by"))
    return tuple(NoteLine(f"{short_time(note.at)} HST", note.by.email, note.text) for note in rows)


def mails(application: Application, *, user: User) -> tuple[MailLine, ...]:
    """List the mails about the application, to referees too, oldest first; no words."""
    rows = mails_about(application).order_by("pk")
    reads = user.has_perm("mail.view_outgoingmail")
    return tuple(
        MailLine(
            kind=row.kind.replace("_", " ").capitalize(),
            chip=Chip(MAIL_CHIPS[MailState(row.state)], str(MailState(row.state).label)),
            when=f"{short_time(row.sent_at or row.created_at)} HST, to {row.recipient}",
            url=reverse("admin:mail_outgoingmail_change", args=[row.pk]) if reads else "",
        )
        for row in rows.defer("text", "html")
    )
