"""Who may see and do what. One place: pages, desk, files and exports ask here.

`reviewable_by` says which applications somebody sees, `parts_for` which parts of one of them.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from django.db.models import Exists, OuterRef, Q, QuerySet

from applications.domain.moves import Actor
from applications.models import (
    UNSENT,
    Application,
    Assignment,
    ConflictAnswer,
    Document,
    FileOpening,
    Panelist,
    Reference,
    Scan,
    Slot,
)
from applications.models.application import ApplicationQuerySet
from jetportal import scanning
from jetportal.accounts.models import User

COORDINATORS = "Coordinators"
REVIEWERS = "Reviewers"
INTERVIEWERS = "Interviewers"
PROGRAM_OFFICE = "Program office"
ADMINISTRATORS = "Administrators"


class Role(StrEnum):
    """As what somebody sees one file. A visitor is the coordinator of another consulate."""

    PROGRAM_OFFICE = "program office"
    COORDINATOR = "coordinator"
    VISITOR = "visitor"
    REVIEWER = "reviewer"
    INTERVIEWER = "interviewer"


class Part(StrEnum):
    """What there is to see of a file, or to do with it."""

    ANSWERS = "answers"
    CONTACT = "contact"
    DOCUMENTS = "documents"
    PAPERS = "papers"  # documents that tell who somebody is, and no more
    LETTERS = "letters"
    SENSITIVE = "sensitive"
    SCORES = "scores"  # those of others
    SCORING = "scoring"
    INTERVIEW = "interview"
    NOTES = "notes"
    HISTORY = "history"
    MAILS = "mails"
    WORK = "work"  # moves, notes, corrections, requests for letters


JUDGING = frozenset({Part.ANSWERS, Part.DOCUMENTS})
READING = JUDGING | {Part.CONTACT, Part.PAPERS, Part.NOTES, Part.HISTORY, Part.MAILS}
OWN = READING | {Part.SCORES, Part.INTERVIEW, Part.WORK}
READS: Mapping[Role, frozenset[Part]] = MappingProxyType(
    {
        Role.PROGRAM_OFFICE: OWN | {Part.LETTERS, Part.SENSITIVE},
        Role.COORDINATOR: OWN,
        Role.VISITOR: READING,
        Role.REVIEWER: JUDGING | {Part.SCORING},
        Role.INTERVIEWER: JUDGING | {Part.INTERVIEW},
    }
)
PAPERS = (Slot.CITIZENSHIP, Slot.NAME_CHANGE)


def group_names(user: User) -> frozenset[str]:
    """Return the names of the user's groups, read once per user object."""
    if not hasattr(user, "_group_names"):
        user._group_names = frozenset(user.groups.values_list("name", flat=True))  # type: ignore[attr-defined]
    names: frozenset[str] = user._group_names  # type: ignore[attr-defined]
    return names


def works_as(user: User, group: str) -> bool:
    """Tell whether the user is at the desk, in this group."""
    return user.is_active and user.is_staff and group in group_names(user)


def actors_of(user: User) -> frozenset[Actor]:
    """Return whom a member of staff acts as; nobody acts as an applicant for somebody else."""
    actors = {
        COORDINATORS: Actor.COORDINATOR,
        PROGRAM_OFFICE: Actor.PROGRAM_OFFICE,
    }
    return frozenset(actor for name, actor in actors.items() if works_as(user, name))


def actors_in(user: User, application: Application) -> frozenset[Actor]:
    """Return whom a member of staff acts as in one file: a coordinator, in those of their own."""
    actors = actors_of(user)
    if Actor.COORDINATOR not in actors or own_consulate(user) == application.consulate_id:
        return actors
    return actors - {Actor.COORDINATOR}


def own_consulate(user: User) -> str | None:
    office = getattr(user, "office", None)
    return office.consulate_id if office else None


def sees_every_consulate(user: User) -> bool:
    return Actor.PROGRAM_OFFICE in actors_of(user)


def reviewable_by(user: User, *, at: datetime | None = None) -> ApplicationQuerySet:
    """Return the sent applications a member of staff may see: the own consulate's, or all.

    With `at`, also what is opened one by one: assigned to the person, before their panel, or of
    another consulate and opened with a reason. Never that of somebody they said they know.
    """
    everything: ApplicationQuerySet = Application.objects.for_desk()
    if not (user.is_active and user.is_staff):
        return everything.none()
    if not sees_every_consulate(user):
        ways = _ways(user, at)
        if not ways:
            return everything.none()
        everything = everything.filter(Q(*ways, _connector=Q.OR))
    return everything.exclude(Exists(_said(user, knows=True)))


def _ways(user: User, at: datetime | None) -> list[Q]:
    """List why the user may see a file."""
    ways: list[Q] = []
    if works_as(user, COORDINATORS):
        if consulate := own_consulate(user):
            ways.append(Q(consulate=consulate))
        if at is not None:
            ways.append(Q(Exists(_opened(user, at))))
    if at is not None:
        asked = Q(Exists(_said(user, knows=False)))
        ways += [way & asked for way in _turns(user)]
    return ways


def _turns(user: User) -> list[Q]:
    """List why it may be the user's turn to judge a file."""
    turns: list[Q] = []
    if works_as(user, REVIEWERS):
        running = Assignment.objects.running().filter(application=OuterRef("pk"), reviewer=user)
        turns.append(Q(Exists(running)))
    if works_as(user, INTERVIEWERS):
        seats = Panelist.objects.filter(interview__application=OuterRef("pk"), user=user)
        turns.append(Q(Exists(seats)))
    return turns


def _said(user: User, *, knows: bool) -> "QuerySet[ConflictAnswer]":
    return ConflictAnswer.objects.filter(application=OuterRef("pk"), by=user, knows=knows)


def _opened(user: User, at: datetime) -> "QuerySet[FileOpening]":
    return FileOpening.objects.filter(
        application=OuterRef("pk"), by=user, at__lte=at, until_at__gt=at
    )


def to_judge(user: User) -> ApplicationQuerySet:
    """Return what is assigned to the user or before their panel; they may be asked first.

    What they said they know is gone.
    """
    everything: ApplicationQuerySet = Application.objects.for_desk()
    turns = _turns(user)
    if not turns:
        return everything.none()
    turn = Q(*turns, _connector=Q.OR)
    return everything.filter(turn).exclude(Exists(_said(user, knows=True)))


def roles_in(user: User, application: Application, *, at: datetime) -> frozenset[Role]:
    """Return as what the user sees a file, which must come from `reviewable_by`.

    No query for the program office and for coordinators of its consulate.
    """
    if sees_every_consulate(user):
        return frozenset({Role.PROGRAM_OFFICE})
    if Actor.COORDINATOR in actors_in(user, application):
        return frozenset({Role.COORDINATOR})
    roles = set()
    openings = FileOpening.objects.filter(application=application, by=user)
    if works_as(user, COORDINATORS) and openings.filter(at__lte=at, until_at__gt=at).exists():
        roles.add(Role.VISITOR)
    asked = ConflictAnswer.objects.filter(application=application, by=user, knows=False)
    if asked.exists():
        roles |= _judging(user, application)
    return frozenset(roles)


def _judging(user: User, application: Application) -> set[Role]:
    roles = set()
    running = Assignment.objects.running().filter(application=application, reviewer=user)
    if works_as(user, REVIEWERS) and running.exists():
        roles.add(Role.REVIEWER)
    seats = Panelist.objects.filter(interview__application=application, user=user)
    if works_as(user, INTERVIEWERS) and seats.exists():
        roles.add(Role.INTERVIEWER)
    return roles


def parts_for(user: User, application: Application, *, at: datetime) -> frozenset[Part]:
    """Return the parts the user may see of a file, which must come from `reviewable_by`."""
    parts: frozenset[Part] = frozenset()
    for role in roles_in(user, application, at=at):
        parts |= READS[role]
    return parts


def may(user: User, part: Part, application: Application, *, at: datetime) -> bool:
    """Tell whether the user may see one part of any file, or work with it."""
    seen = reviewable_by(user, at=at).filter(pk=application.pk)
    return seen.exists() and part in parts_for(user, application, at=at)


def may_be_opened(user: User, application: Application) -> bool:
    """Tell whether a coordinator may open a file of another consulate; not of whom they know."""
    known = ConflictAnswer.objects.filter(application=application, by=user, knows=True)
    return works_as(user, COORDINATORS) and not known.exists()


def may_review(user: User) -> bool:
    """Tell whether the user has the list of applications, its search and its export."""
    return bool(actors_of(user))


def may_judge(user: User) -> bool:
    """Tell whether files may be assigned to the user, or brought before them as a panel."""
    return works_as(user, REVIEWERS) or works_as(user, INTERVIEWERS)


def may_assign(user: User) -> bool:
    """Tell whether the user says who scores what, and by which criteria."""
    return Actor.PROGRAM_OFFICE in actors_of(user)


def may_grant(user: User) -> bool:
    """Tell whether the user may ask for and approve late grants."""
    return Actor.PROGRAM_OFFICE in actors_of(user)


def may_open_sensitive(user: User, application: Application) -> bool:
    """Tell whether the user may open what is kept apart in a file they see; drafts stay shut."""
    return (
        user.has_perm("applications.read_sensitive")
        and application.status not in UNSENT
        and application.applicant_id != user.pk
        and may_review(user)
    )


def may_release(user: User) -> bool:
    """Tell whether the user sees recorded results, and may release them with somebody else."""
    return Actor.PROGRAM_OFFICE in actors_of(user)


def may_download(user: User, application: Application, *, at: datetime) -> bool:
    """Tell whether the user may have the whole of what was sent: its owner, or who works on it."""
    if application.applicant_id == user.pk:
        return True
    return may(user, Part.CONTACT, application, at=at)


def why_not_opened(document: Document | Reference) -> str:
    """Say why staff may not open a file whatever their role; empty where their role decides."""
    if document.scan == Scan.REFUSED:
        return "The virus scanner refused this file. Nobody can open it."
    if document.scan == Scan.WAITING or (document.scan == Scan.NONE and scanning.is_on()):
        return "Being checked for viruses. It can be opened after that."
    return ""


def part_of(document: Document) -> Part:
    if document.is_sensitive:
        return Part.SENSITIVE
    return Part.PAPERS if document.slot in PAPERS else Part.DOCUMENTS


def may_open(user: User, document: Document, *, at: datetime) -> bool:
    """Tell whether it opens: for its owner unless refused, for staff once checked and no secret."""
    if document.application.applicant_id == user.pk:
        return document.scan != Scan.REFUSED
    if document.is_sensitive or why_not_opened(document):
        return False
    return may(user, part_of(document), document.application, at=at)
