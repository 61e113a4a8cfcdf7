"""A submit that waits for its row judges by the round as it is when the wait ends.

On PostgreSQL alone: on SQLite whole transactions take turns.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from threading import Event

import pytest
from django.db import connection, transaction

from applications.domain import workflow
from applications.domain.access import PROGRAM_OFFICE
from applications.domain.errors import RoundClosed
from applications.domain.lateness import grants
from applications.models import Application, Status
from jetportal.mail.models import OutgoingMail
from positions.deadlines import HST
from positions.domain import rounds
from tests.applicants import SENT_AT, make_application, make_staff
from tests.factories import CLOSES_AT
from tests.services import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

LATER = (CLOSES_AT + timedelta(days=7) - timedelta(minutes=1)).astimezone(HST)
PATIENCE = 20


@contextmanager
def held(application: Application) -> Iterator[None]:
    """Hold the row on a connection of its own while the body runs."""
    holds, let_go = Event(), Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Application.objects.select_for_update().get(pk=application.pk)
                holds.set()
                let_go.wait(PATIENCE)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        assert holds.wait(PATIENCE)
        try:
            yield
        finally:
            let_go.set()
            holding.result(PATIENCE)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # one transaction sees one picture, else
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


def submitted_while(application: Application, *, at, change: Callable[[], object]) -> object:
    """Let a submit wait for its row, make `change` meanwhile, let it go on; return its outcome."""

    def submit() -> object:
        try:
            return workflow.submit(
                application.key, by=application.applicant, received_at=at, recorded_at=at
            )
        except RoundClosed as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with held(application):
            waiting = pool.submit(submit)
            wait_until(somebody_waits, "the submit to wait for its row")
            change()
        return waiting.result(PATIENCE)


@pytest.fixture
def application() -> Application:
    return make_application()


def extending(application: Application) -> Callable[[], object]:
    return partial(
        rounds.extend,
        application.round.pk,
        day=LATER.date(),
        clock=LATER.time(),
        reason="A storm",
        by=make_staff("office@example.org", PROGRAM_OFFICE),
        at=CLOSES_AT - timedelta(hours=1),
    )


def test_extension_made_while_a_submit_waits_for_its_row_counts(application):
    outcome = submitted_while(application, at=CLOSES_AT, change=extending(application))

    assert isinstance(outcome, Application)
    assert outcome.status == Status.SUBMITTED


def test_cancellation_made_while_a_submit_waits_for_its_row_counts(application):
    cancel = partial(
        rounds.cancel,
        application.round.pk,
        reason="No post left",
        by=make_staff("office@example.org", PROGRAM_OFFICE),
        at=SENT_AT,
    )

    outcome = submitted_while(application, at=SENT_AT, change=cancel)

    assert isinstance(outcome, RoundClosed)
    assert Application.objects.get().status == Status.DRAFT


def test_grant_approved_while_a_late_submit_waits_for_its_row_lets_it_in(application):
    grant = grants.ask(
        application.round.slug,
        email=application.applicant.email,
        day=LATER.date(),
        clock=LATER.time(),
        reason="A storm",
        by=make_staff("asker@example.org", PROGRAM_OFFICE),
        at=SENT_AT,
    )
    approver = make_staff("approver@example.org", PROGRAM_OFFICE)

    def approve() -> None:  # it waits for the row, too: whichever comes first, one of them sends
        try:
            grants.approve(grant.pk, by=approver, at=CLOSES_AT + timedelta(minutes=1))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        approving: list[Future[None]] = []
        submitted_while(
            application, at=CLOSES_AT, change=lambda: approving.append(pool.submit(approve))
        )
        approving[0].result(PATIENCE)

    application.refresh_from_db()
    assert application.status == Status.SUBMITTED
    assert application.submitted_at == CLOSES_AT
    assert OutgoingMail.objects.filter(kind="confirmation").count() == 1
