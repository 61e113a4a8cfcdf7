"""Two workers, one mailbox: real connections, one start."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection

from jetportal.mail import outbox
from jetportal.mail.models import MailState, OutgoingMail
from tests.jetportal.mail.factories import AT, clock, make_mail

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]

Result = TypeVar("Result")


def at_once(*calls: Callable[[], Result]) -> list[Result]:
    """Run the calls in threads of their own, all released at the same moment."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Result]) -> Result:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def test_one_mail_is_claimed_by_one_of_two_workers():
    mail = make_mail()

    claimed = at_once(*[lambda: outbox.claim_next(at=AT)] * 2)

    assert sorted(claimed, key=str) == sorted([mail, None], key=str)
    assert OutgoingMail.objects.get().attempts == 1


def test_nudge_and_sweep_send_one_mail_once(mailoutbox):
    mail = make_mail()

    at_once(
        lambda: outbox.deliver(mail.pk, now=clock()),
        lambda: outbox.deliver_due(now=clock()),
    )

    assert (len(mailoutbox), mail.tries.count()) == (1, 1)


def test_two_sweeps_share_many_mails_and_send_each_once(mailoutbox):
    for number in range(20):
        make_mail(f"confirmation:{number}")

    counts = at_once(*[lambda: outbox.deliver_due(now=clock())] * 2)
    rest = outbox.deliver_due(now=clock())

    assert sum(count.sent for count in [*counts, rest]) == 20
    assert len({mail.extra_headers["Message-ID"] for mail in mailoutbox}) == len(mailoutbox) == 20
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {MailState.SENT}


def test_same_key_at_once_gives_one_row():
    mails = at_once(*[lambda: make_mail("confirmation:1")] * 2)

    assert mails[0] == mails[1]
    assert OutgoingMail.objects.count() == 1
