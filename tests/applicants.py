"""People and their applications for tests: plausible, fixed, filled through the domain."""

import hashlib
import io
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache

from django.core.files.base import ContentFile
from pypdf import PdfWriter

from applications.domain import access, withdrawing, workflow
from applications.domain.files import slots
from applications.domain.form import completeness, drafts, lists
from applications.domain.moves import ALLOWED, MOVES, Actor
from applications.domain.outcomes import release as releases
from applications.domain.outcomes import replies, results
from applications.domain.referees import references
from applications.domain.referees.references import RefereeWords
from applications.models import (
    Application,
    Assignment,
    ConflictAnswer,
    Document,
    Interview,
    Referee,
    RefereeKind,
    ReferenceRequest,
    SectionAnswers,
    Slot,
    StaffOffice,
    Status,
)
from applications.sections.base import Section
from applications.sections.registry import sections_for
from jetportal.accounts.models import User
from jetportal.sealing import seal_bytes
from positions.models import Consulate, InterviewMode, RecruitmentRound, RoundKind
from tests.factories import CLOSES_AT, OPENS_AT, make_round

STARTED_AT = OPENS_AT + timedelta(days=1)
SENT_AT = CLOSES_AT - timedelta(days=2)
ZONES = {"new-york": "America/New_York", "honolulu": "Pacific/Honolulu"}

COACH = RefereeWords(
    kind=RefereeKind.SPORT,
    name="Grace Okafor",
    title="Dr.",
    organization="USA Archery",
    relation="My coach since 2019",
    email="okafor@example.org",
)
EMPLOYER = RefereeWords(
    kind=RefereeKind.PROFESSIONAL,
    name="伊藤 健",
    title="Mr.",
    organization="Example Sports Center",
    relation="My supervisor for two years",
    email="ito@example.org",
)
PROFESSOR = RefereeWords(
    kind=RefereeKind.ACADEMIC,
    name="Elena Díaz",
    title="Prof.",
    organization="Rutgers University",
    relation="She advised my thesis",
    email="diaz@example.org",
)

ANSWERS: dict[str, dict[str, list[str]]] = {
    "location": {"consulate": ["new-york"]},
    "identity": {
        "family_name": ["Lindqvist-Moreno"],
        "first_name": ["Ana"],
        "no_middle_name": ["on"],
        "birth_date_month": ["3"],
        "birth_date_day": ["27"],
        "birth_date_year": ["1996"],
        "sex": ["female"],
        "us_citizen": ["yes"],
        "japanese_nationality": ["no"],
    },
    "contact": {
        "phone": ["+1 202 555 0100"],
        "mailing_address": ["12 Example Street\nApartment 3\nNew York, NY 10001"],
        "hometown": ["Bergen"],
        "home_state": ["New Jersey"],
        "emergency_name": ["Luis Moreno"],
        "emergency_relation": ["Father"],
        "emergency_phone": ["+1 202 555 0101"],
    },
    "household": {"alone": ["yes"], "partner_applies": ["no"]},
    "earlier": {"applied": ["no"], "took_part": ["no"]},
    "driving": {"licence": ["yes"], "transmission": ["automatic"], "willing": ["yes"]},
    "education": {},
    "employment": {"career": ["I want to teach for longer, and JET is where I would begin."]},
    "teaching": {},
    "coaching": {"sport": ["Archery"]},
    "abroad": {"days": ["14"]},
    "languages": {"jlpt": ["N4"], "jlpt_passed": ["2023-12"]},
    "certificates": {},
    "activities": {},
    "purpose": {"statement": ["I coach archery and would like to share it in Japan."]},
    "wishes": {"first": ["Ehime"], "setting": ["none"], "understood": ["on"]},
    "heard": {"way": ["friend"]},
    "criminal": {"consent": ["1"], "record": ["no"]},
    "medical": {
        "consent": ["1"],
        **{
            item: ["no"]
            for item in (
                *("condition", "illness", "mental", "medication"),
                *("disability", "hospital"),
            )
        },
        "allergies": ["yes"],
        "allergies_detail": ["Buckwheat, and dishes made with it."],
    },
    "grounds": {"grounds": ["Within an hour of a hospital."], "consent": ["1"]},
    "declarations": {
        "guidelines_read": ["on"],
        "all_true": ["on"],
        "data_notice": ["on"],
        "typed_name": ["Ana Lindqvist-Moreno"],
    },
}


# Entries of lists, by section and list.
ENTRIES: dict[str, dict[str, list[dict[str, list[str]]]]] = {
    "identity": {"citizenships": [{"country": ["Sweden"], "how": ["Through a parent"]}]},
    "education": {
        "schools": [
            {
                "institution": ["Rutgers University"],
                "city": ["New Brunswick"],
                "country": ["United States"],
                "degree": ["BA"],
                "major": ["Kinesiology"],
                "since": ["2014-09"],
                "until": ["2018-05"],
                "conferred_month": ["5"],
                "conferred_day": ["13"],
                "conferred_year": ["2018"],
                "abroad": ["no"],
            }
        ],
    },
    "languages": {
        "languages": [
            {
                "language": ["English"],
                "native": ["yes"],
                **{key: ["5"] for key in ("speaking", "listening", "reading", "writing")},
            }
        ],
    },
    "coaching": {
        "qualifications": [
            {
                "body": ["USA Archery"],
                "level": ["Level 3 coach"],
                "issued": ["2021-05"],
                "expires": ["2027-05"],
            }
        ],
    },
}


def answers_for(round_: RecruitmentRound) -> dict[str, dict[str, list[str]]]:
    """Return what fills every section of the round, by section."""
    vacancy = round_.vacancies.order_by("position__order", "number")[0]
    position = {"vacancy": [vacancy.key]}
    asked = {section.key for section in sections_for(round_)}
    rest = {key: dict(answers) for key, answers in ANSWERS.items() if key in asked}
    return {"position": position, **rest}


def make_consulate(code: str = "new-york") -> Consulate:
    values = {
        "name": code.replace("-", " ").title(),
        "city": code.replace("-", " ").title(),
        "area": "NY, NJ, PA, DE, WV",
        "group": "A",
        "zone": ZONES.get(code, "America/Chicago"),
        "order": Consulate.objects.count() + 1,
    }
    return Consulate.objects.get_or_create(code=code, defaults=values)[0]


def make_user(email: str = "ana.lm@example.org", **changes: object) -> User:
    """Return the account of this address, a new one where there is none."""
    existing = User.objects.filter(email=email).first()
    return existing or User.objects.create_user(email, **changes)


def make_staff(email: str, *groups: str, consulate: str | None = None, **changes: object) -> User:
    """Return a member of staff in these groups; a coordinator's consulate comes with it."""
    from django.contrib.auth.models import Group

    user = make_user(email, is_staff=True, **changes)
    for name in groups:
        user.groups.add(Group.objects.get_or_create(name=name)[0])
    if consulate:
        StaffOffice.objects.get_or_create(user=user, consulate=make_consulate(consulate))
    return user


@cache
def pdf(*, pages: int = 1) -> bytes:
    """Return a real PDF with empty pages."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=612, height=792)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def add_document(
    application: Application, slot: Slot = Slot.CITIZENSHIP, *, pages: int = 1, **changes: object
) -> Document:
    """Put a checked PDF into the slot, without the reading process that takes most of the time."""
    content = pdf(pages=pages)
    document = Document(
        key=uuid.uuid4(),
        application=application,
        slot=slot,
        name="passport.pdf",
        size=len(content),
        pages=pages,
        sha256=hashlib.sha256(content).hexdigest(),
        received_at=STARTED_AT,
        **changes,
    )
    stored = seal_bytes(content) if document.is_sensitive else content
    document.file.save("document.pdf", ContentFile(stored), save=False)
    document.save()
    return document


def add_entries(application: Application, section: str) -> None:
    for listed, entries in ENTRIES.get(section, {}).items():
        for number, sent in enumerate(entries, 1):
            lists.save_entry(
                application.key,
                section,
                listed,
                f"{number:08x}",
                sent,
                by=application.applicant,
                at=STARTED_AT,
            )


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving a section once has left: in its row, and in columns of the application."""

    answers: dict
    entries: dict
    version: int
    columns: dict[str, object]

    def row(self, application: Application, section: str) -> SectionAnswers:
        row = SectionAnswers(
            application=application, section=section, version=self.version, saved_at=STARTED_AT
        )
        row.keep(self.answers, self.entries)
        return row


SAVED: dict[str, Saved] = {}


def save(application: Application, section: Section, answers: dict[str, list[str]]) -> Saved:
    """Save a section with its entries as a person does, one request after the other."""
    drafts.save_section(
        application.key, section.key, answers, by=application.applicant, at=STARTED_AT
    )
    add_entries(application, section.key)
    row = application.sections.get(section=section.key)
    names = [*section.columns({})] if section.columns else []
    application.refresh_from_db(fields=[name.removesuffix("_id") for name in names])
    columns = {name: getattr(application, name) for name in names}
    return Saved(*row.opened(), row.version, columns)


def fill(application: Application) -> None:
    """Answer every section and add every document, so that the draft can be sent.

    The first draft of a process is saved section by section; later ones get copies of its rows.
    """
    round_, rows, columns = application.round, [], {}
    told, cities = answers_for(round_), sorted(Consulate.objects.values_list("pk", flat=True))
    for section in sections_for(round_):
        answers = told.get(section.key)
        if answers is None:
            continue
        asked = (round_.kind, section.key, section.columns and cities)
        known = repr((asked, answers, ENTRIES.get(section.key)))
        if known not in SAVED:
            SAVED[known] = save(application, section, answers)
            continue
        rows.append(SAVED[known].row(application, section.key))
        columns |= SAVED[known].columns
    SectionAnswers.objects.bulk_create(rows)
    if columns:
        Application.objects.filter(pk=application.pk).update(**columns)
    add_documents(application)
    add_referees(application)


def referees_of(round_: RecruitmentRound) -> tuple[RefereeWords, RefereeWords]:
    """Return as many referees as a round asks for, of kinds that it takes."""
    return (PROFESSOR if round_.kind == RoundKind.ANNUAL else COACH, EMPLOYER)


def add_referees(application: Application) -> None:
    """Store what `name_referees` stores, without what it reads to judge them."""
    named = [
        Referee(application=application, place=place, created_at=STARTED_AT, **asdict(words))
        for place, words in enumerate(referees_of(application.round), 1)
    ]
    Referee.objects.bulk_create(named)
    ReferenceRequest.objects.bulk_create(
        ReferenceRequest(referee=referee, created_at=STARTED_AT, state_at=STARTED_AT)
        for referee in named
    )


def name_referees(application: Application) -> None:
    """Name the referees as a person does."""
    for words in referees_of(application.round):
        references.add(application.key, words, by=application.applicant, at=STARTED_AT)


def add_documents(application: Application) -> None:
    """Fill every slot that must be filled."""
    fresh = Application.objects.with_round().get(pk=application.pk)
    for state in slots.states(completeness.load(fresh)):
        if state.missing:
            add_document(application, state.slot)


def make_application(
    *,
    status: Status = Status.DRAFT,
    applicant: User | None = None,
    round_: RecruitmentRound | None = None,
    consulate: str = "new-york",
    filled: bool = True,
    at: datetime = SENT_AT,
) -> Application:
    """Return an application that came to `status` by the moves of the table.

    `at` is the instant of arrival of the submit; later moves follow it at the same instant.
    """
    make_consulate(consulate)
    round_ = round_ or RecruitmentRound.objects.first() or make_round()
    applicant = applicant or make_user()
    application = drafts.start(round_.slug, by=applicant, at=STARTED_AT)
    if filled:
        fill(application)
    if consulate != "new-york":
        answers = {"consulate": [consulate]}
        drafts.save_section(application.key, "location", answers, by=applicant, at=STARTED_AT)
    for step in PATHS.get(status, (status,) if status != Status.DRAFT else ()):
        move(application, step, at=at)
    application.refresh_from_db()
    return application


OWN_MOVES = {
    move.target
    for move in MOVES
    if move.actor == Actor.APPLICANT and move.source != Status.WITHDRAWN
}

INTERVIEW = (
    Status.SUBMITTED,
    Status.IN_SCREENING,
    Status.INTERVIEW_OFFERED,
    Status.INTERVIEW_CONFIRMED,
)
INTERVIEWED = (*INTERVIEW, Status.INTERVIEWED)
PATHS: dict[Status, tuple[Status, ...]] = {
    Status.IN_SCREENING: (Status.SUBMITTED, Status.IN_SCREENING),
    Status.WITHDRAWN: (Status.SUBMITTED, Status.WITHDRAWN),
    Status.INTERVIEW_OFFERED: (Status.SUBMITTED, Status.IN_SCREENING, Status.INTERVIEW_OFFERED),
    Status.INTERVIEW_CONFIRMED: INTERVIEW,
    Status.INTERVIEWED: INTERVIEWED,
    Status.SHORT_LISTED: (*INTERVIEWED, Status.SHORT_LISTED),
    Status.ALTERNATE: (*INTERVIEWED, Status.ALTERNATE),
    Status.NOT_SELECTED: (*INTERVIEWED, Status.NOT_SELECTED),
    Status.ALTERNATE_KEPT: (*INTERVIEWED, Status.ALTERNATE, Status.ALTERNATE_KEPT),
    Status.ACCEPTED: (*INTERVIEWED, Status.SHORT_LISTED, Status.ACCEPTED),
    Status.DECLINED: (*INTERVIEWED, Status.SHORT_LISTED, Status.DECLINED),
}


def make_office(number: int = 1) -> User:
    """Return somebody of the program office; a release needs two."""
    return make_staff(f"results{number}@example.org", access.PROGRAM_OFFICE)


def release(application: Application, outcome: Status, *, at: datetime) -> None:
    """Record a result, release it with whatever else waits at its stage, and carry it out."""
    decision = results.record(application.pk, outcome, by=make_office(), at=at)
    release_batch(decision.batch_id, at=at)


def release_batch(key: str, *, at: datetime) -> None:
    """Ask for a release, approve it and carry it out, all at the same instant."""
    over = "Test"
    results.ask(key, release=None, reply_by=None, over_seats=over, by=make_office(), at=at)
    results.approve(key, by=make_office(2), at=at)
    releases.settle_due(at=at)


def move(application: Application, target: Status, *, at: datetime) -> None:
    """Make one move of the table as whoever may make it."""
    by = application.applicant
    application.refresh_from_db()
    move = ALLOWED[Status(application.status)].get(target)
    if move and move.is_result:
        release(application, target, at=at)
    elif move and move.is_reply:
        reply = next(reply for reply, status in replies.TARGETS.items() if status == target)
        replies.answer(application.key, reply, by=by, received_at=at)
    elif target == Status.SUBMITTED:
        workflow.submit(application.key, by=by, received_at=at, recorded_at=at)
    elif target == Status.WITHDRAWN:
        withdrawing.withdraw(application.key, by=by, at=at)
    else:
        if target not in OWN_MOVES:
            by = make_user("mover@example.org")
        workflow.move(application.pk, target, by=by, actors=set(Actor), at=at, reason="Test")


def assign(application: Application, reviewer: User, *, asked: bool = True) -> Assignment:
    """Give a file to a reviewer who, where `asked`, has said that they do not know the person."""
    if asked:
        ConflictAnswer.objects.get_or_create(
            application=application, by=reviewer, defaults={"knows": False, "at": SENT_AT}
        )
    assigned: Assignment = Assignment.objects.create(
        application=application, reviewer=reviewer, by=make_office(), at=SENT_AT
    )
    return assigned


def seat_panel(application: Application, *users: User, asked: bool = True) -> Interview:
    """Set the interview of a file before these interviewers, a week after it was sent."""
    interview: Interview = Interview.objects.create(
        application=application,
        starts_at=SENT_AT + timedelta(days=7),
        zone="America/New_York",
        mode=InterviewMode.ONLINE,
        link="https://meet.example.org/room",
        set_by=make_office(),
        set_at=SENT_AT,
    )
    for user in users:
        interview.panel.create(user=user)
        if asked:
            ConflictAnswer.objects.get_or_create(
                application=application, by=user, defaults={"knows": False, "at": SENT_AT}
            )
    return interview
