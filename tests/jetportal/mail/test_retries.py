"""What happens to a mail when the mail server says no, or nothing; against a real SMTP server."""

import smtplib
from datetime import timedelta

import pytest

from jetportal.mail import again, outbox
from jetportal.mail.again import NotQueuedAgainError
from jetportal.mail.models import MailState, OutgoingMail
from jetportal.mail.outbox import RETRY_AFTER, SERVER_RESTS, Counts
from jetportal.mail.postman import Postman
from tests.jetportal.mail.factories import AT, clock, make_mail
from tests.services import free_port
from tests.smtp import Answer, MailReceiver

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


def tries_of(mail: OutgoingMail) -> list[tuple[str, int | None]]:
    return list(mail.tries.values_list("outcome", "smtp_code"))


def test_busy_server_gets_the_mail_later_and_once(smtp: MailReceiver):
    smtp.plan.append(Answer.BUSY)
    mail = make_mail()

    first = outbox.deliver_due(now=clock())
    early = outbox.deliver_due(now=clock(seconds=29))
    second = outbox.deliver_due(now=clock(seconds=30))

    assert (first, early, second) == (Counts(retried=1), Counts(), Counts(sent=1))
    assert [message["Message-ID"] for message in smtp.messages] == [mail.message_id]
    assert tries_of(mail) == [("retry", 451), ("sent", None)]


def test_refused_mail_fails_at_once_and_stays_visible(smtp: MailReceiver):
    smtp.plan.append(Answer.REFUSE)
    mail = make_mail()

    counts = outbox.deliver_due(now=clock())
    later = outbox.deliver_due(now=clock(days=1))

    mail.refresh_from_db()
    assert (counts, later, mail.state) == (Counts(failed=1), Counts(), MailState.FAILED)
    assert tries_of(mail) == [("failed", 550)]
    assert mail.tries.get().detail == "5.1.1 No such mailbox"


def test_mail_lost_after_data_is_sent_again_under_the_same_id(smtp: MailReceiver):
    smtp.plan.append(Answer.DROP)
    mail = make_mail()

    outbox.deliver_due(now=clock())
    outbox.deliver_due(now=clock(minutes=1))

    copies = [message["Message-ID"] for message in [*smtp.dropped, *smtp.messages]]
    assert copies == [mail.message_id] * 2
    assert smtp.dropped[0]["Date"] == smtp.messages[0]["Date"]
    assert tries_of(mail) == [("unreachable", None), ("sent", None)]


def test_stalled_mail_does_not_hold_up_the_next(smtp: MailReceiver):
    smtp.plan.append(Answer.STALL)
    make_mail("slow")
    make_mail("quick", to="sam@example.org")

    counts = outbox.deliver_due(now=clock())

    assert counts == Counts(sent=1, retried=1)
    assert len(smtp.to("sam@example.org")) == 1


def test_batch_keeps_its_connection_also_after_a_polite_no(smtp: MailReceiver, settings):
    smtp.plan.append(Answer.BUSY)
    mails = [make_mail(f"confirmation:{number}") for number in range(3)]

    with Postman() as postman:
        with pytest.raises(smtplib.SMTPDataError):
            postman.send(mails[0])
        settings.EMAIL_PORT = free_port()  # a new connection would not get anywhere
        for mail in mails[1:]:
            postman.send(mail)

    assert len(smtp.messages) == 2


def test_waits_grow_until_the_mail_is_given_up(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    mail, waits, at = make_mail(), [], AT

    while mail.state == MailState.QUEUED:
        outbox.deliver_due(now=clock(at))
        mail.refresh_from_db()
        waits.append(mail.due_at - at)
        at = mail.due_at

    assert tuple(waits[: len(RETRY_AFTER)]) == RETRY_AFTER
    assert set(waits[len(RETRY_AFTER) : -1]) == {RETRY_AFTER[-1]}
    assert timedelta(days=2) - RETRY_AFTER[-1] < at - outbox.LEASE - AT <= timedelta(days=2)
    assert mail.tries.count() == len(waits)


def test_mail_that_waited_for_us_gets_its_full_time(smtp: MailReceiver):
    smtp.plan.append(Answer.BUSY)
    make_mail()

    assert outbox.deliver_due(now=clock(days=5)) == Counts(retried=1)


def test_sign_in_code_is_given_up_after_a_quarter_of_an_hour(smtp: MailReceiver):
    smtp.plan.extend([Answer.BUSY] * 4)
    mail = make_mail(secret=True)

    for minutes in (0, 1, 4, 16):
        outbox.deliver_due(now=clock(minutes=minutes))

    mail.refresh_from_db()
    assert (mail.state, mail.text, smtp.attempts) == (MailState.FAILED, "", 4)


@pytest.fixture
def five_mails_and_no_server(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    for number in range(5):
        make_mail(f"confirmation:{number}")


@pytest.mark.usefixtures("five_mails_and_no_server")
def test_server_out_of_reach_is_tried_by_two_mails_only():
    counts = outbox.deliver_due(now=clock())

    waiting = OutgoingMail.objects.due(AT)
    assert counts == Counts(retried=2)
    assert [mail.attempts for mail in waiting] == [0, 0, 0]


@pytest.mark.usefixtures("five_mails_and_no_server")
def test_server_out_of_reach_rests_from_everybody():
    outbox.deliver_due(now=clock())
    waiting = OutgoingMail.objects.due(AT).first()
    end = AT + SERVER_RESTS - timedelta(microseconds=1)

    nudged = outbox.deliver(waiting.pk, now=clock())
    swept = outbox.deliver_due(now=clock(end))

    assert (nudged, swept) == (None, Counts())


@pytest.mark.usefixtures("five_mails_and_no_server")
def test_server_out_of_reach_is_tried_by_one_mail_after_its_rest():
    outbox.deliver_due(now=clock())

    assert outbox.deliver_due(now=clock(AT + SERVER_RESTS)) == Counts(retried=1)


@pytest.mark.usefixtures("five_mails_and_no_server")
def test_all_mail_follows_when_the_server_is_back(mail_receiver: MailReceiver, settings):
    outbox.deliver_due(now=clock())
    settings.EMAIL_PORT = mail_receiver.port

    counts = outbox.deliver_due(now=clock(minutes=1))

    assert (counts, len(mail_receiver.messages)) == (Counts(sent=5), 5)


def test_failed_mail_can_be_queued_again(smtp: MailReceiver):
    smtp.plan.append(Answer.REFUSE)
    mail = make_mail()
    outbox.deliver_due(now=clock())

    again.queue_again(mail.pk, at=AT + timedelta(days=5))
    counts = outbox.deliver_due(now=clock(days=5))

    assert counts == Counts(sent=1)
    assert [message["Message-ID"] for message in smtp.messages] == [mail.message_id]


@pytest.mark.parametrize("secret", [True, False], ids=["failed sign-in code", "sent mail"])
def test_mail_that_left_or_lost_its_words_stays_as_it_is(smtp: MailReceiver, secret: bool):
    smtp.plan.append(Answer.REFUSE if secret else Answer.ACCEPT)
    mail = make_mail(secret=secret)
    outbox.deliver_due(now=clock())

    with pytest.raises(NotQueuedAgainError):
        again.queue_again(mail.pk, at=AT + timedelta(days=5))
