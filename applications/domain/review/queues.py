"""What waits for whom to be read, and how much each reviewer of a round has."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, OuterRef

from applications.domain import access
from applications.domain.review import assignments
from applications.domain.review.scoring import SCORED
from applications.models import Application, Assignment, ConflictAnswer, ScoreSheet
from jetportal.accounts.models import User
from jetportal.counted import CountUpTo, in_words
from positions.models import RecruitmentRound


class State(StrEnum):
    """Where a reviewer stands with one file."""

    ASKED = "asked"  # they have not said whether they know the person
    TO_SCORE = "to score"
    DONE = "done"
    GONE = "gone"  # it moved on before they scored it


@dataclass(frozen=True, slots=True)
class Turn:
    application: Application
    state: State


@dataclass(frozen=True, slots=True)
class Load:
    """What one reviewer of a round was given, and has scored."""

    email: str
    given: int
    scored: int


def turns_of(user: User) -> list[Turn]:
    """List the files a reviewer has, the first assigned first: three queries at any number."""
    if not access.works_as(user, access.REVIEWERS):
        return []
    rows = Assignment.objects.running().filter(reviewer=user).order_by("pk")
    files = [row.application for row in rows.select_related("application__consulate")]
    said = set(ConflictAnswer.objects.filter(by=user).values_list("application_id", flat=True))
    sheets = ScoreSheet.objects.counted().filter(by=user)
    scored = set(sheets.values_list("application_id", flat=True))
    return [Turn(file, _state(file, said=said, scored=scored)) for file in files]


def _state(file: Application, *, said: set[int], scored: set[int]) -> State:
    if file.pk in scored:
        return State.DONE
    if file.status not in SCORED:
        return State.GONE
    return State.TO_SCORE if file.pk in said else State.ASKED


@dataclass(frozen=True, slots=True)
class ToAssign:
    """A round in which files wait to be read, and how many, counted only so far."""

    round: RecruitmentRound
    waiting: int

    @property
    def words(self) -> str:
        return f"{in_words(self.waiting)} waiting"


def rounds_to_assign() -> list[ToAssign]:
    """List the rounds in which files wait to be read: one query."""
    files = Application.objects.filter(round=OuterRef("slug"), status__in=SCORED)
    rounds = RecruitmentRound.objects.annotate(waiting=CountUpTo(files))
    found = [ToAssign(round_, round_.waiting) for round_ in rounds]  # type: ignore[attr-defined]
    return [line for line in found if line.waiting]


def load_of(round_: RecruitmentRound) -> list[Load]:
    """List the reviewers with what they have in a round: three queries at any number."""
    given = Assignment.objects.running().filter(application__round=round_)
    scored = ScoreSheet.objects.counted().filter(application__round=round_)
    having = dict(given.order_by().values_list("reviewer").annotate(Count("pk")))
    done = dict(scored.order_by().values_list("by").annotate(Count("pk")))
    return [
        Load(person.email, having.get(person.pk, 0), done.get(person.pk, 0))
        for person in assignments.reviewers()
    ]
