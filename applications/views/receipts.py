"""What the receipt page says: when it arrived, where it stands, what comes next."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from applications.domain import corrections, permitted, workflow
from applications.domain.form import freezing
from applications.domain.moves import UNDO_WITHDRAWAL, Actor, Move
from applications.models import ENDS, Application, Status
from applications.views.corrections import request_rows
from applications.views.rows import status_chip
from positions.clocks import duration_in_words, received_clocks, stamp
from positions.deadlines import in_words

BEFORE_INTERVIEW = (Status.SUBMITTED, Status.IN_SCREENING)
INTERVIEW_AHEAD = (Status.INTERVIEW_OFFERED, Status.INTERVIEW_CONFIRMED)
GROUP = 4

WORDS = {
    Status.SUBMITTED: "We have your application.",
    Status.INCOMPLETE: "Your application is incomplete.",
    Status.INELIGIBLE: "Your application does not meet the requirements.",
    Status.IN_SCREENING: "Your application is in screening.",
    Status.INTERVIEW_OFFERED: "You are invited to an interview.",
    Status.INTERVIEW_CONFIRMED: "Your interview is confirmed.",
    Status.INTERVIEWED: "You were interviewed.",
    Status.ABSENT: "You were not at the interview.",
    Status.SHORT_LISTED: "You are short-listed.",
    Status.ALTERNATE: "You are an alternate.",
    Status.ALTERNATE_KEPT: "Your place on the alternate list is kept.",
    Status.LIST_CLOSED: "The alternate list is closed.",
    Status.NOT_SELECTED: "You were not selected.",
    Status.ACCEPTED: "You accepted the offer.",
    Status.DECLINED: "You declined the offer.",
    Status.PLACED: "You have a placement.",
    Status.DEPARTED: "You have departed.",
    Status.WITHDRAWN: "Your application is withdrawn.",
    Status.DISQUALIFIED: "Your application is disqualified.",
}


@dataclass(frozen=True, slots=True)
class Station:
    title: str
    when: str
    state: str
    now: str = ""


def receipt_context(
    application: Application, *, at: datetime, zone: ZoneInfo | None, interview: str = ""
) -> dict[str, object]:
    """Collect the values of `applications/receipt.html`; `interview` is when theirs begins."""
    received, round_ = application.submitted_at, application.round
    if received is None:
        raise ValueError("only what was sent has a receipt")
    status = workflow.shown_status(application, at=at)
    frozen = freezing.current(application)
    moves = permitted.possible_moves(application, actors={Actor.APPLICANT}, at=at)
    rows = request_rows(application, at=at, zone=zone)
    return {
        "application": application,
        "status": status,
        "headline": WORDS[status],
        "chip": status_chip(status),
        "ended": status in ENDS,
        "clocks": received_clocks(
            received, closes_at=application.ends_at, zone=zone, deciding=round_.zoneinfo
        ),
        "before": duration_in_words(application.ends_at - received, units=2),
        "stamp": stamp(received, round_.zoneinfo),
        "fingerprint": grouped(frozen.digest) if frozen else "",
        "stations": stations(application, status, at=at, interview=interview),
        "answers": [move for move in moves if is_answer(move)],
        "may_change": corrections.may_change(application),
        "open_parts": [row for row in rows if row.url and not row.by_office],
        "asked_parts": [row for row in rows if row.url and row.by_office],
        "may_withdraw": any(move.target == Status.WITHDRAWN for move in moves),
        "may_take_back": status == Status.WITHDRAWN and bool(moves),
        "take_back_until": both_times(
            application.status_at + UNDO_WITHDRAWAL, zone=zone, deciding=round_.zoneinfo
        ),
        "own_end": application.ends_at > round_.closes_at,
    }


def both_times(instant: datetime, *, zone: ZoneInfo | None, deciding: ZoneInfo) -> str:
    """Write an instant in the zone of the round and, where it is another, in the reader's."""
    words = in_words(instant, deciding)
    return words if zone in {None, deciding} else f"{words} ({in_words(instant, zone)})"


def grouped(digest: str) -> str:
    """Write a fingerprint in groups that can be compared by eye."""
    return " ".join(digest[start : start + GROUP] for start in range(0, len(digest), GROUP))


def is_answer(move: Move) -> bool:
    """Tell whether the move answers what we asked; withdrawing and replies have pages."""
    return Status.WITHDRAWN not in (move.source, move.target) and not move.is_reply


def stations(
    application: Application, status: Status, *, at: datetime, interview: str
) -> list[Station]:
    """List the way of an application from arrival to interview; dates not known stay open."""
    round_ = application.round
    closed = at >= round_.closes_at
    received = application.submitted_at
    waits = status == Status.SUBMITTED
    screened = status not in BEFORE_INTERVIEW
    return [
        Station(
            "Your application is in",
            in_words(received, round_.zoneinfo) if received else "",
            "done",
        ),
        Station("The round closes", round_.deadline, _state(done=closed, is_next=waits)),
        Station(
            "We check that it is complete",
            "If something is missing we write to you",
            _state(done=screened, is_next=closed or not waits, otherwise="unknown"),
            now="" if waits or screened else "in screening",
        ),
        Station(
            "Interview",
            f"{interview or round_.interviews or 'The date is to be announced'}. "
            f"Your location is {application.consulate}",
            _state(
                done=screened and status not in INTERVIEW_AHEAD,
                is_next=screened,
                otherwise="unknown",
            ),
        ),
    ]


def _state(*, done: bool, is_next: bool, otherwise: str = "ahead") -> str:
    if done:
        return "done"
    return "next" if is_next else otherwise
