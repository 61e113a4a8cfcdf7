"""Who scores what: by a rule or from lines of a file, looked at first and done as a whole."""

import codecs
import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from applications.domain import access
from applications.domain.errors import Refused
from applications.domain.reference_numbers import normalized
from applications.domain.review.scoring import SCORED
from applications.domain.review.visits import settings_of
from applications.models import Application, Assignment, ConflictAnswer, ReviewSettings
from applications.sections.text import storable
from jetportal.accounts.models import User
from positions.models import RecruitmentRound

MOST_LINES = 5000
HEAD = ("reference", "email")
DELIMITERS = ",;\t|"
CHANGED = "Something has changed since you looked. Nothing was assigned. Look at it again."


class Rule(StrEnum):
    """How files find reviewers: whoever has the fewest, or only reviewers of the consulate."""

    EVENLY = "evenly"
    CONSULATE = "consulate"


@dataclass(frozen=True, slots=True)
class Pair:
    application_id: int
    reviewer_id: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be assigned; `short` files would still have fewer reviewers than wished.

    `mark` names exactly this plan, so that what was looked at is what is done.
    """

    pairs: tuple[Pair, ...]
    per_reviewer: Mapping[str, int]
    short: int

    @property
    def mark(self) -> str:
        text = ";".join(f"{pair.application_id}:{pair.reviewer_id}" for pair in self.pairs)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file of assignments, and why it cannot be done; empty: it can."""

    number: int
    reference: str
    email: str
    problem: str
    pair: Pair | None = None


def reviewers() -> list[User]:
    """List who may be given files, by address."""
    rows = User.objects.filter(is_active=True, is_staff=True, groups__name=access.REVIEWERS)
    return list(rows.select_related("office").order_by("email"))


def plan(round_: RecruitmentRound, rule: Rule) -> Plan:
    """Work out who would read what: five queries at any size, the same result each time."""
    files = (
        Application.objects.filter(round=round_, status__in=SCORED)
        .order_by("submitted_at", "pk")
        .only("pk", "applicant_id", "consulate_id")
    )
    people = reviewers()
    taken, load = _taken(round_)
    having = Counter(file for file, _ in taken)
    barred = taken | _known(round_)
    wished = settings_of(round_).reviewers
    pairs: list[Pair] = []
    short = 0
    for file in files:
        free = [
            person
            for person in people
            if (file.pk, person.pk) not in barred
            and person.pk != file.applicant_id
            and (rule is Rule.EVENLY or access.own_consulate(person) == file.consulate_id)
        ]
        free.sort(key=lambda person: (load[person.pk], person.pk))
        missing = max(wished - having[file.pk], 0)
        for person in free[:missing]:
            pairs.append(Pair(file.pk, person.pk))
            load[person.pk] += 1
        short += len(free) < missing
    given = Counter(pair.reviewer_id for pair in pairs)
    return Plan(tuple(pairs), {person.email: given[person.pk] for person in people}, short)


def _taken(round_: RecruitmentRound) -> tuple[set[tuple[int, int]], Counter[int]]:
    rows = Assignment.objects.running().filter(application__round=round_)
    taken = set(rows.values_list("application_id", "reviewer_id"))
    return taken, Counter(reviewer for _, reviewer in taken)


def _known(round_: RecruitmentRound) -> set[tuple[int, int]]:
    rows = ConflictAnswer.objects.filter(application__round=round_, knows=True)
    return set(rows.values_list("application_id", "by_id"))


@transaction.atomic(durable=True)
def assign_by_rule(round_slug: str, rule: Rule, *, mark: str, by: User, at: datetime) -> int:
    """Do what was looked at, and return how many were assigned. Raises Refused and does nothing."""
    round_ = _locked(round_slug, by)
    wanted = plan(round_, rule)
    if wanted.mark != mark:
        raise Refused(CHANGED)
    return _store(wanted.pairs, by=by, at=at)


def _locked(round_slug: str, by: User) -> RecruitmentRound:
    """Let nobody else assign in this round meanwhile; sending does not wait for it."""
    if not access.may_assign(by):
        raise Refused("Reviews are assigned by the program office.")
    round_ = RecruitmentRound.objects.get(slug=round_slug)
    ReviewSettings.objects.bulk_create([ReviewSettings(round=round_)], ignore_conflicts=True)
    ReviewSettings.objects.select_for_update().get(round=round_)
    return round_


def _store(pairs: Iterable[Pair], *, by: User, at: datetime) -> int:
    """Write the pairs; a file is locked against its reviewer's own answer at this instant."""
    wanted = list(pairs)
    files = sorted({pair.application_id for pair in wanted})
    list(Application.objects.select_for_update().filter(pk__in=files).order_by("pk").only("pk"))
    made = [
        Assignment(application_id=pair.application_id, reviewer_id=pair.reviewer_id, by=by, at=at)
        for pair in wanted
    ]
    return len(Assignment.objects.bulk_create(made, batch_size=500))


def read_lines(round_: RecruitmentRound, content: bytes | str) -> list[Row]:
    """Judge each line of a file with the columns reference and email. Raises Refused for no file.

    Four queries at any number of lines. Takes commas, semicolons and tabs, with or without the
    mark that spreadsheets put before UTF-8.
    """
    lines = _cells(content)
    if len(lines) > MOST_LINES:
        raise Refused(f"At most {MOST_LINES:,} lines at once.", field="file")
    files = {
        row.reference: row
        for row in Application.objects.filter(
            round=round_, reference__in={normalized(ref) or "" for _, ref, _ in lines}
        )
    }
    people = {person.email: person for person in reviewers()}
    taken, _ = _taken(round_)
    known, seen, rows = _known(round_), set[Pair](), []
    for number, reference, email in lines:
        file, person = files.get(normalized(reference)), people.get(email.lower())
        problem = _problem(file, person)
        pair = Pair(file.pk, person.pk) if file and person else None
        if pair and not problem:
            problem = _problem_of_pair(pair, taken=taken, known=known, seen=seen)
            seen.add(pair)
        rows.append(Row(number, reference, email, problem, None if problem else pair))
    return rows


def _problem(file: Application | None, person: User | None) -> str:
    if file is None:
        return "No application of this round has this reference number."
    if person is None:
        return "No reviewer has this address."
    if file.applicant_id == person.pk:
        return "This is the reviewer's own application."
    if file.status not in SCORED:
        return f"It is {file.get_status_display().lower()}; its scores are over."
    return ""


def _problem_of_pair(
    pair: Pair, *, taken: set[tuple[int, int]], known: set[tuple[int, int]], seen: set[Pair]
) -> str:
    key = (pair.application_id, pair.reviewer_id)
    if pair in seen:
        return "This line stands here twice."
    if key in taken:
        return "It is assigned to this reviewer already."
    return "This reviewer knows the applicant." if key in known else ""


def _cells(content: bytes | str) -> list[tuple[int, str, str]]:
    """Return the lines below the head with their numbers. Raises Refused."""
    text = (content if isinstance(content, str) else _decoded(content)).removeprefix("\ufeff")
    head = text.strip().partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as problem:
        raise Refused("This is no table. Save it as CSV UTF-8.", field="file") from problem
    names = [cell.strip().lower().replace("-", "") for cell in rows[0]] if rows else []
    if not set(HEAD) <= set(names):
        words = "The first line must name the columns reference and email, parted by commas."
        raise Refused(words, field="file")
    reference, email = (names.index(name) for name in HEAD)
    found = [
        (number, _cell(row, reference), _cell(row, email))
        for number, row in enumerate(rows[1:], 2)
        if any(cell.strip() for cell in row)
    ]
    if not found:
        raise Refused("There is no line below the first one.", field="file")
    return found


def _cell(row: list[str], place: int) -> str:
    return storable(row[place]).strip() if place < len(row) else ""


def _decoded(content: bytes) -> str:
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as problem:
        words = "This file is no text in UTF-8. Save it as CSV UTF-8."
        raise Refused(words, field="file") from problem


@transaction.atomic(durable=True)
def assign_lines(round_slug: str, content: bytes | str, *, by: User, at: datetime) -> int:
    """Assign every line, or none where one cannot be done any more. Raises Refused."""
    round_ = _locked(round_slug, by)
    rows = read_lines(round_, content)
    if any(row.problem for row in rows):
        raise Refused(CHANGED)
    return _store((row.pair for row in rows if row.pair), by=by, at=at)


@transaction.atomic(durable=True)
def take_away(assignment_id: int, *, by: User, at: datetime) -> Assignment:
    """End one assignment; what was scored stays. Raises Refused."""
    if not access.may_assign(by):
        raise Refused("Reviews are assigned by the program office.")
    assignment: Assignment = Assignment.objects.select_for_update().get(pk=assignment_id)
    if assignment.ended_at is not None:
        raise Refused("It has ended already.")
    assignment.ended_by, assignment.ended_at = by, max(at, assignment.at)
    assignment.save(update_fields=["ended_by", "ended_at"])
    return assignment


def as_text(rows: Iterable[Row]) -> str:
    """Write lines that were read, so that the same ones can be assigned after a look."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([HEAD, *([row.reference, row.email] for row in rows)])
    return out.getvalue()
