"""The surfaces of this app: each hands a round and an instant to one place, and reads what it says.

They make what readers get, by the same functions, and look at it from outside, as a reader would.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import strip_tags
from icalendar import Calendar

from positions import surfaces
from positions.deadlines import ZONES, end_of_minute
from positions.domain import shelf
from positions.feeds import api, atom, calendar, posting
from positions.models import RecruitmentRound
from positions.surfaces import Shown
from positions.views import round_context, rounds_context

ENTRY = "{http://www.w3.org/2005/Atom}entry"
SUMMARY = "{http://www.w3.org/2005/Atom}summary"
STATELESS = frozenset({surfaces.END, surfaces.WORDS})  # true copies name no state
CLOSES = re.compile(r'data-closes="([^"]+)"')
ROW_STATE = re.compile(r'data-state="([^"]+)"')
ROW = re.compile(r'<li class="row-round".*?</li>', re.DOTALL)
# "Deadline: Friday, April 5, 2024 11:59 PM HST", with what stands before it and between its parts.
DEADLINE = re.compile(
    r"(?:Closes|Closed|Deadline:?|Deadline\. Done\.|by) "
    r"(\w+day, \w+ \d{1,2}, \d{4}),? (\d{1,2}:\d\d) ([AP]M) ([\w+-]+)"
)


def register() -> None:
    surfaces.register("page of the round", page)
    surfaces.register("list of rounds", row)
    surfaces.register("JSON", in_json)
    surfaces.register("Atom feed", in_feed, tells=STATELESS)
    surfaces.register("iCalendar", in_calendar, tells=STATELESS)
    surfaces.register("structured data", structured, concerns=posting.is_offered)


def page(round_: RecruitmentRound, at: datetime) -> Shown:
    context = {**round_context(round_, at=at, zone=None), "zones": ZONES.items()}
    text = render_to_string("positions/round.html", {**context, "understood": True})
    start = f'href="{reverse("applications:start", args=[round_.slug])}"'
    return Shown(closing(text), accepts=start in text, words=deadline_in(text))


def row(round_: RecruitmentRound, at: datetime) -> Shown:
    found = shelf.arranged([round_], at)
    context = rounds_context(found, {}, at=at)
    rows = ROW.findall(render_to_string("positions/rounds.html", context))
    if not rows:
        return Shown(closes_at=None, accepts=False)
    state = ROW_STATE.search(rows[0])
    accepts = state is not None and state[1] in {"open", "soon"}
    return Shown(closing(rows[0]), accepts=accepts, words=deadline_in(rows[0]))


def in_json(round_: RecruitmentRound, at: datetime) -> Shown:
    """Judge as the documentation tells its readers to: the list itself names no state."""
    told = json.loads(api.document([round_], at))["rounds"][0]
    closes_at = datetime.fromisoformat(told["closes_at"])
    begun = _come(told["published_at"], at) and _come(told["opens_at"] or told["published_at"], at)
    accepts = begun and at < closes_at and not told["cancelled"]
    return Shown(closes_at, accepts=accepts, words=deadline_in(f"Closes {told['deadline']}"))


def _come(instant: str | None, at: datetime) -> bool:
    return instant is not None and datetime.fromisoformat(instant) <= at


def in_feed(round_: RecruitmentRound, at: datetime) -> Shown:
    """Read the words: a feed names the deadline in no other way."""
    root = ET.fromstring(atom.feed([round_], at))  # noqa: S314  the feed is our own
    words = deadline_in(root.findtext(f"{ENTRY}/{SUMMARY}", ""))
    return Shown(instant_in(words, round_), accepts=None, words=words)


def in_calendar(round_: RecruitmentRound, at: datetime) -> Shown:
    event: Mapping[str, Any] = Calendar.from_ical(calendar.calendar([round_], at)).walk("VEVENT")[0]
    end: datetime = event["DTEND"].dt
    return Shown(end, accepts=None, words=deadline_in(str(event["DESCRIPTION"])))


def structured(round_: RecruitmentRound, at: datetime) -> Shown:
    """Read the job posting; a round that may have one offers it exactly while it is open."""
    text = posting.script(round_, at)
    if not text:
        return Shown(closes_at=None, accepts=False if posting.is_offered(round_) else None)
    told = json.loads(text)
    words = deadline_in(told["description"])
    return Shown(datetime.fromisoformat(told["validThrough"]), accepts=True, words=words)


def closing(text: str) -> datetime | None:
    """Return the instant that a page hands to its script as the end."""
    found = CLOSES.search(text)
    return datetime.fromisoformat(found[1]) if found else None


def deadline_in(text: str) -> str:
    """Return the deadline that a text names, written as on every page; "" where it names none."""
    words = " ".join(strip_tags(text.replace("\u00a0", " ")).split())
    found = DEADLINE.search(words)
    return "{}, {}\u00a0{}\u00a0{}".format(*found.groups()) if found else ""


def instant_in(words: str, round_: RecruitmentRound) -> datetime | None:
    """Return the end of the minute that `words` name in the zone of the round."""
    if not words:
        return None
    day, _, clock = words.rpartition(", ")
    time, meridiem, _ = clock.split("\u00a0")
    wall = datetime.strptime(f"{day} {time} {meridiem}", "%A, %B %d, %Y %I:%M %p")  # noqa: DTZ007  wall time
    return end_of_minute(wall, round_.zoneinfo)
