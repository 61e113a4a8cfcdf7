"""The table of moves: which status may follow which, by whom, under which condition.

Source: the program's own order of events; the graph is the specification, and a test holds that
every status has its row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from applications.models import LIVE, UNSENT, Application, ResultSettings, Status
from positions.deadlines import deadline_in_words

S = Status
UNDO_WITHDRAWAL = timedelta(hours=24)
UPGRADE = "Upgrade to short-listed"


class Actor(StrEnum):
    APPLICANT = "applicant"
    COORDINATOR = "coordinator"
    PROGRAM_OFFICE = "program office"
    SYSTEM = "system"


Condition = Callable[[Application, datetime], str | None]


def always(application: Application, at: datetime) -> str | None:
    return None


def after_close(application: Application, at: datetime) -> str | None:
    if at >= application.round.closes_at:
        return None
    return f"This is possible after the deadline, {application.round.deadline}."


def while_the_list_runs(application: Application, at: datetime) -> str | None:
    """Ask the settings of the round, also between the end of its list and the job that closes it.

    Lists select `round__result_settings`; otherwise it costs a query.
    """
    settings: ResultSettings | None = getattr(application.round, "result_settings", None)
    if settings is None or settings.alternates_until is None or not settings.has_ended(at):
        return None
    ended = deadline_in_words(settings.alternates_until, application.round.zoneinfo)
    return f"The alternate list of this round ended {ended}. Nobody is upgraded any more."


def within_a_day(application: Application, at: datetime) -> str | None:
    if at < application.status_at + UNDO_WITHDRAWAL:
        return None
    return "A withdrawal can be taken back within 24 hours. That time is over."


@dataclass(frozen=True, slots=True)
class Move:
    """One legal move. `label` is the button; `condition` returns why not, or None.

    `or_by` may make the move, too, in a way of their own. A result is recorded first and released
    with others; a reply answers one, before its deadline.
    """

    source: Status
    target: Status
    actor: Actor
    label: str
    condition: Condition = always
    needs_reason: bool = False
    or_by: frozenset[Actor] = frozenset()
    is_result: bool = False
    is_reply: bool = False

    @property
    def actors(self) -> frozenset[Actor]:
        return self.or_by | {self.actor}


LIVE_AND_SENT = tuple(status for status in LIVE if status not in UNSENT)

OFFICE = Actor.PROGRAM_OFFICE
# What was kept of a late submit: by an approved late grant, or once an extension puts it in time.
ADMITTING = frozenset({OFFICE, Actor.SYSTEM})
MOVES: tuple[Move, ...] = (
    Move(S.DRAFT, S.SUBMITTED, Actor.APPLICANT, "Send my application", or_by=ADMITTING),
    Move(S.LAPSED, S.SUBMITTED, Actor.APPLICANT, "Send my application", or_by=ADMITTING),
    Move(S.DRAFT, S.LAPSED, Actor.SYSTEM, "Lapse"),
    Move(S.LAPSED, S.DRAFT, Actor.SYSTEM, "Revive"),
    Move(S.SUBMITTED, S.INCOMPLETE, OFFICE, "Mark incomplete", after_close, needs_reason=True),
    Move(S.SUBMITTED, S.INELIGIBLE, OFFICE, "Mark ineligible", needs_reason=True),
    Move(S.SUBMITTED, S.IN_SCREENING, OFFICE, "Move to in screening"),
    Move(S.IN_SCREENING, S.INTERVIEW_OFFERED, OFFICE, "Offer an interview", is_result=True),
    Move(S.IN_SCREENING, S.NOT_SELECTED, OFFICE, "Not selected", is_result=True),
    Move(S.INTERVIEW_OFFERED, S.INTERVIEW_CONFIRMED, Actor.APPLICANT, "Confirm my interview"),
    Move(S.INTERVIEW_CONFIRMED, S.INTERVIEWED, Actor.COORDINATOR, "Mark interviewed"),
    Move(S.INTERVIEW_CONFIRMED, S.ABSENT, Actor.COORDINATOR, "Mark absent"),
    Move(S.INTERVIEWED, S.SHORT_LISTED, OFFICE, "Short-list", is_result=True),
    Move(S.INTERVIEWED, S.ALTERNATE, OFFICE, "Make alternate", is_result=True),
    Move(S.INTERVIEWED, S.NOT_SELECTED, OFFICE, "Not selected", is_result=True),
    Move(S.SHORT_LISTED, S.ACCEPTED, Actor.APPLICANT, "Accept the offer", is_reply=True),
    Move(S.SHORT_LISTED, S.DECLINED, Actor.APPLICANT, "Decline the offer", is_reply=True),
    Move(
        S.ALTERNATE,
        S.ALTERNATE_KEPT,
        Actor.APPLICANT,
        "Stay on the alternate list",
        is_reply=True,
    ),
    Move(S.ALTERNATE, S.SHORT_LISTED, OFFICE, UPGRADE, while_the_list_runs),
    Move(S.ALTERNATE_KEPT, S.SHORT_LISTED, OFFICE, UPGRADE, while_the_list_runs),
    Move(S.ALTERNATE, S.LIST_CLOSED, Actor.SYSTEM, "Close the alternate list"),
    Move(S.ALTERNATE_KEPT, S.LIST_CLOSED, Actor.SYSTEM, "Close the alternate list"),
    Move(S.ACCEPTED, S.PLACED, OFFICE, "Record the placement"),
    Move(S.PLACED, S.DEPARTED, Actor.COORDINATOR, "Mark departed"),
    *(Move(s, S.WITHDRAWN, Actor.APPLICANT, "Withdraw") for s in LIVE_AND_SENT),
    *(Move(S.WITHDRAWN, s, Actor.APPLICANT, "Take it back", within_a_day) for s in LIVE_AND_SENT),
    *(Move(s, S.DISQUALIFIED, OFFICE, "Disqualify", needs_reason=True) for s in LIVE_AND_SENT),
)

ALLOWED: Mapping[Status, Mapping[Status, Move]] = MappingProxyType(
    {
        status: MappingProxyType({move.target: move for move in MOVES if move.source == status})
        for status in Status
    }
)
