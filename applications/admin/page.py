"""What the page of one application shows, as values for its template."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from applications.admin.corrections import ChangeLine, change_lines
from applications.admin.letter_lines import RequestLine, request_lines
from applications.admin.sensitive import KeptApart, asking_for, kept_apart
from applications.admin.words import desk_chip, distance, short_time
from applications.domain import access, workflow
from applications.domain.access import Part
from applications.domain.files import slots
from applications.domain.form.doubts import all_doubts
from applications.domain.form.eligibility import as_kept, check_of
from applications.domain.form.submitted import ShownPart, Submitted, as_submitted
from applications.domain.names import applicant_name
from applications.domain.outcomes import results
from applications.domain.review import visits
from applications.models import Application, Document, LateGrant, Note, Status, StatusChange
from applications.sections.registry import DOCUMENTS, REFERENCES
from applications.sections.warnings import Warned
from applications.views.verdicts import ShownResult, shown_result
from jetportal.accounts.models import User
from jetportal.mail.models import MailState, OutgoingMail
from positions.clockwords import Chip
from positions.deadlines import HST, in_words, in_words_to_the_second

CONTACTS = frozenset({"contact", REFERENCES})
MAIL_CHIPS = {
    MailState.QUEUED: "upcoming",
    MailState.SENT: "complete",
    MailState.FAILED: "failed",
}


@dataclass(frozen=True, slots=True)
class File:
    """One document at the desk; `url` is empty where nobody here may open it, and `why` says so.

    `ask_url` leads to asking for another in place of a refused one, whoever may.
    """

    name: str
    url: str
    detail: str
    why: str = ""
    ask_url: str = ""


@dataclass(frozen=True, slots=True)
class FileSlot:
    """One slot with its documents; `changed` where they are not those that were sent."""

    title: str
    files: tuple[File, ...]
    changed: bool = False


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


@dataclass(frozen=True, slots=True)
class RecordedLine:
    """A result that is recorded and not released; `url` leads to its release."""

    words: str
    beneath: str
    url: str


@dataclass(frozen=True, slots=True)
class Button:
    """One legal move: a link to its preview."""

    label: str
    url: str
    ends: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page of one application; times are words already."""

    application: Application
    applicant: str
    chip: Chip
    since: str
    received: str
    recorded: str
    distance: str
    own_deadline: str
    deadline_then: str
    intact: bool
    digest: str
    parts: tuple[ShownPart, ...]
    doubts: tuple[tuple[str, Warned], ...]
    eligibility: ShownResult | None
    eligibility_at: str
    kept_apart: KeptApart | None
    references: tuple[RequestLine, ...]
    files: tuple[FileSlot, ...]
    buttons: tuple[Button, ...]
    history: tuple[Entry, ...]
    changes: tuple[ChangeLine, ...]
    notes: tuple[NoteLine, ...]
    mails: tuple[MailLine, ...]
    withheld: tuple[RecordedLine, ...]
    reads: frozenset[Part]
    visits: tuple[Entry, ...]


def page_of(application: Application, *, user: User, at: datetime) -> Page:
    """Read what the person may see of the file; `application` must come with names."""
    reads = access.parts_for(user, application, at=at)
    submitted = as_submitted(application)
    received, recorded = application.submitted_at, application.recorded_at
    if received is None or recorded is None:
        raise ValueError("only what was sent is at the desk")
    kept = check_of(application)
    return Page(
        application=application,
        applicant=applicant_name(application),
        chip=desk_chip(Status(application.status)),
        since=in_words(application.status_at, HST),
        received=in_words_to_the_second(received, HST),
        recorded=in_words_to_the_second(recorded, HST),
        distance=distance(received, application.ends_at),
        own_deadline=application.deadline
        if application.ends_at > application.round.closes_at
        else "",
        deadline_then=application.deadline
        if application.ends_at < application.round.closes_at
        else "",
        intact=submitted.intact and not submitted.changed_files,
        digest=submitted.digest,
        parts=with_files(shown_parts(submitted.parts, reads)),
        doubts=all_doubts(submitted.loaded),
        eligibility=shown_result(as_kept(kept)) if kept else None,
        eligibility_at=f"{short_time(kept.at)} HST" if kept else "",
        kept_apart=kept_apart(application, submitted.loaded.documents, user=user),
        references=request_lines(application, user=user) if Part.CONTACT in reads else (),
        files=files(submitted, reads, may_ask=access.may_grant(user)),
        buttons=buttons(application, user=user, at=at),
        history=history(application) if Part.HISTORY in reads else (),
        changes=change_lines(application, user=user) if Part.WORK in reads else (),
        notes=notes(application) if Part.NOTES in reads else (),
        mails=mails(application, user=user) if Part.MAILS in reads else (),
        withheld=withheld(application, user=user, at=at),
        reads=reads,
        visits=visit_lines(application) if Part.HISTORY in reads else (),
    )


def shown_parts(shown: tuple[ShownPart, ...], reads: frozenset[Part]) -> tuple[ShownPart, ...]:
    """Leave out what tells how to reach people, for those who only judge."""
    if Part.CONTACT in reads:
        return shown
    return tuple(part for part in shown if part.key not in CONTACTS)


def with_files(shown: tuple[ShownPart, ...]) -> tuple[ShownPart, ...]:
    """Put the heading of the files before the last part; what is kept apart has no heading."""
    shown = tuple(part for part in shown if not part.apart)
    return (*shown[:-1], ShownPart(DOCUMENTS, "Documents", ()), *shown[-1:])


def files(submitted: Submitted, reads: frozenset[Part], *, may_ask: bool) -> tuple[FileSlot, ...]:
    """List the slots that were filled; what is sensitive is kept apart from this page."""
    hidden = () if Part.PAPERS in reads else access.PAPERS
    return tuple(
        FileSlot(
            state.title,
            tuple(_file(document, may_ask=may_ask) for document in state.documents),
            changed=state.slot in submitted.changed_files,
        )
        for state in slots.states(submitted.loaded)
        if not state.sensitive and state.slot not in hidden and (state.documents or state.missing)
    )


def _file(document: Document, *, may_ask: bool) -> File:
    pages = "1 page" if document.pages == 1 else f"{document.pages} pages"
    detail = f"{pages}, {filesizeformat(document.size)}, {short_time(document.received_at)} HST"
    why = access.why_not_opened(document)
    url = "" if why else reverse("applications:document", args=[document.key])
    ask_url = "" if document.counts or not may_ask else asking_for(document)
    return File(document.name, url, detail, why, ask_url)


def buttons(application: Application, *, user: User, at: datetime) -> tuple[Button, ...]:
    moves = workflow.possible_moves(
        application, actors=access.actors_in(user, application), at=at, by=user
    )
    return tuple(
        Button(
            move.label,
            reverse("admin:applications_application_move", args=[application.pk, move.target]),
            ends=move.needs_reason,
        )
        for move in moves
    )


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


def withheld(application: Application, *, user: User, at: datetime) -> tuple[RecordedLine, ...]:
    """List what is recorded, for the program office alone."""
    if not access.may_release(user):
        return ()
    return tuple(
        RecordedLine(
            words=f"Recorded: {row.get_outcome_display().lower()}",
            beneath=f"{short_time(row.recorded_at)} HST, {row.recorded_by.email}",
            url=reverse("admin:applications_resultbatch_change", args=[row.batch.pk]),
        )
        for row in results.recorded_for(application, at=at)
    )


def notes(application: Application) -> tuple[NoteLine, ...]:
    rows: list[Note] = list(application.notes.select_related("by"))
    return tuple(NoteLine(f"{short_time(note.at)} HST", note.by.email, note.text) for note in rows)


def mails(application: Application, *, user: User) -> tuple[MailLine, ...]:
    """List the mails about the application, by the keys they were queued under; no words."""
    pk = application.pk
    about = Q(key=f"confirmation:{pk}") | Q(key__startswith=f"withdrawn:{pk}:")
    for kind in (
        *("lapsed", "correction", "changed", "document_refused", "part_asked"),
        *("moved", "late_reply", "reply_reminder", "interview_time"),
    ):
        about |= Q(key__startswith=f"{kind}:{pk}:")
    rows = OutgoingMail.objects.filter(about).order_by("pk")
    reads = user.has_perm("mail.view_outgoingmail")
    return tuple(
        MailLine(
            kind=row.kind.replace("_", " ").capitalize(),
            chip=Chip(MAIL_CHIPS[MailState(row.state)], str(MailState(row.state).label)),
            when=f"{short_time(row.sent_at or row.created_at)} HST",
            url=reverse("admin:mail_outgoingmail_change", args=[row.pk]) if reads else "",
        )
        for row in rows.defer("text", "html")
    )
