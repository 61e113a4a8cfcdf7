"""Applicants for the rush: accounts that are signed in, each with a draft that can be sent."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import models

from applications.models import Application
from applications.models.application import ApplicationQuerySet
from benchmarks.copying import Copier
from jetportal.accounts.models import User
from positions.models import RecruitmentRound
from tests.applicants import make_application, make_user
from tests.factories import make_round

SLUG = "sea-2030-rush"
FAR = datetime(2999, 1, 1, tzinfo=UTC)
BACKEND = settings.AUTHENTICATION_BACKENDS[0]


@dataclass(frozen=True, slots=True)
class Applicant:
    """One person with a draft, and the cookie that signs them in."""

    number: int
    email: str
    key: str
    session: str


def email_of(number: int) -> str:
    return f"applicant{number:06d}@example.org"


def fresh_person(model: type[models.Model], number: int) -> dict[str, str | None]:
    return {"email": email_of(number)} if model in {User, Application} else {}


def prepare(count: int, *, closes_at: datetime) -> list[Applicant]:
    """Store so many finished drafts, by COPY from one that the portal itself has filled."""
    round_ = make_round(slug=SLUG, closes_at=closes_at + timedelta(days=1))
    original = make_user("original@example.org")
    make_application(applicant=original, round_=round_)
    Copier(original, change=fresh_person).make(count)
    set_closing(closes_at)
    drafts = drafts_of_the_rush().select_related("applicant")
    sessions, people = [], []
    for number, draft in enumerate(drafts.order_by("email")):
        session = f"rush{number:028d}"
        sessions.append(session_of(draft.applicant, session))
        people.append(Applicant(number, draft.email, str(draft.key), session))
    Session.objects.bulk_create(sessions, batch_size=1000)
    return people


def session_of(user: User, key: str) -> Session:
    store = SessionStore(key)
    content = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: BACKEND,
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    return Session(session_key=key, session_data=store.encode(content), expire_date=FAR)


def set_closing(closes_at: datetime) -> None:
    """Move the closing instant; the wall time that staff would read beside it does not matter."""
    RecruitmentRound.objects.filter(slug=SLUG).update(closes_at=closes_at)


def drafts_of_the_rush() -> ApplicationQuerySet:
    """Select what the people of the rush began, sent or not."""
    rows: ApplicationQuerySet = Application.objects.filter(email__startswith="applicant")
    return rows
