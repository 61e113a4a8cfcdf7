"""How cost grows with what is stored: time and queries of every page and job.

Applications are copied by COPY from a few that the portal itself has filled: three of four sent,
to two rounds, over all consulates, statuses and thirty days, with two rows of answers each; of the
rest, half have lapsed. A third of those sent waits for the release of a result and has asked its
referees, a third has something unclear, a third has scores. For each there is a mail.
"""

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from django.contrib import admin
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.domain import roles
from applications.domain.reference_numbers import ALPHABET, check_symbol
from applications.models import (
    Application,
    Document,
    FrozenAnswers,
    RequestMail,
    SectionAnswers,
    Status,
)
from benchmarks.copying import Copier
from benchmarks.originals import furnish, mail_that_left
from benchmarks.people import email_of
from benchmarks.procs import queries
from benchmarks.stack import Stack
from jetportal.accounts.models import User
from jetportal.celery import app
from jetportal.mail.models import MailState
from positions.models import Consulate
from tests.applicants import ANSWERS, make_application, make_staff, make_user
from tests.factories import make_round

TIMES = 7
STORED = ("position", "identity")  # sections of which each copy has its answers
WITH_FROZEN = 1_000  # copies whose frozen answers are stored, too: they are what a file page shows
STATUSES = (
    *(Status.SUBMITTED, Status.IN_SCREENING, Status.INTERVIEW_OFFERED),
    Status.INTERVIEW_CONFIRMED,
)
OVER = "sea-2029-scale"  # closed lately
LAPSED = {"status": str(Status.LAPSED), "round_id": OVER, "vacancy_id": None}
MAILS_TO_FAIL = 500  # one of so many has
NAMES = ("Abernathy", "Baptiste", "Castellanos", "Ferrante", "Lindqvist", "Olsen", "Whitaker")
SPREAD = timedelta(days=30)
HOST = "127.0.0.1"
SAVED = "contact"  # the section that is saved
LIST = "/admin/applications/application/"
CHOICE = re.compile(r'href="\?(?:[^"]*?&amp;)?(\w+)=([^"&]+)"')

Figures = dict[str, dict[str, dict[str, float]]]
Call = Callable[[], object]


def measure(stack: Stack, *, rows: list[int]) -> dict[str, object]:
    staff = make_staff("office@example.org", *roles.ROLES, is_superuser=True)
    stored = Stored()
    found: Figures = {}
    for count in sorted(rows):
        stored.fill(count)
        for name, call in [*calls(staff), *own_forms(stored.finished())]:
            before = found.setdefault(name, {}).get(str(count), {})
            found[name][str(count)] = dearer(before, costs(call))
    return dict(found)


class Stored:
    """Applications in the database, more and more of them."""

    def __init__(self) -> None:
        closes_at = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=20)
        self.consulates = list(Consulate.objects.values_list("pk", flat=True))
        self.newest = datetime.now(UTC)
        rounds = [
            make_round(slug=slug, closes_at=closes_at) for slug in ("sea-2030-scale", "annual-2030")
        ]
        make_round(slug=OVER, closes_at=closes_at - SPREAD)
        sent = [
            make_application(
                applicant=make_user(f"original{number}@example.org"),
                round_=round_,
                status=Status.SUBMITTED,
            )
            for number, round_ in enumerate([*rounds, rounds[1]])
        ]
        furnish(sent)
        self.mail = Copier(mail_that_left(), change=self._mail)
        draft = make_application(applicant=make_user("original@example.org"), round_=rounds[0])
        self.originals = [application.applicant for application in (*sent, draft)]
        whole = make_application(applicant=make_user("whole@example.org"), round_=rounds[0])
        self.whole = Copier(whole.applicant, change=self._finished)
        self.done = 0
        SectionAnswers.objects.exclude(section__in=STORED).delete()
        Document.objects.all().delete()
        self.count = 0

    def fill(self, count: int) -> None:
        """Store copies until there are so many, without the limits that pages have."""
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
        self.mail.make(count - self.count, first=self.count)
        full = min(count, WITH_FROZEN)
        if self.count < full:
            Copier(*self.originals, change=self._change).make(full - self.count, first=self.count)
            self.count = full
        if self.count < count:
            FrozenAnswers.objects.filter(application__applicant__in=self.originals).delete()
            copier = Copier(*self.originals, change=self._change)
            copier.make(count - self.count, first=self.count)
            self.count = count
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("RESET statement_timeout")  # to what the settings say

    def finished(self) -> list[Application]:
        """Store some more drafts with everything in them, and return them."""
        self.whole.make(TIMES + 1, first=self.done)
        self.done += TIMES + 1
        drafts = Application.objects.filter(email__startswith="finished", status=Status.DRAFT)
        return list(drafts.select_related("applicant"))

    def _finished(self, model: type[models.Model], number: int) -> dict[str, str | None]:
        return {"email": f"finished{number}@example.org"} if model in {User, Application} else {}

    def _mail(self, model: type[models.Model], number: int) -> dict[str, str | None]:
        changed: dict[str, str | None] = {"recipient": email_of(number)}
        if number % MAILS_TO_FAIL:
            return changed
        return changed | {"state": str(MailState.FAILED), "sent_at": None}

    def _change(self, model: type[models.Model], number: int) -> dict[str, str | None]:
        if model is User:
            return {"email": email_of(number)}
        if model is RequestMail:
            return {"mail_id": None}  # a mail belongs to one request
        if model is not Application:
            return {}
        name = f"{NAMES[number % len(NAMES)]}{number // 1000}".lower()
        change: dict[str, str | None] = {
            "email": email_of(number),
            "family_name_folded": name,
            "consulate_id": str(self.consulates[number % len(self.consulates)]),
        }
        is_draft = number % len(self.originals) == len(self.originals) - 1
        if not is_draft:
            return change | self._sent(number)
        has_lapsed = number // len(self.originals) % 2
        return change | LAPSED if has_lapsed else change

    def _sent(self, number: int) -> dict[str, str | None]:
        at = (self.newest - SPREAD * (number * 7919 % 100_003) / 100_003).isoformat()
        status = STATUSES[number // 7 % len(STATUSES)]
        times = dict.fromkeys(("submitted_at", "recorded_at", "status_at"), at)
        return {**times, "status": str(status), "reference": reference_of(number)}


def reference_of(number: int) -> str:
    symbols = ""
    for _ in range(8):
        number, rest = divmod(number, len(ALPHABET))
        symbols += ALPHABET[rest]
    return symbols + check_symbol(symbols)


def calls(staff: User) -> Iterator[tuple[str, Call]]:
    """Name every page and job, with a call that asks for it once; some several times."""
    yield from desk_pages(staff)
    yield from own_pages()
    for path in ("/", "/rounds/"):
        yield path, page(Client(HTTP_HOST=HOST), path)
    app.loader.import_default_modules()
    for entry in app.conf.beat_schedule.values():
        words = entry.get("args", [])
        yield " ".join(["job", entry["task"], *words]), partial(app.tasks[entry["task"]], *words)


def desk_pages(staff: User) -> Iterator[tuple[str, Call]]:
    client = Client(HTTP_HOST=HOST)
    client.force_login(staff)
    yield "desk", page(client, "/admin/")
    for model in admin.site._registry:
        meta = model._meta
        name = f"admin:{meta.app_label}_{meta.model_name}_changelist"
        yield f"desk list of {meta.verbose_name_plural}", page(client, reverse(name))
    first = client.get(LIST).content.decode()
    for parameter, value in dict.fromkeys(CHOICE.findall(first)):
        kind = "on the next page" if parameter == "p" else f"by {parameter}"
        yield f"applications {kind}", page(client, f"{LIST}?{parameter}={value}")
    newest = Application.objects.exclude(reference=None).earliest("pk")
    words = {"reference": newest.reference, "name": NAMES[0].lower(), "e-mail": email_of(0)}
    for kind, word in words.items():
        yield f"applications searched by {kind}", page(client, f"{LIST}?q={word}")
    copies = FrozenAnswers.objects.filter(application__email__startswith="applicant")
    filed = copies.latest("pk").application_id
    yield "file of an application", page(client, f"{LIST}{filed}/change/")


def own_pages() -> Iterator[tuple[str, Call]]:
    """Pages of one person who has a draft, and of one who has sent."""
    copies = Application.objects.filter(email__startswith="applicant").select_related("applicant")
    draft = copies.filter(status=Status.DRAFT).earliest("pk")
    sent = copies.filter(versions__isnull=False).earliest("pk")
    pages = {
        draft: ("tasks", "check", "documents"),
        sent: ("receipt", "answers"),
    }
    for application, names in pages.items():
        client = Client(HTTP_HOST=HOST)
        client.force_login(application.applicant)
        yield "own applications", page(client, reverse("applications:list"))
        for name in names:
            yield (
                f"own {name}",
                page(client, reverse(f"applications:{name}", args=[application.key])),
            )


def own_forms(drafts: list[Application]) -> Iterator[tuple[str, Call]]:
    """Save a section of each draft, then send each."""
    clients = [Client(HTTP_HOST=HOST) for _ in drafts]
    for client, draft in zip(clients, drafts, strict=True):
        client.force_login(draft.applicant)
    version = drafts[0].sections.get(section=SAVED).version
    form: dict[str, object] = {**ANSWERS[SAVED], "version": version}
    forms = {"save a section": (f"{SAVED}/", form), "send": ("submit/", {})}
    for name, (path, fields) in forms.items():
        posts = [
            post(client, f"/applications/{draft.key}/{path}", fields)
            for client, draft in zip(clients, drafts, strict=True)
        ]
        yield name, one_after_the_other(posts)


def post(client: Client, path: str, fields: dict[str, object]) -> Call:
    def send() -> None:
        answer = client.post(path, fields)
        if answer.status_code != 302:
            raise RuntimeError(f"{path} answers {answer.status_code}")

    return send


def one_after_the_other(calls: list[Call]) -> Call:
    """Return a call that makes the first of these, then the next."""
    waiting = iter(calls)

    def act() -> object:
        return next(waiting)()

    return act


def page(client: Client, path: str) -> Call:
    def ask() -> None:
        answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answers {answer.status_code}")

    return ask


def dearer(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    """Return the larger figures: of the choices of a filter, the dearest counts."""
    return {name: max(one.get(name, 0), value) for name, value in other.items()}


def costs(call: Call) -> dict[str, float]:
    """Return milliseconds (the least of some: in others the machine did more) and queries."""
    times = []
    call()
    for _ in range(TIMES):
        with CaptureQueriesContext(connection) as asked:
            begun = time.perf_counter()
            call()
            times.append(time.perf_counter() - begun)
    return {"ms": round(min(times) * 1000, 1), "queries": queries(asked)}
