"""How a request for a letter looks to its applicant: where it stands, when, what to do next."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from applications.domain.referees import reference_clock
from applications.domain.referees.reference_messages import FAILURES
from applications.models import Failure, RefereeKind, ReferenceRequest, RequestState
from applications.models.reference import OPEN
from positions.clockwords import Chip
from positions.deadlines import in_words
from positions.models import RecruitmentRound

S = RequestState
CHIPS = {
    S.DRAFT: "notstarted",
    S.SENT: "upcoming",
    S.FAILED: "failed",
    S.OPENED: "progress",
    S.IN_PROGRESS: "progress",
    S.RECEIVED: "complete",
    S.DECLINED: "missing",
    S.CANCELLED: "closed",
}
TROUBLE = (S.FAILED, S.DECLINED)
CANCELLED = "The request is closed. Nobody is asked any more."


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One referee, as `applications/references.html` takes it; the `may_...` are its buttons."""

    key: str
    name: str
    title: str
    who: str
    relation: str
    email: str
    chip: Chip
    sentence: str
    times: tuple[str, ...]
    next: str
    trouble: bool
    may_send: bool
    may_send_again: bool
    may_correct: bool
    may_replace: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose clocks: the round's own, and the reader's where it is known and another."""

    round: RecruitmentRound
    zone: ZoneInfo | None

    def times(self, label: str, instant: datetime) -> tuple[str, ...]:
        words = f"{label} {in_words(instant, self.round.zoneinfo)}"
        if self.zone is None or self.zone.key == self.round.zone:
            return (words,)
        return (words, f"For you: {in_words(instant, self.zone)}")


def letter_row(
    request: ReferenceRequest, reader: Reader, *, at: datetime, may_change: bool
) -> LetterRow:
    """Write one row; `request` comes from `requests_of`."""
    state, referee = RequestState(request.state), request.referee
    asking = may_change and reference_clock.accepts(request, at)
    waiting = state in OPEN
    sent = state not in (S.DRAFT, S.RECEIVED)
    return LetterRow(
        key=str(referee.key),
        name=referee.name,
        title=referee.title,
        who=f"{RefereeKind(referee.kind).label.partition(':')[0]}, {referee.organization}",
        relation=referee.relation,
        email=referee.email,
        chip=Chip(CHIPS[state], str(state.label)),
        sentence=sentence(request, state),
        times=times(request, state, reader),
        next=next_step(request, state, reader, at=at, asking=asking),
        trouble=state in TROUBLE,
        may_send=asking and state == S.DRAFT,
        may_send_again=asking and waiting and request.failure == Failure.NONE,
        may_correct=asking and state in (S.SENT, S.FAILED),
        may_replace=asking and sent,
    )


def sentence(request: ReferenceRequest, state: RequestState) -> str:
    if request.kept_as_late:
        return (
            "A letter came after the deadline. It is kept, and the program office decides "
            "whether it counts."
        )
    return {
        S.DRAFT: "Not sent yet. They do not know that you ask.",
        S.SENT: "Not opened yet.",
        S.FAILED: f"This could not be delivered: {FAILURES[Failure(request.failure)]}.",
        S.OPENED: "They have opened the request.",
        S.IN_PROGRESS: "They have begun to write.",
        S.RECEIVED: "The letter is in.",
        S.DECLINED: "They cannot write a letter.",
        S.CANCELLED: CANCELLED,
    }[state]


LABELS = {
    S.SENT: "Sent",
    S.FAILED: "We heard of it on",
    S.OPENED: "Opened",
    S.IN_PROGRESS: "Begun",
    S.RECEIVED: "Received",
    S.DECLINED: "Declined",
    S.CANCELLED: "Closed",
}


def times(request: ReferenceRequest, state: RequestState, reader: Reader) -> tuple[str, ...]:
    """Say when it came to this state; of what was sent again, when the last mail went out."""
    if state == S.DRAFT:
        return ()
    instant = request.mailed_at if state == S.SENT and request.mailed_at else request.state_at
    return reader.times(LABELS[state], instant)


def next_step(
    request: ReferenceRequest, state: RequestState, reader: Reader, *, at: datetime, asking: bool
) -> str:
    """Say what happens next, or what to do."""
    if not asking:
        return "" if state in (S.RECEIVED, S.CANCELLED) else "Nobody can be asked any more."
    if state in TROUBLE:
        correct = "Correct the address, or choose" if state == S.FAILED else "Choose"
        return f"{correct} another referee."
    if state not in OPEN:
        return ""
    coming = reference_clock.reminders(reader.round, reference_clock.ends_at(request))
    ahead = min((instant for instant in coming if instant > at), default=None)
    return f"We remind them on {in_words(ahead, reader.round.zoneinfo)}." if ahead else ""
