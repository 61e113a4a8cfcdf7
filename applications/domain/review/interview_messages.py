"""An interview in words, as its applicant reads them, and as an entry for a calendar."""

from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event

from applications.domain.mailing.wordings import written
from applications.models import Application, Interview, Status
from jetportal.mail.message import Attachment, Message
from positions.deadlines import HST, in_words
from positions.models import InterviewMode


@dataclass(frozen=True, slots=True)
class Invitation:
    """`starts` is on the clock it was set by, `elsewhere` on that of the round where it differs.

    `where` is link and place in one.
    """

    position: str
    round_title: str
    reference: str
    starts: str
    elsewhere: str
    minutes: int
    online: bool
    link: str
    place: str
    where: str
    location: str
    address: str
    again: bool
    confirmed: bool
    demonstration: bool


def both_clocks(interview: Interview) -> tuple[str, str]:
    """Write when it begins, on its own clock and, where that is another, in Hawaii."""
    own = ZoneInfo(interview.zone)
    starts = in_words(interview.starts_at, own)
    hawaii = in_words(interview.starts_at, HST)
    return starts, "" if hawaii == starts else hawaii


def invitation(interview: Interview, application: Application, *, again: bool) -> Message:
    """Write date, time and place; `again` where they replace earlier ones.

    The entry for a calendar comes with it, whatever the words are.
    """
    message = written("interview_time", application, facts(interview, application, again=again))
    attached = Attachment("interview.ics", "text/calendar", entry(interview, application))
    return replace(message, attachment=attached)


def reminder(interview: Interview, application: Application) -> Message:
    """Write date, time and place once more, and ask for what was not confirmed."""
    context = facts(interview, application, again=False)
    return written("interview_reminder", application, context)


def facts(interview: Interview, application: Application, *, again: bool) -> Invitation:
    starts, elsewhere = both_clocks(interview)
    return Invitation(
        position=application.position_id or "",
        round_title=application.round.title,
        reference=application.reference_shown,
        starts=starts,
        elsewhere=elsewhere,
        minutes=interview.minutes,
        online=interview.mode == InterviewMode.ONLINE,
        link=interview.link,
        place=interview.place,
        where=", ".join(part for part in (interview.link, interview.place) if part),
        location=str(application.consulate),
        address=f"{settings.SITE_URL}{reverse('applications:receipt', args=[application.key])}",
        again=again,
        confirmed=application.standing == Status.INTERVIEW_CONFIRMED,
        demonstration=application.round.is_demonstration,
    )


def entry(interview: Interview, application: Application) -> str:
    """Write the calendar entry: a later one with the same UID replaces the earlier."""
    event = Event()
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    event.add("uid", f"interview-{application.key}@{host}")
    event.add("sequence", interview.sequence)
    event.add("dtstamp", interview.set_at.astimezone(UTC))
    event.add("dtstart", interview.starts_at.astimezone(UTC))
    event.add("dtend", interview.starts_at.astimezone(UTC) + timedelta(minutes=interview.minutes))
    event.add("summary", f"JET Program interview, {application.reference_shown}")
    event.add("location", interview.link or interview.place)
    event.add("status", "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//JET Program//Interviews//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    text: str = calendar.to_ical().decode()
    return text
