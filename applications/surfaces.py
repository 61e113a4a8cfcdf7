"""What applicants read of a deadline, and what decides: three surfaces for the drill of a round.

Each is asked through the function its page, its mail or its sending uses; see `positions.surfaces`.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string

from applications.domain import messages, windows
from applications.domain.errors import RoundClosed
from applications.domain.mailing.wordings import own_words
from applications.models import Application, WordingKind
from applications.views.start import start_context
from positions import surfaces
from positions.deadlines import HST, deadline_in_words, in_words
from positions.feeds.readings import closing, instant_in
from positions.models import Consulate, RecruitmentRound
from positions.surfaces import ACCEPTS, END, WORDS, Shown

START = 'type="submit">Start my application<'
DEADLINE = re.compile(r"^Deadline: +(.+)$", re.MULTILINE)
MOMENT = re.compile(r"[A-Z]\w+day, [A-Z]\w+ \d{1,2}, \d{4}, \d{1,2}:\d\d\u00a0[AP]M\u00a0[\w+-]+")


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
        windows.require_open(round_, at)
    except RoundClosed as refusal:
        return Shown(refusal.closes_at, accepts=False)
    return Shown(closes_at=None, accepts=True)


def confirmation(round_: RecruitmentRound, at: datetime) -> Shown:
    """Read the mail of an application that arrived at `at`; it says nothing of being open.

    It is read in the words that the office wrote for the round, where it wrote any.
    """
    vacancies = list(round_.vacancies.all())
    application = Application(
        round=round_,
        position=vacancies[0].position if vacancies else None,
        consulate=Consulate(code="drill", name="Drill", zone=round_.zone),
        email="drill@example.org",
        submitted_at=at,
    )
    if own := own_words(round_, WordingKind.CONFIRMATION):
        application.confirmation_words = {"subject": own.subject, "text": own.text}
    text = messages.confirmation(application, ZoneInfo(round_.zone)).text
    words = _deadline_in(text, round_, arrived=in_words(at, round_.zoneinfo))
    return Shown(instant_in(words, round_), accepts=None, words=words)


def _deadline_in(text: str, round_: RecruitmentRound, *, arrived: str) -> str:
    """Return the deadline that a confirmation names: in its line or, in own words, anywhere.

    Own words may name other moments beside it, such as when interviews begin; they name arrival.
    """
    line = DEADLINE.search(text)
    if line and (named := MOMENT.search(line[1])):
        return str(named[0])
    told: list[str] = MOMENT.findall(text)
    if (right := deadline_in_words(round_.closes_at, round_.zoneinfo)) in told:
        return right
    return next((words for words in told if words != arrived), "")
