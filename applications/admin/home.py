"""The home of the desk: what waits for somebody, by round, with links to the filtered lists."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from applications.admin.staff import arrival, staff
from applications.admin.words import short_time
from applications.domain import access, mail_log
from applications.domain.outcomes import seats
from applications.domain.review import interviews, overview, queues
from applications.domain.review.overview import RoundCounts
from applications.domain.review.queues import State
from applications.models import InterviewSheet, Status
from jetportal.accounts.models import User
from jetportal.deskhome import bring_home
from jetportal.mail import hiding
from jetportal.mail.models import MailState, OutgoingMail
from positions.deadlines import deadline_in_words
from positions.models import RecruitmentRound

DAY = timedelta(days=1)
MOST_MAILS = 1000  # counted no further
WIDTH, HEIGHT, GAP = 600, 120, 2  # of the chart, in its own units

WAITING: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("New", (("status", Status.SUBMITTED),)),
    ("In screening", (("status", Status.IN_SCREENING),)),
    ("Interview offered", (("status", Status.INTERVIEW_OFFERED),)),
    ("To interview", (("status", Status.INTERVIEW_CONFIRMED),)),
    ("Interviewed, to decide", (("status", Status.INTERVIEWED),)),
    ("Incomplete", (("status", Status.INCOMPLETE),)),
    ("A letter is missing", (("letters", "missing"),)),
    ("Something is missing or unclear", (("check", "trouble"),)),
    ("A file was refused by the scanner", (("documents", "refused"),)),
    ("Asks to correct something", (("correction", "waiting"),)),
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One number that waits, with the list that shows the same rows."""

    words: str
    number: int
    url: str


@dataclass(frozen=True, slots=True)
class DateLine:
    words: str
    when: str
    far: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: a bar of the chart and a row of its table."""

    day: str
    number: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class RoundPanel:
    round: RecruitmentRound
    total: int
    url: str
    tiles: tuple[Tile, ...]
    dates: tuple[DateLine, ...]
    bars: tuple[Bar, ...]
    busiest: int


def home(request: HttpRequest) -> dict[str, Any]:
    """Collect what the home shows to this person; nothing for those without the list."""
    user, at = staff(request), arrival(request)
    context: dict[str, Any] = {}
    if user.has_perm("mail.view_outgoingmail"):
        context["failed_mails"] = failed_mails(user)
        address = reverse("admin:mail_outgoingmail_changelist")
        context["failed_mails_url"] = f"{address}?state__exact={MailState.FAILED.value}"
    if access.may_judge(user):
        context["mine"] = judging_tiles(user, at=at)
    if not access.may_review(user):
        return context
    rounds = overview.rounds_shown(at=at)
    counted = overview.counts(user, rounds, at=at)
    offers = seats.to_offer_again(rounds, at=at) if access.may_release(user) else {}
    return {
        **context,
        "panels": [
            panel(round_, counted[round_.slug], offers=offers.get(round_.slug, 0), at=at)
            for round_ in rounds
        ],
        "counted_at": f"{short_time(at)} HST",
        "openings": [
            (row.application, f"{short_time(row.at)} HST", row.by.email, row.reason)
            for row in overview.openings_of(user, at=at)
        ],
    }


def failed_mails(user: User) -> int:
    """Count the failed mails the user may see; the rule is asked only where there are any."""
    failed = OutgoingMail.objects.filter(state=MailState.FAILED)
    if not failed.exists():
        return 0
    return hiding.seen_by(user.pk, failed)[:MOST_MAILS].count()


def judging_tiles(user: User, *, at: datetime) -> list[Tile]:
    """List what somebody has to judge: files to score, interviews ahead, result sheets to write."""
    turns = [turn.state for turn in queues.turns_of(user)]
    panels = interviews.before_panel_of(user)
    begun = [row.pk for row in panels if row.starts_at <= at]
    written = InterviewSheet.objects.filter(by=user, interview__in=begun).count()
    numbers = {
        "To score": turns.count(State.TO_SCORE) + turns.count(State.ASKED),
        "Interviews ahead": len(panels) - len(begun),
        "Result sheets to write": len(begun) - written,
    }
    url = reverse("admin:applications_assignment_changelist")
    return [Tile(words, number, url) for words, number in numbers.items() if number > 0]


def panel(
    round_: RecruitmentRound, counted: RoundCounts, *, offers: int, at: datetime
) -> RoundPanel:
    return RoundPanel(
        round=round_,
        total=counted.total,
        url=list_url(round_),
        tiles=(*tiles(round_, counted), *seat_tiles(round_, offers)),
        dates=dates(round_, counted, at=at),
        bars=bars(counted.days),
        busiest=max((number for _day, number in counted.days), default=0),
    )


def tiles(round_: RecruitmentRound, counted: RoundCounts) -> tuple[Tile, ...]:
    """List what is there to do; what is not there is left out."""
    others = {
        "letters": counted.letters,
        "check": counted.unclear,
        "correction": counted.corrections,
        "documents": counted.refused,
    }
    every = (
        Tile(
            words,
            others.get(query[0][0], counted.by_status.get(query[0][1], 0)),
            list_url(round_, *query),
        )
        for words, query in WAITING
    )
    return tuple(tile for tile in every if tile.number)


def seat_tiles(round_: RecruitmentRound, offers: int) -> tuple[Tile, ...]:
    """Tell of seats that an alternate can be offered, where there are any."""
    if not offers:
        return ()
    words = "Seat to offer to an alternate" if offers == 1 else "Seats to offer to alternates"
    return (
        Tile(words, offers, reverse("admin:applications_resultbatch_seats", args=[round_.slug])),
    )


def list_url(round_: RecruitmentRound, *query: tuple[str, str]) -> str:
    words = urlencode([("round", round_.slug), *((name, str(value)) for name, value in query)])
    return f"{reverse('admin:applications_application_changelist')}?{words}"


def dates(round_: RecruitmentRound, counted: RoundCounts, *, at: datetime) -> tuple[DateLine, ...]:
    known = overview.dates_of(round_, counted)
    named = (
        ("Deadline", known.closes),
        ("Letters end", known.letters),
        ("Next answer is due", known.replies),
        ("Alternate list ends", known.alternates),
    )
    return tuple(
        DateLine(words, deadline_in_words(instant, round_.zoneinfo), far(instant, at=at))
        for words, instant in named
        if instant is not None
    )


def far(instant: datetime, *, at: datetime) -> str:
    """Write how many days there are to an instant, or since: "in 12 days", "3 days ago"."""
    days = abs(instant - at) // DAY
    told = {0: "less than a day", 1: "1 day"}.get(days, f"{days} days")
    return f"in {told}" if at < instant else f"{told} ago"


def bars(days: tuple[tuple[date, int], ...]) -> tuple[Bar, ...]:
    """Draw every day from the first to the last, the empty ones too; at most as many as shown."""
    if not days:
        return ()
    last = days[-1][0]
    first = max(days[0][0], last - (overview.SHOWN_DAYS - 1) * DAY)
    numbers, most = dict(days), max(number for _day, number in days)
    span = (last - first).days + 1
    step = WIDTH / max(span, 14)
    return tuple(
        Bar(
            day=f"{day:%a}, {day:%b}\u00a0{day.day}, {day.year}",
            number=number,
            x=round(place * step, 2),
            y=round(HEIGHT - HEIGHT * number / most, 2),
            width=round(step - GAP, 2),
            height=round(HEIGHT * number / most, 2),
        )
        for place in range(span)
        for day in (first + place * DAY,)
        for number in (numbers.get(day, 0),)
    )


bring_home(home)
hiding.bring_rule(mail_log.without_known)
