"""Letting in what was sent late, against the applicant who sends once more."""

from datetime import timedelta
from functools import partial

import pytest

from applications.domain import access, workflow
from applications.domain.errors import MoveNotAllowed, NotEditable, RoundClosed
from applications.domain.form import drafts
from applications.domain.lateness import covered, grants, lapse
from applications.models import Application, FrozenAnswers, LateGrant, LateSubmit, Status
from jetportal.mail.models import OutgoingMail
from positions.deadlines import HST, LAPSE_AFTER, last_minute
from positions.domain import rounds
from tests.applicants import make_application, make_staff
from tests.factories import CLOSES_AT
from tests.race.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

LATE = CLOSES_AT + timedelta(minutes=5)
AT = CLOSES_AT + timedelta(hours=1)
LAST = last_minute(CLOSES_AT + timedelta(days=1)).astimezone(HST)


def office(name: str):
    return make_staff(f"{name}@example.org", access.PROGRAM_OFFICE)


def sending(application: Application, *, at=AT):
    return partial(
        workflow.submit, application.key, by=application.applicant, received_at=at, recorded_at=at
    )


def approving(application: Application):
    grant = grants.ask(
        application.round.slug,
        email=application.applicant.email,
        day=LAST.date(),
        clock=LAST.time(),
        reason="A storm",
        by=office("asker"),
        at=CLOSES_AT,
    )
    return partial(grants.approve, grant.pk, by=office("second"), at=AT)


def sent_late() -> Application:
    application = make_application()
    assert isinstance(together(sending(application, at=LATE))[0], RoundClosed)
    return application


def the_one_sent() -> Application:
    """Return the application, once it is certain that it was sent exactly once."""
    application = Application.objects.get()
    assert application.status == Status.SUBMITTED
    assert FrozenAnswers.objects.count() == 1
    assert OutgoingMail.objects.filter(kind="confirmation").count() == 1
    assert OutgoingMail.objects.count() == 1
    return application


def test_two_late_clicks_keep_one():
    application = make_application()

    outcomes = together(sending(application), sending(application))

    assert all(isinstance(outcome, RoundClosed) for outcome in outcomes)
    assert LateSubmit.objects.count() == 1


def test_admission_against_sending_under_the_grant_submits_once():
    application = sent_late()

    approved, sent = together(approving(application), sending(application))

    assert isinstance(approved, LateGrant)
    assert isinstance(sent, (MoveNotAllowed, RoundClosed))
    assert the_one_sent().submitted_at in {LATE, AT}


def test_admission_against_saving_never_mixes_two_texts():
    application = sent_late()
    saving = partial(
        drafts.save_section,
        application.key,
        "purpose",
        {"statement": ["Typed later"]},
        by=application.applicant,
        at=AT,
    )

    _approved, saved = together(approving(application), saving)

    assert not isinstance(saved, Exception) or isinstance(saved, NotEditable)
    assert "Typed later" not in the_one_sent().frozen.canonical
    row = application.sections.get(section="purpose")
    assert row.answers != {"statement": ["Typed later"]}


def test_admission_against_the_lapse_submits():
    application = sent_late()

    together(approving(application), partial(lapse.lapse_due, at=CLOSES_AT + LAPSE_AFTER))

    assert Application.objects.get().status == Status.SUBMITTED


def test_admission_against_discarding_leaves_all_or_nothing():
    application = sent_late()
    discarding = partial(drafts.discard, application.key, by=application.applicant, at=AT)

    together(approving(application), discarding)

    if Application.objects.exists():
        the_one_sent()
    else:
        assert not LateSubmit.objects.exists()


def extended(application: Application) -> None:
    rounds.extend(
        application.round.pk,
        day=LAST.date(),
        clock=LAST.time(),
        reason="A storm",
        by=office("extends"),
        at=LATE,
    )


def test_two_runs_send_what_an_extension_covers_once():
    extended(sent_late())

    outcomes = together(partial(covered.send_due, at=AT), partial(covered.send_due, at=AT))

    assert sum(outcomes) == 1
    assert the_one_sent().submitted_at == LATE


def test_run_after_an_extension_against_the_applicant_who_sends_again():
    application = sent_late()
    extended(application)

    together(partial(covered.send_due, at=AT), sending(application))

    assert the_one_sent().submitted_at in {LATE, AT}
