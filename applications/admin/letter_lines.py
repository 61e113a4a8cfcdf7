"""Requests and letters in lines: for the page of a file, and for the page of one request."""

from dataclasses import dataclass

from django.db.models import Prefetch
from django.urls import reverse

from applications.admin.words import short_time
from applications.domain import access
from applications.domain.access import why_not_opened
from applications.domain.referees import references
from applications.models import (
    Application,
    Referee,
    RefereeKind,
    Reference,
    ReferenceRequest,
    RequestState,
)
from applications.models.application import ApplicationQuerySet
from applications.views.referee_rows import CHIPS
from jetportal.accounts.models import User
from positions.clockwords import Chip

PAGE = "admin:applications_application_reference"


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request on the page of a file; `url` leads to its page, for those who may act."""

    name: str
    chip: Chip
    detail: str
    when: str
    url: str


def with_letters(queryset: ApplicationQuerySet) -> ApplicationQuerySet:
    """Load what `letters_in` counts, in one more query at any size."""
    asked = Referee.objects.current()
    rows: ApplicationQuerySet = queryset.prefetch_related(
        Prefetch("referees", asked, to_attr="asked_now")
    )
    return rows


def letters_in(application: Application) -> str:
    """Write how many letters have come: "1 of 2"; rows must come from `with_letters`."""
    asked: list[Referee] = application.asked_now  # type: ignore[attr-defined]
    come = sum(referee.request.state == RequestState.RECEIVED for referee in asked)
    return f"{come} of {len(asked)}" if asked else ""


def request_lines(application: Application, *, user: User) -> tuple[RequestLine, ...]:
    """List the requests to those who are asked now: one query."""
    may_act = access.sees_every_consulate(user)
    return tuple(
        RequestLine(
            name=row.referee.name,
            chip=chip_of(row),
            detail=f"{kind_of(row)}, {row.referee.organization}",
            when=f"since {short_time(row.state_at)} HST",
            url=reverse(PAGE, args=[application.pk, row.pk]) if may_act else "",
        )
        for row in references.requests_of(application)
    )


@dataclass(frozen=True, slots=True)
class EventLine:
    words: str
    when: str
    who: str
    reason: str


def event_lines(row: ReferenceRequest) -> list[EventLine]:
    applicant = row.referee.application.applicant_id
    return [
        EventLine(
            words=event.get_to_state_display()
            if event.from_state == event.to_state
            else f"{event.get_from_state_display()} to {event.get_to_state_display().lower()}",
            when=f"{short_time(event.at)} HST",
            who=_who(event.by, applicant),
            reason=event.reason,
        )
        for event in row.events.select_related("by")
    ]


def _who(by: User | None, applicant: int) -> str:
    if by is None:
        return "the referee or the system"
    return "the applicant" if by.pk == applicant else by.email


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One letter on the page of its request; nothing of what it says."""

    pk: int
    words: str
    when: str
    through: str
    has_file: bool
    openings: tuple[str, ...]


def letter_lines(row: ReferenceRequest) -> list[LetterLine]:
    return [
        LetterLine(
            pk=letter.pk,
            words=_words(letter),
            when=f"{short_time(letter.received_at)} HST",
            through=letter.by.email if letter.by else "",
            has_file=bool(letter.file),
            openings=tuple(
                f"Opened {short_time(opening.at)} HST by {opening.by.email}"
                for opening in letter.openings.all()
            ),
        )
        for letter in row.letters.select_related("by").prefetch_related("openings__by")
    ]


def _words(letter: Reference) -> str:
    words = f"{letter.get_form_display()}, {letter.get_language_display()}"
    return f"{words}{_standing(letter)}{_scan(letter)}"


def _scan(letter: Reference) -> str:
    return f". {why_not_opened(letter)}" if letter.file and why_not_opened(letter) else ""


def _standing(letter: Reference) -> str:
    if letter.superseded_at:
        return " (no longer counts)"
    if letter.late:
        return " (late, counts)" if letter.counts else " (late, kept)"
    return ""


def chip_of(row: ReferenceRequest) -> Chip:
    state = RequestState(row.state)
    if row.kept_as_late:
        return Chip("soon", "Late, kept")
    return Chip(CHIPS[state], str(state.label))


def kind_of(row: ReferenceRequest) -> str:
    return RefereeKind(row.referee.kind).label.partition(":")[0]
