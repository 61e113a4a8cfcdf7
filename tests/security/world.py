"""A portal in which every text that anybody can type is hostile, and every kind of row is there."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, models, transaction

from applications.domain import access, corrections
from applications.domain.errors import RoundClosed
from applications.domain.form import completeness, drafts, lists
from applications.domain.keeping import erasure_requests
from applications.domain.lateness import grants
from applications.domain.review import scoring
from applications.domain.roles import ROLES
from applications.domain.workflow import submit
from applications.models import (
    Application,
    CompletenessCheck,
    FileOpening,
    FormSettings,
    InterviewSheet,
    Reference,
    ReferenceRequest,
    SensitiveOpening,
    Status,
)
from applications.models.interview import Recommendation
from applications.models.triage import Verdict
from applications.sections import fields
from applications.sections.base import SectionForm
from applications.sections.registry import sections_for
from jetportal.accounts.models import User
from positions.models import ContractingOrganization, RecruitmentRound, Sport, Watch, WatchSubject
from tests.applicants import (
    COACH,
    EMPLOYER,
    SENT_AT,
    STARTED_AT,
    add_documents,
    assign,
    make_application,
    make_office,
    make_staff,
    make_user,
    move,
    name_referees,
    seat_panel,
)
from tests.applications.typed import Typed, right_answers
from tests.factories import CLOSES_AT, make_round
from tests.referees import ask
from tests.referees import submit as submit_letter

NOW = SENT_AT + timedelta(hours=3)
# Alive in a page, in an attribute of either kind, and in a script that holds data.
HOSTILE = "<img src=x onerror=y>\"' onfocus=x </script><img src=x onerror=y>"
FORMATS = (fields.Email, fields.Phone, fields.Month, fields.Number)
# What no person types: keys, digests, what is sealed, words of the program itself.
TECHNICAL = {
    *("key", "kind", "state", "email", "password", "browser", "network", "digest", "salt"),
    *("message_id", "section", "canonical", "sealed", "unsent", "sha256", "file", "token_sealed"),
    *("token_digest", "reference", "slug", "zone", "code", "codename", "address", "was", "scan"),
    *("session_key", "session_data", "recipient", "html", "filters", "part", "reminder_days"),
    *("attachment_kind", "attachment_name", "attachment", "link", "wording", "object_id", "path"),
    *("subject", "text_of_mail", "change_message"),
}
OURS = ("positions", "applications", "accounts", "parking", "mail")


@dataclass(frozen=True, slots=True)
class World:
    """Whom the tests sign in, and whose files they open."""

    applicant: User  # of everything below but `late`
    draft: Application
    sent: Application
    decided: Application
    late: Application
    asked: ReferenceRequest
    letters: list[int]
    office: User  # in every group
    coordinator: User


def rows() -> World:
    call_command("load_catalogue", verbosity=0)
    call_command("ensure_roles", verbosity=0)
    at = SENT_AT
    office = make_staff("everybody@example.org", *ROLES, is_superuser=True, consulate="new-york")
    rounds = [make_round(slug=f"sea-2031-{name}") for name in ("summer", "autumn", "winter")]
    make_round(slug="annual-2031")
    draft, decided, sent = (_draft(round_) for round_ in rounds)
    for step in (Status.SUBMITTED, Status.IN_SCREENING, Status.INTERVIEW_OFFERED):
        move(sent, step, at=at)
    for step in _to_short_list():
        move(decided, step, at=at)
    asked = ask(draft, COACH)
    submit_letter(ask(sent, EMPLOYER), text=HOSTILE, at=at)
    _at_the_desk(sent, office)
    late = _late(rounds[0])
    make_round(slug="sea-2032-summer", published_at=None)
    Watch.objects.create(email="w@example.org", subject=WatchSubject.SEA, asked_at=at)
    Sport.objects.create(name="Archery")
    ContractingOrganization.objects.create(name="Nagaoka City", prefecture="Kyoto")
    erasure_requests.ask(by=make_user("gone@example.org"), at=at)
    coordinator = make_staff("ny@example.org", access.COORDINATORS, consulate="new-york")
    spoil()
    letters = list(Reference.objects.values_list("pk", flat=True))
    return World(draft.applicant, draft, sent, decided, late, asked, letters, office, coordinator)


def _to_short_list() -> tuple[Status, ...]:
    before = (Status.SUBMITTED, Status.IN_SCREENING, Status.INTERVIEW_OFFERED)
    return (*before, Status.INTERVIEW_CONFIRMED, Status.INTERVIEWED, Status.SHORT_LISTED)


def _draft(round_: RecruitmentRound) -> Application:
    """Fill everything that is asked with hostile text, wherever text is free."""
    application = make_application(round_=round_, filled=False)
    fresh = Application.objects.with_round().get(pk=application.pk)
    for section in sections_for(round_):
        loaded = completeness.load(fresh).asked
        for declared in section.lists:
            form = declared.bind(None, loaded, section=section.key)
            lists.save_entry(
                fresh.key,
                section.key,
                declared.key,
                "00000001",
                hostile(form),
                by=fresh.applicant,
                at=STARTED_AT,
            )
        drafts.save_section(
            fresh.key,
            section.key,
            hostile(section.bind(None, loaded)),
            by=fresh.applicant,
            at=STARTED_AT,
        )
    add_documents(application)
    name_referees(application)
    return application


def hostile(form: SectionForm) -> Typed:
    typed, _words = right_answers(form, "x")
    free = {
        name: field.max_characters
        for name, field in form.fields.items()
        if isinstance(field, fields.Text) and not isinstance(field, FORMATS)
    }
    return typed | {name: [HOSTILE[:longest]] for name, longest in free.items()}


def _late(round_: RecruitmentRound) -> Application:
    """Keep what came after the end, and ask for a grant."""
    late = make_application(round_=round_, applicant=make_user("late@example.org"))
    after = CLOSES_AT + timedelta(minutes=1)
    with suppress(RoundClosed):
        submit(late.key, by=late.applicant, received_at=after, recorded_at=after)
    until = CLOSES_AT + timedelta(days=3)
    grants.ask(
        round_.slug,
        email="late@example.org",
        day=until.date(),
        clock=until.time(),
        reason="x",
        by=make_office(),
        at=after,
    )
    return late


def _at_the_desk(sent: Application, office: User) -> None:
    """Let staff do with a file whatever leaves words behind."""
    at = SENT_AT
    corrections.ask(sent.key, "purpose", reason="A slip", by=sent.applicant, at=at)
    scoring.set_rubric(sent.round_id, [scoring.Line("Clarity", "How", 10, 1, 5)], by=make_office())
    FormSettings.objects.create(round=sent.round)
    sent.notes.create(by=office, at=at, text="note")
    seat_panel(sent, office)
    InterviewSheet.objects.create(
        interview=sent.interview,
        by=office,
        at=at,
        comment="x",
        recommendation=Recommendation.values[0],
    )
    assign(sent, office)
    FileOpening.objects.create(
        application=sent, by=office, at=at, reason="x", until_at=at + timedelta(hours=8)
    )
    SensitiveOpening.objects.create(application=sent, part="medical", by=office, at=at, reason="x")
    CompletenessCheck.objects.create(
        application=sent, section="purpose", by=office, at=at, verdict=Verdict.values[0]
    )


def spoil() -> None:
    """Put hostile text into every column that holds words of people, as far as rules allow."""
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            for field in words_of(model):
                _spoil(model, field)


def words_of(model: type[models.Model]) -> Iterator[models.Field]:
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
        if is_text and not field.primary_key and field.name not in TECHNICAL:
            yield field


def _spoil(model: type[models.Model], field: models.Field) -> None:
    for row in model._default_manager.values_list("pk", flat=True):
        text = f"{row}{HOSTILE}"[: field.max_length]  # its own: some are unique
        with suppress(DatabaseError), transaction.atomic():  # refused: here nobody can type it
            model._default_manager.filter(pk=row).update(**{field.name: text})


@contextmanager
def undone() -> Iterator[None]:
    """Forget what is written within, as between two tests."""
    within = transaction.atomic()
    within._from_testcase = True  # as those of the framework: what must be outermost, may be here
    with within:
        yield
        transaction.set_rollback(True)
