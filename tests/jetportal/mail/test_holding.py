"""After a restore nobody knows what has left since the backup: waiting mail waits for a person."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from jetportal.mail import again, outbox
from jetportal.mail.models import MailState, OutgoingMail
from tests.jetportal.mail.factories import AT, clock, make_mail

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_waiting_mail_is_held_and_what_was_sent_stays_sent():
    sent, waiting = make_mail("confirmation:1"), make_mail("confirmation:2")
    code = make_mail("code:1", secret=True)
    outbox.deliver(sent.pk, now=clock())

    held = again.hold_waiting(at=AT)

    states = dict(OutgoingMail.objects.values_list("pk", "state"))
    assert held == 2
    assert states == {
        sent.pk: MailState.SENT,
        waiting.pk: MailState.FAILED,
        code.pk: MailState.FAILED,
    }
    assert OutgoingMail.objects.get(pk=code.pk).text == ""
    assert waiting.tries.get().detail.startswith("Held:")
    assert outbox.deliver_due(now=timezone.now) == outbox.Counts()


def test_held_mail_leaves_once_a_person_says_so():
    mail = make_mail()
    again.hold_waiting(at=AT)

    again.queue_again(mail.pk, at=AT)

    assert outbox.deliver_due(now=clock()) == outbox.Counts(sent=1)


def test_hold_mail_counts_only_when_asked_to(capsys):
    make_mail()

    call_command("hold_mail", dry_run=True)
    call_command("hold_mail")

    assert capsys.readouterr().out == "1 waiting; nothing was held.\n1 held.\n"
