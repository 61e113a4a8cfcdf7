from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from jetportal.mail import outbox
from jetportal.mail.models import Lane, MailState, OutgoingMail
from jetportal.mail.outbox import LEASE, Counts
from tests.jetportal.mail.factories import AT, clock, make_mail

TICK = timedelta(microseconds=1)

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


def test_enqueue_stores_one_row_per_key():
    first = make_mail("confirmation:1")
    second = make_mail("confirmation:1", subject="Another subject")

    assert second.pk == first.pk
    assert [mail.subject for mail in OutgoingMail.objects.all()] == ["We have your application"]


def test_enqueue_is_undone_with_the_transaction_of_the_caller():
    with transaction.atomic():
        make_mail()
        transaction.set_rollback(True)

    assert OutgoingMail.objects.count() == 0


def test_enqueue_nudges_after_the_commit_except_for_bulk(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        make_mail("a", lane=Lane.FIRST)
        make_mail("a", lane=Lane.FIRST)
        make_mail("b", lane=Lane.DECISIONS)
        make_mail("c", lane=Lane.BULK)

    assert len(callbacks) == 2


def test_claim_takes_first_lane_then_oldest():
    make_mail("bulk", lane=Lane.BULK, at=AT - timedelta(hours=1))
    make_mail("decision", lane=Lane.DECISIONS)
    make_mail("code", at=AT)
    make_mail("older code", at=AT - timedelta(seconds=1))

    claimed = [outbox.claim_next(at=AT) for _ in range(5)]

    keys = [mail.key if mail else None for mail in claimed]
    assert keys == ["older code", "code", "decision", "bulk", None]


@pytest.mark.parametrize(
    ("at", "claimed"), [(AT - TICK, False), (AT, True), (AT + timedelta(days=9), True)]
)
def test_claim_takes_only_what_is_due(at, claimed):
    make_mail(at=AT)

    assert (outbox.claim_next(at=at) is not None) is claimed


def test_claim_comes_back_when_its_lease_is_over():
    make_mail()
    outbox.claim_next(at=AT)

    held = outbox.claim_next(at=AT + LEASE - TICK)
    again = outbox.claim_next(at=AT + LEASE)

    assert (held, again and again.attempts) == (None, 2)


def test_deliver_due_sends_everything_once(mailoutbox):
    for number in range(3):
        make_mail(f"confirmation:{number}")

    counts = outbox.deliver_due(now=clock())
    later = outbox.deliver_due(now=clock(days=1))

    assert (counts, later) == (Counts(sent=3), Counts())
    assert len(mailoutbox) == 3
    states = OutgoingMail.objects.values_list("state", "sent_at", "tries__outcome")
    assert set(states) == {("sent", AT, "sent")}


def test_deliver_due_stops_at_its_limit(mailoutbox):
    for number in range(3):
        make_mail(f"confirmation:{number}")

    assert outbox.deliver_due(now=clock(), limit=2) == Counts(sent=2)


def test_deliver_due_stops_when_its_time_is_over(mailoutbox):
    make_mail()

    assert outbox.deliver_due(now=clock(), time=timedelta(0)) == Counts()


def test_mail_carries_its_words_and_stable_headers(mailoutbox):
    mail = make_mail(headers=(("Reply-To", "help@example.org"),))

    outbox.deliver_due(now=clock(minutes=9))

    sent = mailoutbox[0]
    assert (sent.to, sent.body) == (["mia.tanaka@example.org"], "Reference: JET-4711\n")
    assert [part.content for part in sent.alternatives] == ["<p>Reference: JET-4711</p>"]
    assert sent.extra_headers == {
        "Reply-To": "help@example.org",
        "Message-ID": mail.message_id,
        "Date": "Sat, 06 Apr 2024 09:59:59 +0000",
        "Auto-Submitted": "auto-generated",
    }
    assert mail.message_id.endswith("@testserver>")


def test_deliver_sends_one_mail_and_leaves_the_others(mailoutbox):
    mail = make_mail("a")
    make_mail("b")

    states = [outbox.deliver(mail.pk, now=clock()) for _ in range(2)]

    assert (states, len(mailoutbox)) == ([MailState.SENT, None], 1)


def test_secret_words_are_blanked_once_sent(mailoutbox):
    make_mail("code:1", secret=True, text="Your code is 123456\n")

    outbox.deliver_due(now=clock())

    mail = OutgoingMail.objects.get()
    assert "123456" in mailoutbox[0].body
    assert (mail.state, mail.text, mail.html) == (MailState.SENT, "", "")


def test_claim_that_lost_its_lease_cannot_take_back_the_retry_of_a_newer_one():
    make_mail()
    slow = outbox.claim_next(at=AT)
    outbox.claim_next(at=AT + LEASE)

    outbox._record(slow, outbox.verdict(TimeoutError()), at=AT + LEASE + TICK)

    assert OutgoingMail.objects.get().due_at == AT + 2 * LEASE


def test_claim_that_lost_its_lease_still_says_that_it_sent():
    make_mail()
    slow = outbox.claim_next(at=AT)
    outbox.claim_next(at=AT + LEASE)

    outbox._record(slow, outbox.ACCEPTED, at=AT + LEASE + TICK)

    assert OutgoingMail.objects.get().state == MailState.SENT


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "lost"},
        {"lane": 4},
        {"state": "sent"},
        {"sent_at": AT},
        {"secret": True, "state": "failed"},
        {"queued_at": AT - TICK},
        {"recipient": ""},
    ],
    ids=str,
)
def test_database_refuses_rows_that_contradict_themselves(changes):
    make_mail()

    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMail.objects.update(**changes)


def test_mail_is_named_without_personal_data():
    mail = make_mail()

    assert str(mail) == f"mail {mail.pk}"
