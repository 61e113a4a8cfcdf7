"""Values for templates: how a part or an application looks in a row."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from applications.domain import workflow
from applications.domain.form.completeness import Judgement, Progress
from applications.domain.referees.reference_rules import TROUBLE
from applications.models import ENDS, UNSENT, Application, Status
from applications.sections.registry import DOCUMENTS, REFERENCES, sections_for
from applications.sections.warnings import Warned
from positions.clockwords import Chip
from positions.deadlines import in_words
from positions.models import PositionCode, RoundKind

CODES = {  # what a draft may become, until its position is chosen
    RoundKind.SEA: (PositionCode.SEA.value,),
    RoundKind.ANNUAL: (PositionCode.ALT.value, PositionCode.CIR.value),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of "My applications", as `includes/_round_row.html` takes it."""

    codes: tuple[str, ...]
    url: str
    title: str
    soft: str
    when: str
    when_soft: str
    chip: Chip
    demonstration: bool


@dataclass(frozen=True, slots=True)
class TaskRow:
    url: str
    name: str
    note: str
    chip: Chip


@dataclass(frozen=True, slots=True)
class TaskGroup:
    title: str
    rows: tuple[TaskRow, ...]


def status_chip(status: Status) -> Chip:
    """Color a status: sent is calm, ended is gray, a draft asks for work."""
    if status == Status.DRAFT:
        return Chip("progress", "Draft, not sent")
    if status in ENDS:
        return Chip("closed", str(status.label))
    return Chip("complete", str(status.label))


def application_row(application: Application, *, at: datetime) -> Row:
    status = workflow.shown_status(application, at=at)
    round_ = application.round
    sent = application.submitted_at
    return Row(
        codes=(application.position_id,)
        if application.position_id
        else CODES[RoundKind(round_.kind)],
        url=reverse(
            f"applications:{'tasks' if status in UNSENT else 'receipt'}", args=[application.key]
        ),
        title=round_.title,
        soft=f"Reference {application.reference_shown}" if sent else "Nothing is sent yet",
        when=f"Received {in_words(sent, round_.zoneinfo)}"
        if sent
        else f"{deadline_label(application)} {application.deadline}",
        when_soft="",
        chip=status_chip(status),
        demonstration=round_.is_demonstration,
    )


def deadline_label(application: Application) -> str:
    return "Your own deadline" if application.ends_at > application.round.closes_at else "Deadline"


def part_url(application: Application, key: str) -> str:
    if key in (DOCUMENTS, REFERENCES):
        return reverse(f"applications:{key}", args=[application.key])
    return reverse("applications:section", args=[application.key, key])


def progress_chip(judgement: Judgement) -> Chip:
    count = len(judgement.problems)
    return {
        Progress.NOT_STARTED: Chip("notstarted", "Not started"),
        Progress.NOT_NEEDED: Chip("notstarted", "Not needed"),
        Progress.IN_PROGRESS: Chip("progress", f"{count} missing"),
        Progress.TO_MEND: Chip("missing", f"{count} to mend"),
        Progress.COMPLETE: Chip("complete", "Complete"),
    }[judgement.progress]


def task_groups(
    application: Application, judgements: tuple[Judgement, ...]
) -> tuple[TaskGroup, ...]:
    """Group the parts under their headings, in the order of the form."""
    titles = dict.fromkeys(judgement.group for judgement in judgements)
    return tuple(
        TaskGroup(
            title,
            tuple(_task(application, part) for part in judgements if part.group == title),
        )
        for title in titles
    )


def _task(application: Application, judgement: Judgement) -> TaskRow:
    note = ", ".join(dict.fromkeys(label.rstrip("?") for label, _words in judgement.problems))
    owed = [warned.label for warned in letters_left((judgement,))]
    if owed and not note:
        note = f"No letter yet from {', '.join(owed)}"
    return TaskRow(
        part_url(application, judgement.key), judgement.title, note, progress_chip(judgement)
    )


def counted(application: Application, judgements: tuple[Judgement, ...]) -> dict[str, int]:
    """Count the parts that everybody fills. What is optional stays out, whether it is filled or
    not, so that the total is the same from the first day to the last.
    """
    left_out = {each.key for each in sections_for(application.round) if each.optional}
    parts = [part for part in judgements if part.key not in left_out]
    return {"complete": sum(part.complete for part in parts), "total": len(parts)}


def letters_left(judgements: tuple[Judgement, ...]) -> tuple[Warned, ...]:
    """Name the letters that have not come, where the round lets the application go without."""
    return next((part.warnings for part in judgements if part.key == REFERENCES), ())


def letters_in_trouble(judgements: tuple[Judgement, ...]) -> list[Warned]:
    """Name those of them that will not come by themselves."""
    return [one for one in letters_left(judgements) if one.words in TROUBLE]


def left_to_do(
    application: Application, judgements: tuple[Judgement, ...]
) -> list[tuple[str, str]]:
    return [
        (part_url(application, part.key), part.title) for part in judgements if not part.complete
    ]
