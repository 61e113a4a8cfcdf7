"""Marked words through every form of the portal, then every log of every process is read."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import time
from urllib.parse import urlsplit

import pytest
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY as METHODS_OF,
)
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as METHODS
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from applications.domain import access
from applications.domain.roles import ensure_roles
from applications.models import Application, Status
from applications.sections.registry import sections_for
from jetportal.accounts.models import User
from tests.applicants import assign, make_application, make_staff, make_user, pdf, seat_panel
from tests.factories import make_round
from tests.fault.test_two_of_everything import Clock
from tests.formfiller import Form, Forms
from tests.front import NAME, Nginx, behind_the_front
from tests.processes import CeleryWorker, WebServer
from tests.raw import FORM, TOKEN
from tests.referees import ask, token_of
from tests.security.addresses import every_address
from tests.services import Redis, Server, free_port, wait_until
from tests.smtp import Answer, MailReceiver

pytestmark = pytest.mark.django_db(transaction=True)

MARK = "Zyxomark"
ADDRESS = "zyxomark@example.org"
KINDS = (  # of forms, by a piece of their addresses; many more are filled than these
    *("/accounts/login/", "/watch/", "/verify/", "/eligibility/", "/erasure/", "/passkeys/"),
    *("/identity/", "/criminal/", "/purpose/", "/documents/citizenship/", "/qualifications/"),
    *("/references/add/", "/write/", "/decline/", "/change-contact/", "/correct/"),
    *("/note/", "/move/", "/lategrant/", "/assignment/"),
)
SOURCE = "127.0.0.77"  # where the reader sits
BROKEN = ("applications_sectionanswers", "mail_outgoingmailattempt")


@dataclass
class Reader:
    """Somebody with a browser, before the front server; `sent` counts the forms that left it."""

    front: Nginx
    user: User | None = None
    sent: set[str] = field(default_factory=set)
    statuses: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.line = self.front.connect(source=SOURCE)
        self.cookies = f"{settings.CSRF_COOKIE_NAME}={TOKEN}"
        if self.user:
            self.cookies += f"; {settings.SESSION_COOKIE_NAME}={session_of(self.user)}"

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = FORM) -> str:
        own = {"Host": NAME, "Origin": f"https://{NAME}", "Cookie": self.cookies}
        own |= {"X-CSRFToken": TOKEN, "User-Agent": MARK, "Referer": f"https://{NAME}/?q={MARK}"}
        if body:
            own["Content-Type"] = kind
        self.line.request(method, path, body or None, own)
        answer = self.line.getresponse()
        self.statuses.append(answer.status)
        return answer.read().decode(errors="replace")

    def fill_everything_on(self, path: str) -> None:
        """Ask for a page with our words in its query, and send each of its forms."""
        page = self.ask("GET", f"{path}?q={MARK}")
        for form in Forms.of(page):
            self.fill(form, path)

    def fill(self, form: Form, path: str) -> None:
        target = urlsplit(form.action).path or path
        if form.method != "post" or target.endswith(ENDS):
            return
        kind, body = form.body(MARK, ADDRESS, pdf())
        self.sent.add(target)
        self.ask("POST", target, body, kind)


def session_of(user: User) -> str:
    """Sign somebody in, with the second step that the desk asks for."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[METHODS] = [{"method": "mfa", "at": time()}]
    session[METHODS_OF] = str(user.pk)
    session.save()
    return str(session.session_key)


@pytest.fixture
def people() -> dict[str, User]:
    call_command("load_catalogue", verbosity=0)
    call_command("createcachetable")
    ensure_roles()
    return {
        "owner": make_user(ADDRESS),
        "sender": make_user(f"sent-{ADDRESS}"),
        "office": make_staff(
            f"office-{ADDRESS}", access.PROGRAM_OFFICE, access.COORDINATORS, consulate="new-york"
        ),
        "reviewer": make_staff(f"reads-{ADDRESS}", access.REVIEWERS),
        "panel": make_staff(f"panel-{ADDRESS}", access.INTERVIEWERS),
    }


@pytest.fixture
def files(people: dict[str, User]) -> dict[str, Application]:
    """A draft and a sent application of a round that is open at this hour."""
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=9)
    round_ = make_round(closes_at=end)
    draft = make_application(round_=round_, applicant=people["owner"])
    sent = make_application(round_=round_, applicant=people["sender"], status=Status.SUBMITTED)
    assign(sent, people["reviewer"])
    seat_panel(sent, people["panel"])
    return {"draft": draft, "sent": sent}


def places(application: Application) -> defaultdict[str, object]:
    named = {
        "slug": application.round_id,
        "key": application.key,
        "document_key": application.documents.all()[0].key,
        "slot": "citizenship",
        "referee_key": application.referees.all()[0].key,
        "section_key": "coaching",
        "list_key": "qualifications",
        "entry_id": "00000001",
        "target": "in_screening",
    }
    return defaultdict(lambda: application.pk, named)


def pages(application: Application, *spaces: str) -> Iterator[str]:
    """Yield every address of these parts, and each section of the form."""
    for name, path in every_address(places(application)):
        if name.startswith(spaces) and "submit" not in name and "discard" not in name:
            yield path
    if "applications:" in spaces:
        for section in sections_for(application.round):
            yield f"/applications/{application.key}/{section.key}/"


# What would end the way of somebody who still has forms to fill.
ENDS = ("/logout/", "/submit/", "/discard/", "/withdraw/", "/conflict/", "/known/", "/cancel/")
PUBLIC = ("positions:", "account_", "verify", "round_", "own_data", "mfa_")


def everybody_fills_everything(
    front: Nginx, people: dict[str, User], files: dict[str, Application], token: str
) -> list[Reader]:
    draft, sent = files["draft"], files["sent"]
    stranger, referee = Reader(front), Reader(front)
    owner, sender = Reader(front, people["owner"]), Reader(front, people["sender"])
    desk = [Reader(front, people[who]) for who in ("office", "reviewer", "panel")]
    for path in pages(draft, *PUBLIC):
        stranger.fill_everything_on(path)
    for page in ("", "start/", "write/", "preview/", "not-me/", "received/", "decline/"):
        referee.fill_everything_on(f"/references/{token}/{page}")
    for path in pages(draft, "applications:"):
        owner.fill_everything_on(path)
    owner.ask("POST", f"/applications/{draft.key}/submit/", f"zone={MARK}".encode())
    for path in pages(sent, "applications:", *PUBLIC):
        sender.fill_everything_on(path)
    for member in desk:
        for path in pages(sent, "admin:"):
            member.fill_everything_on(path)
    stranger.ask("GET", f"/mailto:{ADDRESS}/?{MARK}")
    stranger.ask("GET", f"/watch/stop/{token}/")
    return [stranger, referee, owner, sender, *desk]


@contextmanager
def refusing_rows() -> Iterator[None]:
    """Let the database refuse rows of two tables, with the whole row in its words."""
    try:
        with connection.cursor() as cursor:
            for table in BROKEN:
                cursor.execute(f"ALTER TABLE {table} ADD CHECK (false) NOT VALID")
        yield
    finally:
        with connection.cursor() as cursor:
            for table in BROKEN:
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_check")


def events(told: dict[str, str]) -> set[str]:
    """Return the first words of what our own processes wrote, each line an object of its own."""
    ours = (text for name, text in told.items() if "Nginx" not in name)
    lines = [line for text in ours for line in text.splitlines() if line.startswith("{")]
    return {str(json.loads(line)["event"]).partition(" ")[0] for line in lines}


def named_in(told: dict[str, str], server: str) -> set[str]:
    """Return the names of requests in the logs of one kind of server."""
    lines = "\n".join(text for name, text in told.items() if name.startswith(server)).splitlines()
    return {str(json.loads(line)["request"]) for line in lines if line.startswith("{")}


def logs_of(*servers: Server) -> dict[str, str]:
    """Read everything that these servers have written, by the name of server and file."""
    found = {}
    for place, server in enumerate(servers):
        files = {server.output, *server.folder.glob("*.log")}
        found |= {f"{type(server).__name__} {place} {file.name}": file for file in files}
    return {name: file.read_text() for name, file in found.items()}


def test_no_log_of_any_process_names_anybody(people, files, own_redis: Redis):
    token = token_of(ask(files["draft"], at=datetime.now(UTC)))
    section = f"/applications/{files['draft'].key}/identity/"
    nowhere = f"postgres://{MARK}:{MARK}@127.0.0.1:{free_port()}/{MARK}"
    with ExitStack() as stack:
        receiver = stack.enter_context(MailReceiver(Answer.REFUSE, Answer.BUSY, Answer.DROP))
        ours = {"REDIS_URL": own_redis.url, "EMAIL_URL": receiver.url, "LOG_LEVEL": "INFO"}
        web = stack.enter_context(WebServer(**behind_the_front(**ours)))
        lost = stack.enter_context(WebServer(**behind_the_front(**ours, DATABASE_URL=nowhere)))
        front = stack.enter_context(Nginx(web.port))
        before_lost = stack.enter_context(Nginx(lost.port))

        readers = everybody_fills_everything(front, people, files, token)
        with refusing_rows():
            readers[2].fill_everything_on(section)
            worker = stack.enter_context(CeleryWorker(**ours))
            clock = stack.enter_context(Clock(**ours))
            wait_until(lambda: "CheckViolation" in worker.output.read_text(), "a job to break")
        for path in ("/accounts/login/", f"/references/{token}/", section):
            away = Reader(before_lost)
            away.ask("POST", path, f"email={ADDRESS}".encode())
            assert away.statuses == [500]
        web.kill()
        assert Reader(front).ask("POST", f"/references/{token}/write/", MARK.encode())

        fronts = (before_lost.log, front.log)  # they are written down within a second
        wait_until(lambda: all('"status":50' in log.read_text() for log in fronts), "the logs")
        told = logs_of(front, before_lost, web, lost, worker, clock)

    sent = set().union(*(reader.sent for reader in readers))
    secrets = [MARK, ADDRESS, token, SOURCE, TOKEN, "Lindqvist", "Okafor"]
    secrets += [reader.cookies.rpartition("=")[2] for reader in readers if reader.user]
    found = [
        (name, line)
        for name, text in told.items()
        for line in text.splitlines()
        if any(secret.lower() in line.lower() for secret in secrets)
    ]
    assert [kind for kind in KINDS if not any(kind in path for path in sent)] == []
    assert {"Internal", "Not", "Forbidden:", "Task"} <= events(told)
    assert found == []
    assert named_in(told, "Nginx") & named_in(told, "CeleryWorker"), "a job names its request"
