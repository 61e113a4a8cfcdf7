"""A complete application that arrives too late is kept sealed, and can be let in as it arrived."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from applications.domain import access, workflow
from applications.domain.errors import MoveNotAllowed, Refused, RoundClosed
from applications.domain.form import drafts, freezing
from applications.domain.form.submitted import as_submitted
from applications.domain.lateness import grants, lapse, late
from applications.models import (
    Application,
    FrozenAnswers,
    LateSubmit,
    SectionAnswers,
    Status,
    StatusChange,
)
from jetportal.mail.models import OutgoingMail
from positions.deadlines import HST, LAPSE_AFTER, last_minute
from positions.domain import rounds
from tests.applicants import make_application, make_staff, make_user
from tests.factories import CLOSES_AT, OPENS_AT, make_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

LATE = CLOSES_AT + timedelta(minutes=4, seconds=12)
NEXT_DAY = CLOSES_AT + timedelta(hours=20)
UNTIL = CLOSES_AT + timedelta(days=2)
LAST = last_minute(UNTIL).astimezone(HST)
HOUR = timedelta(hours=1)


def office(name: str = "asker"):
    return make_staff(f"{name}@example.org", access.PROGRAM_OFFICE)


def send(application: Application, *, at=LATE) -> RoundClosed:
    with pytest.raises(RoundClosed) as refused:
        workflow.submit(application.key, by=application.applicant, received_at=at, recorded_at=at)
    return refused.value


def save(application: Application, section: str, at=NEXT_DAY, **answers: list[str]) -> None:
    drafts.save_section(application.key, section, answers, by=application.applicant, at=at)


def asked(application: Application, *, at=NEXT_DAY):
    return grants.ask(
        application.round.slug,
        email=application.applicant.email,
        day=LAST.date(),
        clock=LAST.time(),
        reason="Our server was away",
        by=office(),
        at=at,
    )


def let_in(application: Application, *, at=NEXT_DAY) -> Application:
    grants.approve(asked(application, at=at).pk, by=office("second"), at=at)
    return Application.objects.with_round().with_late_end(at).get(pk=application.pk)


def test_complete_late_submit_is_kept_as_it_arrived():
    application = make_application()

    refusal = send(application)

    kept = LateSubmit.objects.get()
    assert refusal.kept == kept
    assert (kept.received_at, kept.ends_at, kept.recorded_at) == (LATE, CLOSES_AT, LATE)
    found = late.opened(kept)
    assert "Lindqvist-Moreno" in found.canonical
    assert freezing.fingerprint(kept.salt, found.canonical) == kept.digest
    application.refresh_from_db()
    assert (application.status, application.submitted_at) == (Status.DRAFT, None)
    assert not FrozenAnswers.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_what_is_kept_cannot_be_read_in_the_database():
    send(make_application())

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM applications_latesubmit")
        stored = repr(cursor.fetchall())
    assert "Lindqvist" not in stored
    assert "archery" not in stored


def test_second_late_click_changes_nothing():
    application = make_application()
    send(application)
    before = LateSubmit.objects.values().get()

    refusal = send(application, at=NEXT_DAY)

    assert LateSubmit.objects.values().get() == before
    assert refusal.kept is not None
    assert refusal.kept.received_at == LATE


def test_changed_answers_sent_again_count_and_the_first_stays():
    application = make_application()
    times = [LATE + timedelta(hours=hour) for hour in range(3)]

    for number, at in enumerate(times):
        save(application, "purpose", statement=[f"Version {number}"])
        send(application, at=at)

    first, newest = LateSubmit.objects.order_by("pk")
    assert [first.received_at, newest.received_at] == [times[0], times[2]]
    assert first.superseded_at == times[1]
    assert LateSubmit.objects.counting().get() == newest
    assert "Version 2" in late.opened(newest).canonical


def test_incomplete_late_submit_names_what_is_missing_and_keeps_nothing():
    application = make_application(filled=False)

    refusal = send(application)

    assert refusal.kept is None
    assert [part.key for part in refusal.missing][:2] == ["position", "location"]
    assert not LateSubmit.objects.exists()


def test_incomplete_click_leaves_what_was_kept_before():
    application = make_application()
    kept = send(application).kept
    save(application, "purpose", statement=[""])

    refusal = send(application, at=NEXT_DAY)

    assert refusal.kept == kept
    assert [part.key for part in refusal.missing] == ["purpose"]


def test_lapsed_draft_is_kept_too():
    application = make_application()
    lapse.lapse_due(at=CLOSES_AT + LAPSE_AFTER)

    send(application, at=NEXT_DAY)

    assert LateSubmit.objects.get().received_at == NEXT_DAY


def test_request_before_the_opening_or_to_a_cancelled_round_is_not_kept():
    application = make_application()
    send(application, at=OPENS_AT - timedelta(hours=1))
    boss = make_user("boss@example.org")
    rounds.cancel(application.round.pk, reason="No post", by=boss, at=CLOSES_AT - HOUR)

    send(application, at=NEXT_DAY)

    assert not LateSubmit.objects.exists()


def test_grant_admits_what_was_sent_late_without_retyping():
    application = make_application()
    send(application)
    kept = LateSubmit.objects.get()

    admitted = let_in(application)

    assert (admitted.status, admitted.submitted_at) == (Status.SUBMITTED, LATE)
    assert (admitted.ends_at_sent, admitted.recorded_at) == (UNTIL, NEXT_DAY)
    assert admitted.frozen.digest == kept.digest
    assert freezing.is_intact(admitted.frozen)
    assert set(freezing.opened(admitted.frozen) or {}) == {"criminal", "medical", "grounds"}
    change = StatusChange.objects.get()
    assert (change.by.email, change.reason) == ("second@example.org", "Our server was away")
    mail = OutgoingMail.objects.get()
    assert (mail.key, mail.kind) == (f"confirmation:{admitted.pk}", "confirmation")
    assert "12:04" in mail.text


def test_lapsed_application_is_admitted():
    application = make_application()
    send(application)
    lapse.lapse_due(at=CLOSES_AT + LAPSE_AFTER)

    assert let_in(application).status == Status.SUBMITTED


def test_admitted_answers_are_those_that_arrived_and_later_typing_is_kept():
    application = make_application()
    send(application)
    save(application, "purpose", statement=["Typed after the click"])
    save(application, "location", consulate=[])

    admitted = let_in(application)

    sent = as_submitted(admitted)
    purpose = next(part for part in sent.parts if part.key == "purpose")
    assert purpose.answers[0].words == "I coach archery and would like to share it in Japan."
    assert admitted.consulate_id == "new-york"
    row = SectionAnswers.objects.get(section="purpose")
    assert row.answers == {"statement": ["I coach archery and would like to share it in Japan."]}
    unsent = late.unsent(LateSubmit.objects.get())
    assert unsent == {
        "purpose": [{"statement": ["Typed after the click"]}, {}],
        "location": [{"consulate": []}, {}],
    }


def test_newest_of_two_late_submits_is_admitted():
    application = make_application()
    send(application)
    save(application, "purpose", at=LATE, statement=["What I want to say"])
    send(application, at=LATE + HOUR)

    admitted = let_in(application)

    assert admitted.submitted_at == LATE + HOUR
    assert "What I want to say" in admitted.frozen.canonical


def test_first_is_admitted_where_the_newest_came_after_the_granted_end():
    application = make_application()
    send(application)
    save(application, "purpose", at=UNTIL, statement=["Too late again"])
    send(application, at=UNTIL)

    admitted = let_in(application)

    assert admitted.submitted_at == LATE
    assert "Too late again" not in admitted.frozen.canonical


def test_second_approved_grant_admits_nothing_twice():
    application = make_application()
    send(application)
    let_in(application)

    with pytest.raises(Refused, match="has sent their application"):
        asked(application)


def test_grant_without_a_kept_submit_works_as_before():
    application = make_application()

    admitted = let_in(application)

    assert admitted.status == Status.DRAFT
    assert OutgoingMail.objects.get().kind == "late_grant"


def test_what_arrived_after_the_end_of_a_first_grant_waits_for_a_second():
    application = make_application()
    let_in(application)
    after = UNTIL + timedelta(minutes=1)
    refusal = send(application, at=after)
    assert refusal.kept is not None
    assert refusal.kept.ends_at == UNTIL

    grant = grants.ask(
        application.round.slug,
        email=application.applicant.email,
        day=(LAST + timedelta(days=3)).date(),
        clock=LAST.time(),
        reason="Our server was away again",
        by=office(),
        at=after,
    )
    grants.approve(grant.pk, by=office("second"), at=after)

    assert Application.objects.get().submitted_at == after


def test_damaged_late_submit_is_not_admitted_and_the_grant_still_waits():
    application = make_application()
    send(application)
    LateSubmit.objects.update(digest="0" * 64)
    grant = asked(application)

    with pytest.raises(Refused, match="cannot be opened"):
        grants.approve(grant.pk, by=office("second"), at=NEXT_DAY)

    grant.refresh_from_db()
    assert grant.approved_at is None


def test_applicant_cannot_admit_themselves():
    application = make_application(applicant=office("own"))
    send(application)

    with pytest.raises(MoveNotAllowed):
        workflow.admit(
            application.pk, until=UNTIL, reason="x", by=application.applicant, at=NEXT_DAY
        )


def test_discarding_the_draft_deletes_what_was_kept():
    application = make_application()
    send(application)

    drafts.discard(application.key, by=application.applicant, at=NEXT_DAY)

    assert not LateSubmit.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"received_at": CLOSES_AT - timedelta(seconds=1)},
        {"recorded_at": LATE - timedelta(seconds=1)},
        {"sealed": ""},
        {"digest": "x"},
        {"salt": "x"},
        {"superseded_at": LATE - timedelta(seconds=1)},
    ],
)
def test_database_refuses_late_submits_that_cannot_be(wrong):
    send(make_application())

    with pytest.raises(IntegrityError), transaction.atomic():
        LateSubmit.objects.update(**wrong)


def test_one_late_submit_counts_per_application():
    application = make_application()
    send(application)
    row = LateSubmit.objects.get()
    row.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.fixture
def ana() -> Client:
    browser = Client()
    browser.force_login(make_application().applicant)
    return browser


def url(name: str) -> str:
    return reverse(f"applications:{name}", args=[Application.objects.get().key])


def text(response) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def test_page_says_what_is_kept_how_late_it_was_and_whom_to_ask(ana):
    with time_machine.travel(LATE, tick=False):
        answer = ana.post(url("submit"))

    page = text(answer)
    assert answer.status_code == 409
    assert "It came too late. We have kept it." in page
    assert "at 12:04:12 AM HST on Saturday, March 15, 2025" in page
    assert "4 minutes 12 seconds after the deadline. It does not count now." in page
    assert "mailto:" in page


@pytest.mark.parametrize("name", ["tasks", "check"])
def test_draft_tells_later_what_is_kept(ana, name):
    with time_machine.travel(LATE, tick=False):
        before = ana.get(url(name))
        ana.post(url("submit"))

    with time_machine.travel(NEXT_DAY, tick=False):
        after = ana.get(url(name))

    assert "What you sent late is kept" not in text(before)
    assert "as it arrived at 12:04:12 AM HST" in text(after)


def test_page_says_that_it_is_late_and_incomplete():
    application = make_application(filled=False)
    browser = Client()
    browser.force_login(application.applicant)

    with time_machine.travel(LATE, tick=False):
        answer = browser.post(url("submit"))

    page = text(answer)
    assert "Your application was not sent." in page
    assert "It was not complete either" in page
    assert reverse("applications:section", args=[application.key, "position"]) in page
    assert "is kept sealed" not in page


def test_demonstration_round_is_treated_alike():
    application = make_application(round_=make_round(is_demonstration=True))

    assert send(application).kept is not None


def test_receipt_of_what_was_admitted_names_the_own_deadline():
    application = make_application()
    send(application)
    let_in(application)
    browser = Client()
    browser.force_login(application.applicant)

    page = text(browser.get(url("receipt")))

    assert "1 day 23 hours before your own deadline, Sunday, March 16, 2025, 11:59 PM HST" in page
