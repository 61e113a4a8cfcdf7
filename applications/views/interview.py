"""The interview as its applicant sees it: when on which clocks, where, and for the calendar."""

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from applications.domain.review import interview_messages, interviews
from applications.models import Application, Interview, Status
from applications.views.common import applicant_page, own
from jetportal.requests import SignedInRequest
from positions.deadlines import in_words
from positions.models import InterviewMode


@dataclass(frozen=True, slots=True)
class ShownInterview:
    """`starts` is on the clock it was set by; `clocks` are others, each with whose it is."""

    starts: str
    clocks: tuple[tuple[str, str], ...]
    minutes: int
    mode: str
    link: str
    place: str
    confirmed: bool


def shown_interview(application: Application, *, zone: ZoneInfo | None) -> ShownInterview | None:
    """Return the interview that is ahead; one query, and only for those who are invited."""
    interview = _ahead(application)
    if interview is None:
        return None
    return ShownInterview(
        starts=in_words(interview.starts_at, ZoneInfo(interview.zone)),
        clocks=_clocks(interview, application, zone),
        minutes=interview.minutes,
        mode=str(InterviewMode(interview.mode).label),
        link=interview.link,
        place=interview.place,
        confirmed=application.standing == Status.INTERVIEW_CONFIRMED,
    )


def _ahead(application: Application) -> Interview | None:
    return interviews.of(application) if application.standing in interviews.INVITED else None


def _clocks(
    interview: Interview, application: Application, zone: ZoneInfo | None
) -> tuple[tuple[str, str], ...]:
    """Write the same instant for the reader and at the place, where a clock there differs."""
    office = application.consulate
    known = [("For you", zone)] if zone else []
    if office is not None:
        known.append((f"In {office.city}", ZoneInfo(office.zone)))
    told = {in_words(interview.starts_at, ZoneInfo(interview.zone))}
    clocks = []
    for whose, where in known:
        words = in_words(interview.starts_at, where)
        if words not in told:
            clocks.append((whose, words))
            told.add(words)
    return tuple(clocks)


@require_safe
@applicant_page
def calendar(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Hand over the entry for a calendar; a later one replaces it there."""
    application = own(request, key)
    interview = _ahead(application)
    if interview is None:
        raise Http404
    return HttpResponse(
        interview_messages.entry(interview, application),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="interview.ics"'},
    )
