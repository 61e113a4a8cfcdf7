"""Deadlines as iCalendar (RFC 5545): real instants in UTC, which every calendar shows right."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from positions.deadlines import last_minute
from positions.feeds.facts import (
    address_of,
    changed_at,
    changes_so_far,
    host,
    is_cancelled,
    news,
    title_of,
)
from positions.models import RecruitmentRound

CONTENT_TYPE = "text/calendar; charset=utf-8; method=PUBLISH"
REMIND_BEFORE = timedelta(days=3)
ASK_AGAIN = timedelta(hours=1)


def calendar(rounds: Iterable[RecruitmentRound], at: datetime) -> bytes:
    """Write the deadlines of published rounds (from `with_vacancies()`) as of `at`.

    Calendars recognize an event by its UID and take the one with the higher SEQUENCE, so both come
    from the round: its address, and how often it has changed.
    """
    made = Calendar()
    made.add("prodid", "-//JET Program//Rounds//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", "JET Program deadlines")
    made.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    for round_ in rounds:
        made.add_component(_deadline(round_, at))
    text: bytes = made.to_ical()
    return text


def _deadline(round_: RecruitmentRound, at: datetime) -> Event:
    """Make the event: the last minute that counts, which ends as the round does."""
    cancelled = is_cancelled(round_, at)
    event = Event()
    event.add("uid", f"deadline-{round_.slug}@{host()}")
    event.add("sequence", changes_so_far(round_))
    event.add("dtstamp", changed_at(round_).astimezone(UTC))
    event.add("last-modified", changed_at(round_).astimezone(UTC))
    event.add("dtstart", last_minute(round_.closes_at).astimezone(UTC))
    event.add("dtend", round_.closes_at.astimezone(UTC))
    event.add("summary", f"Last minute to apply: {title_of(round_)}")
    event.add("description", "\n".join(news(round_, at)))
    event.add("url", address_of(round_))
    event.add("organizer", _organizer())
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    if not cancelled:
        event.add_component(_reminder(round_))
    return event


def _organizer() -> vCalAddress:
    organizer = vCalAddress(f"mailto:{settings.SUPPORT_EMAIL}")
    organizer.params["CN"] = vText("JET Program")
    return organizer


def _reminder(round_: RecruitmentRound) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"Three days left to apply: {title_of(round_)}")
    alarm.add("trigger", -REMIND_BEFORE)
    return alarm
