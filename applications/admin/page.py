"""What the page of one application shows, as values for its template."""

from dataclasses import dataclass
from datetime import datetime

from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from applications.admin.corrections import ChangeLine, change_lines
from applications.admin.letter_lines import RequestLine, request_lines
from applications.admin.record import (
    Entry,
    MailLine,
    NoteLine,
    history,
    mails,
    notes,
    visit_lines,
)
from applications.admin.sensitive import KeptApart, asking_for, kept_apart
from applications.admin.words import desk_chip, distance, short_time
from applications.domain import access, permitted
from applications.domain.access import Part
from applications.domain.files import slots
from applications.domain.form.doubts import all_doubts
from applications.domain.form.eligibility import as_kept, check_of
from applications.domain.form.submitted import ShownPart, Submitted, as_submitted
from applications.domain.names import applicant_name
from applications.domain.outcomes import results
from applications.domain.outcomes.standings import standing_since
from applications.models import Application, Document
from applications.sections.registry import DOCUMENTS, REFERENCES
from applications.sections.warnings import Warned
from applications.views.verdicts import ShownResult, shown_result
from jetportal.accounts.models import User
from positions.clockwords import Chip
from positions.deadlines import HST, in_words, in_words_to_the_second

CONTACTS = frozenset({"contact", REFERENCES})


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
        chip=desk_chip(application.standing),
        since=in_words(standing_since(application), HST),
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
    moves = permitted.possible_moves(
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
