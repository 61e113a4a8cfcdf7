"""What applicants read of a deadline, and what decides: three surfaces for the drill of a round.

Each is asked through the function its page, its mail or its sending uses; see `positions.surfaces`.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string

from applications.domain import messages, workflow
from applications.domain.errors import RoundClosed
from applications.models import Application
from applications.views.start import start_context
from positions import surfaces
from positions.deadlines import HST
from positions.feeds.readings import closing, instant_in
from positions.models import Consulate, RecruitmentRound
from positions.surfaces import ACCEPTS, END, WORDS, Shown

START = 'type="submit">Start my application<'
DEADLINE = re.compile(r"^Deadline: +(.+)$", re.MULTILINE)


def register() -> None:
    surfaces.register("application form", form, tells=frozenset({END, ACCEPTS}))
    surfaces.register("verdict of sending", verdict, tells=frozenset({ACCEPTS}))
    surfaces.register("confirmation mail", confirmation, tells=frozenset({END, WORDS}))


def form(round_: RecruitmentRound, at: datetime) -> Shown:
    """Read the page on which an application begins."""
    context = start_context(round_, until=None, at=at, zone=HST)
    text = render_to_string("applications/start.html", context)
    return Shown(closing(text), accepts=START in text)


def verdict(round_: RecruitmentRound, at: datetime) -> Shown:
    """Ask what sending asks first, for somebody without an end of their own."""
    try:
        workflow.require_open(round_, at)
    except RoundClosed as refusal:
        return Shown(refusal.closes_at, accepts=False)
    return Shown(closes_at=None, accepts=True)


def confirmation(round_: RecruitmentRound, at: datetime) -> Shown:
    """Read the mail of an application that arrived at `at`; it says nothing of being open."""
    vacancies = list(round_.vacancies.all())
    application = Application(
        round=round_,
        position=vacancies[0].position if vacancies else None,
        consulate=Consulate(code="drill", name="Drill", zone=round_.zone),
        email="drill@example.org",
        submitted_at=at,
    )
    text = messages.confirmation(application, ZoneInfo(round_.zone)).text
    found = DEADLINE.search(text)
    words = found[1].strip() if found else ""
    return Shown(instant_in(words, round_), accepts=None, words=words)
