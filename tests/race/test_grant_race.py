"""Two people at one late grant, and an approval against the submit that waits for it."""

from datetime import timedelta
from functools import partial

import pytest

from applications.domain import access, workflow
from applications.domain.errors import Refused, RoundClosed
from applications.domain.form import drafts
from applications.domain.lateness import grants, lapse
from applications.models import Application, LateGrant, Status
from jetportal.mail.models import OutgoingMail
from positions.deadlines import HST, LAPSE_AFTER
from tests.applicants import make_application, make_staff, make_user
from tests.factories import CLOSES_AT, make_round
from tests.race.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

AT = CLOSES_AT + timedelta(hours=1)
UNTIL = CLOSES_AT + timedelta(days=1)
LAST = (UNTIL - timedelta(minutes=1)).astimezone(HST)


def staff(name: str):
    return make_staff(f"{name}@example.org", access.PROGRAM_OFFICE)


def asking(round_slug: str, email: str, *, by: str = "asker"):
    return partial(
        grants.ask,
        round_slug,
        email=email,
        day=LAST.date(),
        clock=LAST.time(),
        reason="A storm",
        by=staff(by),
        at=CLOSES_AT,
    )


def test_two_approvals_make_one_and_one_mail():
    grant = asking(make_round().slug, make_user().email)()
    approving = [partial(grants.approve, grant.pk, by=staff(who), at=AT) for who in ("b", "c")]

    outcomes = together(*approving)

    refusals = [str(outcome) for outcome in outcomes if isinstance(outcome, Refused)]
    assert refusals == ["It is approved already."]
    assert OutgoingMail.objects.filter(kind="late_grant").count() == 1


def test_approval_against_setting_aside_ends_in_one_of_the_two():
    grant = asking(make_round().slug, make_user().email)()

    outcomes = together(
        partial(grants.approve, grant.pk, by=staff("b"), at=AT),
        partial(grants.set_aside, grant.pk, by=staff("c"), at=AT),
    )

    assert len([outcome for outcome in outcomes if isinstance(outcome, Refused)]) == 1
    grant.refresh_from_db()
    assert (grant.approved_at is None) is (grant.set_aside_at is not None)


def test_two_who_ask_make_one_that_waits():
    round_, applicant = make_round(), make_user()

    outcomes = together(*(asking(round_.slug, applicant.email, by=who) for who in ("a", "b")))

    refusals = [str(outcome) for outcome in outcomes if isinstance(outcome, Refused)]
    assert refusals == [grants.WAITS_ALREADY]
    assert LateGrant.objects.count() == 1


def test_approval_against_submit_is_accepted_or_truthfully_late():
    application = make_application()
    grant = asking(application.round.slug, application.applicant.email)()
    submit = partial(
        workflow.submit,
        application.key,
        by=application.applicant,
        received_at=AT,
        recorded_at=AT,
    )

    submitted, approved = together(submit, partial(grants.approve, grant.pk, by=staff("b"), at=AT))

    assert isinstance(approved, LateGrant)
    if isinstance(submitted, RoundClosed):
        assert submitted.closes_at == CLOSES_AT
        if Application.objects.get().status == Status.DRAFT:  # approved before it was kept
            submit()
    assert Application.objects.get().status == Status.SUBMITTED


def test_begin_against_approval_never_loses_the_granted_end():
    round_, applicant = make_round(), make_user()
    before = CLOSES_AT - timedelta(hours=1)
    grant = grants.ask(
        round_.slug,
        email=applicant.email,
        day=LAST.date(),
        clock=LAST.time(),
        reason="A storm",
        by=staff("asker"),
        at=before,
    )

    together(
        partial(drafts.start, round_.slug, by=applicant, at=before),
        partial(grants.approve, grant.pk, by=staff("b"), at=before),
    )

    assert Application.objects.with_round().with_late_end(AT).get().ends_at == UNTIL


def test_submit_in_the_last_granted_instant_is_not_overtaken_by_the_lapse():
    application = make_application()
    grant = asking(application.round.slug, application.applicant.email)()
    grants.approve(grant.pk, by=staff("b"), at=AT)
    now = UNTIL + LAPSE_AFTER
    submit = partial(
        workflow.submit,
        application.key,
        by=application.applicant,
        received_at=UNTIL - timedelta(microseconds=1),
        recorded_at=now,
    )

    submitted, _lapsed = together(submit, partial(lapse.lapse_due, at=now))

    assert isinstance(submitted, Application)
    assert Application.objects.get().status == Status.SUBMITTED
