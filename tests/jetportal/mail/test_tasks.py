from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from jetportal.celery import app
from jetportal.mail import tasks
from jetportal.mail.models import Lane, MailState, OutgoingMail
from tests.jetportal.mail.factories import make_mail
from tests.smtp import Answer, MailReceiver

pytestmark = pytest.mark.django_db


def deliver_mail(*arguments: str) -> str:
    out = StringIO()
    call_command("deliver_mail", *arguments, stdout=out)
    return out.getvalue().strip()


def test_task_delivers_one_mail(mailoutbox):
    mail = make_mail("a")
    make_mail("b")

    tasks.deliver_one(mail.pk)

    assert list(OutgoingMail.objects.filter(state=MailState.SENT)) == [mail]


def test_task_without_a_row_does_nothing(mailoutbox):
    tasks.deliver_one(4711)

    assert mailoutbox == []


def test_sweep_takes_what_nobody_was_told_about(mailoutbox):
    make_mail(lane=Lane.BULK)

    tasks.deliver_due()

    assert len(mailoutbox) == 1


def test_sweep_is_on_the_schedule_and_expires_before_its_next_turn():
    app.finalize()
    entries = [e for e in app.conf.beat_schedule.values() if e["task"] == tasks.deliver_due.name]

    assert [(e["schedule"], e["options"]["expires"] < e["schedule"]) for e in entries] == [
        (30.0, True)
    ]


def test_command_sends_and_counts(mailoutbox):
    make_mail("a")
    make_mail("b")

    assert deliver_mail() == "2 sent, 0 to be tried again, 0 failed."
    assert len(mailoutbox) == 2


def test_command_only_counts_in_a_dry_run(mailoutbox):
    make_mail("a")
    make_mail("later", at=datetime.now(UTC) + timedelta(hours=1))

    assert deliver_mail("--dry-run") == "1 due; nothing was sent."
    assert (mailoutbox, OutgoingMail.objects.get(key="a").attempts) == ([], 0)


@pytest.mark.parametrize(
    ("answer", "report"),
    [
        (Answer.REFUSE, "1 sent, 0 to be tried again, 1 failed. 0 still due."),
        (Answer.BUSY, "1 sent, 1 to be tried again, 0 failed. 0 still due."),
    ],
)
def test_command_fails_when_some_mail_did_not_leave(smtp: MailReceiver, answer, report):
    smtp.plan.append(answer)
    make_mail("a")
    make_mail("b")

    with pytest.raises(CommandError, match=report):
        deliver_mail()


def test_logs_name_the_row_and_no_person(smtp: MailReceiver, caplog):
    caplog.set_level("DEBUG")
    smtp.plan.extend([Answer.BUSY, Answer.REFUSE])
    rows = [make_mail(str(number), at=datetime.now(UTC)) for number in range(3)]

    with pytest.raises(CommandError):
        deliver_mail()

    logged = [r.getMessage() for r in caplog.records if r.name.startswith("jetportal")]
    ids = [mail.pk for mail in rows]
    states = ("retried", "failed", "sent")
    assert logged == [f"mail {state} id={pk}" for state, pk in zip(states, ids, strict=True)]
    assert [line for line in logged if "@" in line] == []
