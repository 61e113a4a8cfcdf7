"""A labelled demonstration: two open rounds, applicants with applications, six members of staff.

Every name and address in it is invented; addresses end in example.org, which reaches nobody.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.contrib.auth.models import Group
from django.db import transaction
from pypdf import PdfWriter

from applications.domain import access, demonstration_desk, workflow
from applications.domain.demonstration_desk import Desk
from applications.domain.files import documents, slots
from applications.domain.form import completeness, drafts, lists
from applications.domain.referees import asking, letters, references
from applications.domain.referees.letters import Letter
from applications.domain.referees.references import RefereeWords
from applications.models import Application, RefereeKind, StaffOffice
from applications.sections.registry import section_named
from applications.sections.sensitive import MEDICAL_ITEMS
from applications.sections.wordings import FIRST
from jetportal import sealing
from jetportal.accounts.models import User
from jetportal.pagecache import generations
from positions.deadlines import HST
from positions.domain.rounds import set_deadline
from positions.models import Consulate, InterviewMode, RecruitmentRound, RoundKind, Vacancy

LAST_MINUTE = time(23, 59)
FRIDAY = 4
SUMMER_AFTER = timedelta(days=210)  # from a deadline in autumn or winter to the next summer
RATINGS = {
    "known": "A sample, invented for the demonstration.",
    **dict.fromkeys(("reliability", "adaptability", "communication"), "5"),
    **dict.fromkeys(("cooperation", "initiative", "openness"), "4"),
    "recommendation": "strongly",
}


@dataclass(frozen=True, slots=True)
class Staff:
    email: str
    group: str
    duty: str
    consulate: str = ""


STAFF = (
    Staff("coordinator@example.org", access.COORDINATORS, "coordinator at New York", "new-york"),
    Staff("office@example.org", access.PROGRAM_OFFICE, "program office: rounds, screening"),
    Staff(
        "office2@example.org",
        access.PROGRAM_OFFICE,
        "program office: approves, too",
    ),
    Staff("reviewer@example.org", access.REVIEWERS, "reviewer: scores what is assigned"),
    Staff("interviewer@example.org", access.INTERVIEWERS, "interviewer: sits on a panel"),
    Staff("admin@example.org", access.ADMINISTRATORS, "administrator: rounds, accounts"),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One invented applicant; `sent` is False for a draft that waits."""

    first: str
    family: str
    consulate: str
    round: str
    vacancy: str
    sport: str = ""
    sent: bool = True


SAMPLES = (
    Sample("Joel", "Whitaker", "new-york", "sea-demo", "sea/1", "Judo"),
    Sample("Rosa", "Castellanos", "new-york", "sea-demo", "sea/1", "Archery"),
    Sample("Simone", "Baptiste", "denver", "sea-demo", "sea/1", "Swimming"),
    Sample("Priya", "Olsen", "new-york", "annual-demo", "alt/1"),
    Sample("Luca", "Ferrante", "chicago", "annual-demo", "cir/1"),
    Sample("Cole", "Abernathy", "new-york", "annual-demo", "alt/1", sent=False),
)


def load(*, at: datetime) -> None:
    """Create what is missing and give rounds whose deadline is near a later one. Idempotent."""
    with transaction.atomic():
        for staff in STAFF:
            _staff(staff)
        _round("sea-demo", RoundKind.SEA, "SEA round (demonstration)", weeks=2, at=at)
        _round("annual-demo", RoundKind.ANNUAL, "Annual cycle (demonstration)", weeks=5, at=at)
        generations.bump()
    sent = [application for sample in SAMPLES if (application := _apply(sample, at=at))]
    if sent:
        demonstration_desk.furnish(_desk(), sent, at=at)


def _desk() -> Desk:
    names = ("office", "office2", "reviewer", "interviewer")
    return Desk(*(User.objects.get(email=f"{name}@example.org") for name in names))


def _staff(staff: Staff) -> None:
    user, _created = User.objects.get_or_create(email=staff.email, defaults={"is_staff": True})
    user.groups.add(Group.objects.get_or_create(name=staff.group)[0])
    if staff.consulate:
        consulate = Consulate.objects.get(code=staff.consulate)
        StaffOffice.objects.get_or_create(user=user, defaults={"consulate": consulate})


def _round(slug: str, kind: RoundKind, title: str, *, weeks: int, at: datetime) -> None:
    round_ = RecruitmentRound.objects.filter(slug=slug).first()
    put_away = round_ is not None and (round_.archived_at or round_.cancelled_at)
    if round_ is not None and not put_away and round_.closes_at > at + timedelta(days=3):
        return
    round_ = round_ or RecruitmentRound(slug=slug, kind=kind, opens_at=at, published_at=at)
    day = at.astimezone(HST).date() + timedelta(weeks=weeks)
    day += timedelta(days=(FRIDAY - day.weekday()) % 7)
    set_deadline(round_, day=day, clock=LAST_MINUTE, zone=HST.key)
    round_.title, round_.is_demonstration = title, True
    round_.archived_at = round_.cancelled_at = None
    round_.departure_season = f"summer {(day + SUMMER_AFTER).year}"
    round_.interview_mode = InterviewMode.ONLINE
    round_.summary = "A demonstration. Nothing here is a real round, and nothing sent here counts."
    round_.save()
    for code in ("SEA",) if kind == RoundKind.SEA else ("ALT", "CIR"):
        key = Vacancy.key_for(slug, code, 1)
        posts = 2 if code == "SEA" else None
        defaults = {"round": round_, "position_id": code, "number": 1, "posts": posts}
        Vacancy.objects.get_or_create(key=key, defaults=defaults)


def _apply(sample: Sample, *, at: datetime) -> Application | None:
    """Fill one sample application, and return it if it was sent now; None if made before."""
    email = f"{sample.first}.{sample.family}@example.org".lower()
    applicant, _created = User.objects.get_or_create(email=email)
    if Application.objects.of(applicant).filter(round__slug=sample.round).exists():
        return None
    application = drafts.start(sample.round, by=applicant, at=at)
    for section, answers in _answers(sample):
        if section_named(application.round, section) is None:
            continue
        sent = {name: [value] for name, value in answers.items()}
        drafts.save_section(application.key, section, sent, by=applicant, at=at)
    for place, entry in _entries(sample):
        sent = {name: [value] for name, value in entry.items()}
        lists.save_entry(application.key, *place, "00000001", sent, by=applicant, at=at)
    for words in _referees(sample):
        references.add(application.key, words, by=applicant, at=at)
    _ask(application, at=at)
    if not sample.sent:
        return None
    content = _empty_page()
    for state in slots.states(completeness.load(application)):
        if state.missing:
            sample_file = documents.Upload(state.slot, f"{state.slot} (sample).pdf", content)
            documents.attach(application.key, sample_file, max_megabytes=1, by=applicant, at=at)
    return workflow.submit(application.key, by=applicant, received_at=at, recorded_at=at)


def _answers(sample: Sample) -> Iterator[tuple[str, dict[str, str]]]:
    name = f"{sample.first} {sample.family}"
    yield (
        "position",
        {"vacancy": f"{sample.round}/{sample.vacancy}", "consider_alt": "no", "rule_read": "on"},
    )
    yield "location", {"consulate": sample.consulate}
    yield (
        "identity",
        {
            "family_name": sample.family,
            "first_name": sample.first,
            "no_middle_name": "on",
            "birth_date_month": "5",
            "birth_date_day": "14",
            "birth_date_year": "1997",
            "sex": "other",
            "us_citizen": "yes",
            "japanese_nationality": "no",
        },
    )
    yield (
        "contact",
        {
            "phone": "+1 202 555 0100",
            "mailing_address": "1 Sample Street\nSpringfield",
            "hometown": "Springfield",
            "home_state": "Illinois",
            "emergency_name": f"A relative of {name}",
            "emergency_relation": "Parent",
            "emergency_phone": "+1 202 555 0101",
        },
    )
    if sample.sport:
        yield "coaching", {"sport": sample.sport}
    yield "household", {"alone": "yes", "partner_applies": "no"}
    yield "earlier", {"applied": "no", "took_part": "no"}
    yield "driving", {"licence": "no", "willing": "no"}
    yield "employment", {"career": "A sample of a plan, written for the demonstration."}
    yield "abroad", {"days": "14"}
    yield "languages", {"jlpt": "N4"}
    if not sample.sport:
        yield "wishes", {"setting": "none", "understood": "on"}
    for key in ("education", "teaching", "certificates", "activities", "heard", "grounds"):
        yield key, {}
    yield "criminal", {"consent": FIRST, "record": "no"}
    yield "medical", {"consent": FIRST, **{item.key: "no" for item in MEDICAL_ITEMS}}
    yield "purpose", {"statement": "A sample statement, written for the demonstration."}
    yield (
        "declarations",
        {"guidelines_read": "on", "all_true": "on", "data_notice": "on", "typed_name": name},
    )


def _entries(sample: Sample) -> Iterator[tuple[tuple[str, str], dict[str, str]]]:
    """Name a section and its list, with one entry for it."""
    yield (
        ("education", "schools"),
        {
            "institution": "Springfield College",
            "city": "Springfield",
            "country": "United States",
            "degree": "BA",
            "since": "2015-09",
            "until": "2019-05",
            "conferred_month": "5",
            "conferred_day": "18",
            "conferred_year": "2019",
            "abroad": "no",
        },
    )
    yield (
        ("languages", "languages"),
        {
            "language": "English",
            "native": "yes",
            **dict.fromkeys(("speaking", "listening", "reading", "writing"), "5"),
        },
    )
    if sample.sport:
        yield (
            ("coaching", "experience"),
            {
                "team": "A school team",
                "since": "2019-09",
                "until": "2024-06",
                "duties": "Five years as assistant coach.",
            },
        )


def _referees(sample: Sample) -> Iterator[RefereeWords]:
    first = RefereeKind.SPORT if sample.sport else RefereeKind.ACADEMIC
    for kind, name in ((first, "Sam Sample"), (RefereeKind.PROFESSIONAL, "Kim Sample")):
        yield RefereeWords(
            kind=kind,
            name=name,
            title="",
            organization="Springfield College",
            relation="A sample referee, invented for the demonstration",
            email=f"{name.replace(' ', '.')}@example.org".lower(),
        )


def _ask(application: Application, *, at: datetime) -> None:
    """Send every request; the first referee writes at once, the others owe their letter."""
    asked = [
        asking.send(application.key, referee.key, by=application.applicant, at=at)
        for referee in application.referees.all()
    ]
    token = sealing.unseal(asked[0].token_sealed) or ""
    letter = Letter(ratings=RATINGS, text="A sample letter, written for the demonstration.")
    letters.submit_letter(token, letter, received_at=at, recorded_at=at)


def _empty_page() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width=612, height=792)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()
