"""PostgreSQL restarted in the middle of a submit, beneath a real web process and a real worker."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import psycopg2
import pytest
from django.urls import reverse
from psycopg2.extensions import connection

from applications.models import Application, Status
from tests.applicants import make_application, make_user
from tests.fault.test_mail_faults import sweep
from tests.processes import CeleryWorker, WebServer, portal_environment
from tests.raw import BODY, answer, connect, head, session_of, submit_path
from tests.services import PostgreSQL, Redis, wait_until
from tests.smtp import MailReceiver

pytestmark = pytest.mark.django_db(transaction=True)

Answer = tuple[int, str, str]  # status, where it leads to, the page
LOCK = "SELECT 1 FROM applications_application WHERE id = %s FOR UPDATE"
WAITS = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
# Committed, and not yet told: a standby server that is not there is waited for.
COMMITS = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
STANDBY = "ALTER SYSTEM SET synchronous_standby_names = 'nowhere'"
STATUS = "SELECT status FROM applications_application WHERE id = %s"
MAILS = "SELECT count(*) FROM mail_outgoingmail WHERE kind = 'confirmation'"


class OwnDatabase(PostgreSQL):
    """A copy of the database of this test, on a server of its own that keeps what it has said."""

    def command(self) -> list[str]:
        return [*super().command(), "--synchronous_commit=on"]

    def ask(self, question: str, *values: object) -> object:
        with closing(self.line()) as line, line.cursor() as cursor:
            cursor.execute(question, values)
            row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None

    def line(self) -> connection:
        line = psycopg2.connect(self.address)
        line.autocommit = True
        return line

    @property
    def address(self) -> str:
        return self.url.removesuffix("portal") + "postgres"

    def copy(self) -> None:
        original = portal_environment()["DATABASE_URL"]
        dumped = subprocess.run(
            ["pg_dump", "--no-owner", original], capture_output=True, check=True
        )
        filled = ["psql", "--quiet", "--set=ON_ERROR_STOP=1", self.address]
        subprocess.run(filled, input=dumped.stdout, stdout=subprocess.DEVNULL, check=True)

    def go_down(self, how: signal.Signals) -> None:
        """Stop at once: SIGINT ends every session first, SIGQUIT leaves the rest to recovery."""
        self.stop_signal = how
        self.stop()
        (self.data / "postgresql.auto.conf").write_text("")


@dataclass
class Portal:
    database: OwnDatabase
    web: WebServer
    receiver: MailReceiver
    queue: Redis

    def press(self, draft: Application, cookies: str) -> Answer:
        with connect(self.web) as line:
            line.sendall(head(self.web, submit_path(draft), cookies=cookies) + BODY)
            response = answer(line)
            return response.status, response.headers["Location"] or "", response.read().decode()

    def confirmations(self, person: str) -> int:
        said = [str(mail["Subject"]) for mail in self.receiver.to(person)]
        return len([subject for subject in said if subject.startswith("Received")])


@pytest.fixture
def drafts() -> dict[str, Application]:
    """Finished drafts of an open round, by the address of the person."""
    people = [make_user(f"person{number}@example.org") for number in range(2)]
    drafts = {person.email: make_application(applicant=person) for person in people}
    round_ = drafts[people[0].email].round
    round_.closes_at = datetime.now(UTC) + timedelta(hours=1)
    round_.save()
    return drafts


@pytest.fixture
def cookies(drafts: dict[str, Application]) -> dict[str, str]:
    return {person: session_of(draft) for person, draft in drafts.items()}


@pytest.fixture
def portal(cookies, own_redis: Redis, mail_receiver: MailReceiver) -> Iterator[Portal]:
    with ExitStack() as stack:
        database = stack.enter_context(OwnDatabase())
        database.copy()
        ours = {
            "DATABASE_URL": database.address,
            "REDIS_URL": own_redis.url,
            "EMAIL_URL": mail_receiver.url,
        }
        web = stack.enter_context(WebServer(**ours))
        stack.enter_context(CeleryWorker(**ours))
        yield Portal(database, web, mail_receiver, own_redis)


def pressed_until(portal: Portal, question: str, press: Callable[[], Answer]) -> Future[Answer]:
    """Press, and take the database down once it says that the request waits where it should."""
    with ThreadPoolExecutor(1) as person, closing(portal.database.line()) as watching:
        cursor = watching.cursor()  # open already: a wait for a lock is given up after two seconds
        pressed = person.submit(press)

        def waits() -> bool:
            cursor.execute(question)
            return cursor.fetchone() is not None

        wait_until(waits, "the request to wait")
        portal.database.go_down(signal.SIGINT if question == WAITS else signal.SIGQUIT)
    return pressed


def test_restarted_database_is_told_truthfully_and_everything_is_sent_and_confirmed_once(
    portal: Portal, drafts: dict[str, Application], cookies: dict[str, str]
):
    (ann, before), (bob, after) = drafts.items()
    by_ann, by_bob = (partial(portal.press, drafts[who], cookies[who]) for who in (ann, bob))
    database = portal.database

    with closing(database.line()) as holder, holder.cursor() as cursor:
        cursor.execute(f"BEGIN; {LOCK}", [before.pk])
        broken = pressed_until(portal, WAITS, by_ann)
    away = by_ann()
    database.start()
    nothing = database.ask(STATUS, before.pk), database.ask(MAILS)
    again = by_ann()
    wait_until(lambda: portal.confirmations(ann), "the confirmation")

    database.ask(STANDBY)
    database.ask("SELECT pg_reload_conf()")
    unheard = pressed_until(portal, COMMITS, by_bob)
    database.start()
    sent = database.ask(STATUS, after.pk), database.ask(MAILS)
    once_more = by_bob()
    sweep(portal.queue.url)
    wait_until(lambda: portal.confirmations(bob), "the other confirmation")

    for status, _, page in (broken.result(), away, unheard.result()):
        assert status == 500
        assert "If it does not say so, it was not sent; try again." in page
    assert (nothing, sent) == ((Status.DRAFT, 0), (Status.SUBMITTED, 2))
    receipts = [reverse("applications:receipt", args=[draft.key]) for draft in (before, after)]
    assert [once[:2] for once in (again, once_more)] == [(302, place) for place in receipts]
    assert [portal.confirmations(person) for person in (ann, bob)] == [1, 1]
    assert database.ask(MAILS) == 2
