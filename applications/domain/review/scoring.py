"""Scores: a rubric per round, one sheet per reviewer and file, hidden until one's own is in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from applications.domain import access
from applications.domain.access import Part
from applications.domain.errors import Refused
from applications.domain.review.visits import settings_of
from applications.models import (
    Application,
    Assignment,
    Criterion,
    Mark,
    ScoreSheet,
    ScoreSum,
    Status,
)
from jetportal.accounts.models import User
from positions.models import RecruitmentRound

SCORED = (Status.SUBMITTED, Status.IN_SCREENING)  # in which a file is read and scored
FIXED = "Somebody has scored by this rubric. It stays as it is."
GIVEN = "Your score of this application is in already."
KNOWN = "They said that they know this person."


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion as staff type it."""

    name: str
    help: str
    weight: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Total:
    """One sheet with its sum in percent of the scale, by weight."""

    sheet: ScoreSheet
    percent: int


@dataclass(frozen=True, slots=True)
class Scores:
    """What somebody may see of the scores of one file.

    `hidden` is how many others there are while one's own is not in. `spread` is the distance of
    the seen totals in percent; `apart` tells that it reaches the setting of the round.
    """

    totals: tuple[Total, ...]
    hidden: int
    spread: int
    apart: bool

    @property
    def mean(self) -> int | None:
        if not self.totals:
            return None
        return mean_of([total.percent for total in self.totals])


@transaction.atomic(durable=True)
def set_rubric(round_slug: str, lines: Sequence[Line], *, by: User) -> None:
    """Give a round its criteria; once somebody has scored they stay. Raises Refused."""
    if not access.may_assign(by):
        raise Refused("The rubric is set by the program office.")
    round_ = RecruitmentRound.objects.select_for_update(of=("self",)).get(slug=round_slug)
    if is_fixed(round_):
        raise Refused(FIXED)
    if not lines:
        raise Refused("Name at least one criterion.")
    names = [line.name for line in lines]
    if len({name.casefold() for name in names}) < len(names):
        raise Refused("Two criteria have the same name.")
    Criterion.objects.filter(round=round_).delete()
    for line in lines:
        Criterion.objects.create(
            round=round_,
            name=line.name,
            help=line.help,
            weight=line.weight,
            least=line.least,
            most=line.most,
        )


def is_fixed(round_: RecruitmentRound) -> bool:
    """Tell whether somebody has scored by the rubric of the round."""
    return Mark.objects.filter(criterion__round=round_).exists()


def rubric_of(round_: RecruitmentRound) -> list[Criterion]:
    return list(Criterion.objects.filter(round=round_))


def may_score(user: User, application: Application, *, at: datetime) -> bool:
    return Part.SCORING in access.parts_for(user, application, at=at)


@transaction.atomic(durable=True)
def give(
    application_id: int, marks: Mapping[int, int], *, comment: str, by: User, at: datetime
) -> ScoreSheet:
    """Keep a reviewer's score: a value for every criterion, by its number. Raises Refused.

    The file is locked, so that two presses make one score.
    """
    theirs = access.reviewable_by(by, at=at).filter(pk=application_id)
    rows = Application.objects.select_for_update(of=("self",)).select_related("round")
    application: Application | None = rows.filter(pk__in=theirs.values("pk")).first()
    if application is None or not may_score(by, application, at=at):
        raise Refused("This application is not yours to score.")
    if application.status not in SCORED:
        raise Refused("This application has gone on. Its scores stay as they are.")
    if sheet_of(application, by) is not None:
        raise Refused(GIVEN)
    rubric = rubric_of(application.round)
    _require_all(rubric, marks)
    sheet: ScoreSheet = ScoreSheet.objects.create(
        application=application, by=by, at=at, comment=comment.strip()
    )
    Mark.objects.bulk_create([_mark(sheet, line, marks[line.pk]) for line in rubric])
    sum_up(application)
    return sheet


def _require_all(rubric: Sequence[Criterion], marks: Mapping[int, int]) -> None:
    if not rubric:
        raise Refused("This round has no rubric yet. Ask the program office.")
    if {line.pk for line in rubric} != marks.keys():
        raise Refused("The rubric has changed meanwhile. Look at it again.")
    for line in rubric:
        if not line.least <= marks[line.pk] <= line.most:
            words = f"{line.name}: choose from {line.least} to {line.most}."
            raise Refused(words, field=f"criterion_{line.pk}")


def _mark(sheet: ScoreSheet, line: Criterion, value: int) -> Mark:
    return Mark(
        sheet=sheet,
        criterion=line,
        value=value,
        weight=line.weight,
        least=line.least,
        most=line.most,
    )


def sheet_of(application: Application, user: User) -> ScoreSheet | None:
    """Return the score of this reviewer that counts."""
    rows = ScoreSheet.objects.counted().filter(application=application, by=user)
    sheet: ScoreSheet | None = rows.first()
    return sheet


def scores_of(application: Application, *, user: User, at: datetime) -> Scores:
    """Return the scores as the user may see them: three queries at any number of them."""
    rows = ScoreSheet.objects.counted().filter(application=application).select_related("by")
    sheets = list(rows.prefetch_related("marks__criterion"))
    mine = any(sheet.by_id == user.pk for sheet in sheets)
    seen = sheets if _sees_scores(user, application, mine=mine, at=at) else []
    totals = tuple(Total(sheet, percent_of(sheet.marks.all())) for sheet in seen)
    percents = [total.percent for total in totals]
    spread = max(percents) - min(percents) if percents else 0
    limit = settings_of(application.round).spread
    return Scores(totals, len(sheets) - len(seen), spread, len(totals) > 1 and spread >= limit)


def _sees_scores(user: User, application: Application, *, mine: bool, at: datetime) -> bool:
    """Tell whether the scores of others are open: to whom it is no turn, or whose own is in."""
    if mine:
        return True
    turns = Assignment.objects.running().filter(application=application, reviewer=user)
    if access.works_as(user, access.REVIEWERS) and turns.exists():
        return False
    return Part.SCORES in access.parts_for(user, application, at=at)


def percent_of(marks: Iterable[Mark]) -> int:
    """Return the weighted sum of marks in percent: all at their least 0, all at their most 100."""
    marks = list(marks)
    reached = sum(
        mark.weight * (mark.value - mark.least) / (mark.most - mark.least) for mark in marks
    )
    whole = sum(mark.weight for mark in marks)
    return round(100 * reached / whole) if whole else 0


@transaction.atomic(durable=True)
def set_aside(sheet_id: int, *, reason: str, by: User, at: datetime) -> ScoreSheet:
    """Let a score count no more, so that its reviewer gives it anew. Raises Refused."""
    if not access.may_assign(by):
        raise Refused("Scores are set aside by the program office.")
    files = Application.objects.select_for_update(of=("self",)).select_related("round")
    application = files.get(score_sheets=sheet_id)
    sheet: ScoreSheet = ScoreSheet.objects.get(pk=sheet_id)
    if sheet.set_aside_at is not None:
        raise Refused("It was set aside already.")
    if not reason.strip():
        raise Refused("Give the reason. It is kept with the score.", field="reason")
    _put_aside(sheet, application, reason=reason.strip(), by=by, at=at)
    return sheet


def _put_aside(
    sheet: ScoreSheet, application: Application, *, reason: str, by: User, at: datetime
) -> None:
    sheet.set_aside_by, sheet.set_aside_at = by, max(at, sheet.at)
    sheet.why_set_aside = reason
    sheet.save()
    sum_up(application)


def leave_out(application: Application, *, of: User, at: datetime) -> None:
    """Let the score of somebody who knows the applicant count no more, on a locked file."""
    sheet = sheet_of(application, of)
    if sheet is not None:
        _put_aside(sheet, application, reason=KNOWN, by=of, at=at)


def left_out(application: Application, of: User) -> ScoreSheet | None:
    """Return the score that counts no more since its reviewer said that they know the person."""
    rows = ScoreSheet.objects.filter(application=application, by=of, set_aside_by=of)
    sheet: ScoreSheet | None = rows.filter(why_set_aside=KNOWN).last()
    return sheet


def count_again(application: Application, *, of: User) -> None:
    """Undo `leave_out`, on a locked file."""
    sheet = left_out(application, of)
    if sheet is not None and sheet_of(application, of) is None:
        sheet.set_aside_by, sheet.set_aside_at, sheet.why_set_aside = None, None, ""
        sheet.save()
        sum_up(application)


def set_aside_of(application: Application) -> list[ScoreSheet]:
    """List the scores that count no more, for the program office: two queries."""
    rows = ScoreSheet.objects.exclude(set_aside_at=None).filter(application=application)
    return list(rows.select_related("by", "set_aside_by").prefetch_related("marks"))


def sum_up(application: Application) -> None:
    """Keep the sum of the scores that count beside a locked application, for lists."""
    sheets = ScoreSheet.objects.counted().filter(application=application)
    percents = [percent_of(sheet.marks.all()) for sheet in sheets.prefetch_related("marks")]
    if not percents:
        ScoreSum.objects.filter(application=application).delete()
        return
    values = {
        "round": application.round,
        "sheets": len(percents),
        "mean": mean_of(percents),
        "spread": max(percents) - min(percents),
    }
    ScoreSum.objects.update_or_create(application=application, defaults=values)


def mean_of(percents: Sequence[int]) -> int:
    return round(sum(percents) / len(percents))
