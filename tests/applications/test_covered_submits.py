"""What was kept of a late submit counts once an extension of the round has put it in time."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications import tasks
from applications.domain import access, changes, workflow
from applications.domain.errors import RoundClosed
from applications.domain.form import drafts
from applications.domain.lateness import covered, late
from applications.models import Application, FrozenAnswers, LateSubmit, Status, StatusChange
from jetportal.mail.models import OutgoingMail
from positions.deadlines import HST, LAPSE_AFTER, last_minute
from positions.domain import rounds
from tests.applicants import make_application, make_staff
from tests.factories import CLOSES_AT

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

TICK = timedelta(microseconds=1)
LATE = CLOSES_AT + timedelta(minutes=4, seconds=12)
AT = CLOSES_AT + timedelta(hours=2)
LATER = CLOSES_AT + timedelta(days=3)
SENT = "I coach archery and would like to share it in Japan."


def send(application: Application, *, at=LATE) -> None:
    with pytest.raises(RoundClosed):
        workflow.submit(application.key, by=application.applicant, received_at=at, recorded_at=at)


def extend(application: Application, *, at=AT, to=LATER) -> None:
    last = last_minute(to).astimezone(HST)
    office = make_staff("extends@example.org", access.PROGRAM_OFFICE)
    rounds.extend(
        application.round.pk, day=last.date(), clock=last.time(), reason="A storm", by=office, at=at
    )


def type_more(application: Application, *, at=AT) -> None:
    answers = {"statement": ["Typed after the click"]}
    drafts.save_section(application.key, "purpose", answers, by=application.applicant, at=at)


def run(*, at) -> None:
    """Do what the job does that lapses drafts."""
    with time_machine.travel(at, tick=False):
        tasks.lapse_due()


def again() -> Application:
    return Application.objects.with_round().with_late_end(AT).get()


@pytest.mark.parametrize("lapses", [False, True])
def test_extension_sends_what_was_kept_once_and_confirms_it(lapses):
    application = make_application()
    send(application)
    if lapses:
        run(at=CLOSES_AT + LAPSE_AFTER)
        OutgoingMail.objects.all().delete()
    extend(application)

    for minute in range(2):
        run(at=AT + timedelta(minutes=minute))

    sent = again()
    assert (sent.status, sent.submitted_at, sent.ends_at_sent) == (Status.SUBMITTED, LATE, LATER)
    assert sent.recorded_at == AT
    assert FrozenAnswers.objects.get().digest == LateSubmit.objects.get().digest
    assert [mail.kind for mail in OutgoingMail.objects.all()] == ["confirmation"]
    change = StatusChange.objects.filter(to_status=Status.SUBMITTED).get()
    assert (change.by, change.reason) == (None, covered.REASON)


@pytest.mark.parametrize(("arrived", "counts"), [(LATER - TICK, True), (LATER, False)])
def test_edge_of_the_moved_deadline_decides(arrived, counts):
    application = make_application()
    send(application, at=arrived)
    extend(application, at=CLOSES_AT + timedelta(hours=1))

    assert covered.send_due(at=LATER + LAPSE_AFTER) == counts

    assert (again().status == Status.SUBMITTED) == counts


def test_changed_draft_stays_open_and_what_arrived_counts_at_the_end():
    application = make_application()
    send(application)
    type_more(application)
    extend(application)

    run(at=AT)
    run(at=LATER + LAPSE_AFTER - TICK)
    open_until_then = again().status
    run(at=LATER + LAPSE_AFTER)

    assert open_until_then == Status.DRAFT
    sent = again()
    assert (sent.status, sent.submitted_at) == (Status.SUBMITTED, LATE)
    assert SENT in FrozenAnswers.objects.get().canonical
    assert late.unsent(LateSubmit.objects.get()) == {
        "purpose": [{"statement": ["Typed after the click"]}, {}]
    }
    assert [mail.kind for mail in OutgoingMail.objects.all()] == ["confirmation"]


def test_changed_draft_sent_again_counts_with_what_it_says_then():
    application = make_application()
    send(application)
    type_more(application)
    extend(application)

    workflow.submit(application.key, by=application.applicant, received_at=AT, recorded_at=AT)
    run(at=LATER + LAPSE_AFTER)

    assert again().submitted_at == AT
    assert "Typed after the click" in FrozenAnswers.objects.get().canonical


def test_cancelled_round_sends_nothing():
    application = make_application()
    send(application)
    extend(application)
    office = make_staff("cancels@example.org", access.PROGRAM_OFFICE)
    rounds.cancel(application.round.pk, reason="No post is left", by=office, at=AT)

    assert covered.send_due(at=AT) == 0


def test_one_that_cannot_be_opened_holds_up_nobody(caplog):
    application = make_application()
    send(application)
    LateSubmit.objects.update(digest="0" * 64)
    extend(application)

    assert covered.send_due(at=LATER + LAPSE_AFTER) == 0

    assert f"late submit of application {application.pk} was set aside: Refused" in caplog.text


def test_mail_about_the_extension_says_that_it_is_in_time():
    application = make_application()
    send(application)
    type_more(application)
    extend(application)

    changes.tell_due(at=AT)

    mail = OutgoingMail.objects.get()
    text = " ".join(mail.text.replace("\u00a0", " ").split())
    assert "You sent your application at Saturday, March 15, 2025, 12:04 AM HST." in text
    assert "That is in time by now." in text
    assert "Nothing is sent until you send it" not in text
    assert "That is in time by now." in mail.html


def test_mail_to_somebody_who_sent_nothing_stays_as_it_was():
    extend(make_application())

    changes.tell_due(at=AT)

    assert "Nothing is sent until you send it" in OutgoingMail.objects.get().text


@pytest.mark.parametrize("name", ["tasks", "check"])
def test_pages_say_that_it_is_in_time_by_now(name):
    application = make_application()
    send(application)
    type_more(application)
    extend(application)
    browser = Client()
    browser.force_login(application.applicant)

    with time_machine.travel(AT, tick=False):
        page = browser.get(reverse(f"applications:{name}", args=[application.key]))

    words = " ".join(page.content.decode().replace("\u00a0", " ").split())
    assert "What you sent is in time by now" in words
    assert "The deadline has moved to Monday, March 17, 2025, 11:59 PM HST" in words


@pytest.mark.parametrize("name", ["documents", "replace_document", "remove_document"])
def test_pages_of_files_say_that_they_belong_to_what_was_sent_late(name):
    application = make_application()
    document = application.documents.first()
    more = () if name == "documents" else (document.key,)
    address = reverse(f"applications:{name}", args=[application.key, *more])
    browser = Client()
    browser.force_login(application.applicant)
    words = "These files belong to what you sent late"

    with time_machine.travel(AT, tick=False):
        before = browser.get(address).content.decode()
        send(application)
        after = browser.get(address).content.decode()

    assert words not in before
    assert words in after
