"""The desk of the demonstration at work: readers, scores, an interview, a result not released."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from applications.domain import workflow
from applications.domain.moves import Actor
from applications.domain.outcomes import release, results
from applications.domain.review import assignments, interviews, judging, scoring, triage
from applications.domain.review.assignments import Rule
from applications.domain.review.interviews import Plan
from applications.domain.review.scoring import Line
from applications.models import (
    Application,
    Criterion,
    Interview,
    ResultBatch,
    ScoreSheet,
    Status,
    Verdict,
)
from jetportal.accounts.models import User
from positions.models import InterviewMode

RUBRIC = (
    Line("Motivation", "Why Japan, why now, why this post", weight=3, least=1, most=5),
    Line("Experience", "What they bring to the people they work with", weight=2, least=1, most=5),
)
ASIDE = timedelta(seconds=1)  # one thing after the other, as the history shows it
TEN = time(10, 0)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who works at it: two of the office, because one alone releases nothing."""

    office: User
    second: User
    reviewer: User
    interviewer: User


def furnish(desk: Desk, sent: list[Application], *, at: datetime) -> None:
    """Bring the newly sent applications of the demonstration as far as their places say.

    Of an SEA round the first is interviewed soon, the second waits to be scored, the third is new.
    Of the annual cycle the first has a result that is recorded only, the second lacks something.
    """
    for round_slug in sorted({application.round_id for application in sent}):
        _set_rubric(round_slug, desk)
        mine = [application for application in sent if application.round_id == round_slug]
        if round_slug.startswith("sea-"):
            _show_interview(mine, desk, at=at)
        else:
            _show_result(mine, desk, at=at)


def _set_rubric(round_slug: str, desk: Desk) -> None:
    if not Criterion.objects.filter(round__slug=round_slug).exists():
        scoring.set_rubric(round_slug, RUBRIC, by=desk.office)


def _show_interview(files: list[Application], desk: Desk, *, at: datetime) -> None:
    for application in files[:2]:
        _screen(application, desk, at=at)
    first, *_rest = files
    plan = assignments.plan(first.round, Rule.EVENLY)
    assignments.assign_by_rule(first.round_id, Rule.EVENLY, mark=plan.mark, by=desk.office, at=at)
    _score(first, desk, at=at + ASIDE)
    batch = _record(first, Status.INTERVIEW_OFFERED, desk, at=at + 2 * ASIDE)
    results.ask(batch.key, release=None, reply_by=None, by=desk.office, at=at + 3 * ASIDE)
    results.approve(batch.key, by=desk.second, at=at + 4 * ASIDE)
    release.settle_due(at=at + 4 * ASIDE)
    if not Interview.objects.filter(application=first).exists():
        plan_ = _plan(desk, at=at)
        interviews.set_time(first.pk, plan_, seen="", by=desk.office, at=at + 5 * ASIDE)


def _show_result(files: list[Application], desk: Desk, *, at: datetime) -> None:
    first, *rest = files
    _screen(first, desk, at=at)
    _record(first, Status.INTERVIEW_OFFERED, desk, at=at + ASIDE)
    for application in rest[:1]:
        found = {"education": Verdict.UNCLEAR, "purpose": Verdict.OK}
        triage.check(application.pk, found, seen={}, by=desk.office, at=at)


def _screen(application: Application, desk: Desk, *, at: datetime) -> None:
    actors = frozenset({Actor.PROGRAM_OFFICE})
    workflow.move(application.pk, Status.IN_SCREENING, by=desk.office, actors=actors, at=at)


def _score(application: Application, desk: Desk, *, at: datetime) -> None:
    if ScoreSheet.objects.filter(application=application).exists():
        return
    judging.answer(application.pk, knows=False, by=desk.reviewer, at=at)
    marks = {line.pk: line.most - 1 for line in scoring.rubric_of(application.round)}
    comment = "A sample comment, written for the demonstration."
    scoring.give(application.pk, marks, comment=comment, by=desk.reviewer, at=at)


def _record(application: Application, outcome: Status, desk: Desk, *, at: datetime) -> ResultBatch:
    decision = results.record(application.pk, outcome, by=desk.office, at=at)
    batch: ResultBatch = decision.batch
    return batch


def _plan(desk: Desk, *, at: datetime) -> Plan:
    zone = ZoneInfo("America/New_York")
    return Plan(
        day=at.astimezone(zone).date() + timedelta(days=9),
        clock=TEN,
        zone=zone,
        minutes=30,
        mode=InterviewMode.ONLINE,
        place="",
        link="https://meet.example.org/demonstration",
        panel=(desk.interviewer,),
    )
