"""What two simultaneous requests get. Each test has two connections to a real database."""

from datetime import timedelta
from functools import partial

import pytest

from applications.domain import withdrawing, workflow
from applications.domain.errors import MoveNotAllowed, NotEditable, RoundClosed
from applications.domain.form import drafts
from applications.domain.lateness import lapse
from applications.models import Application, SectionAnswers, Status, StatusChange
from jetportal.mail.models import OutgoingMail
from positions.deadlines import HST, LAPSE_AFTER
from positions.domain import rounds
from tests.applicants import SENT_AT, make_application, make_user
from tests.factories import CLOSES_AT, TICK, make_round
from tests.race.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def submitting(application: Application, *, at=SENT_AT, recorded_at=None):
    return partial(
        workflow.submit,
        application.key,
        by=application.applicant,
        received_at=at,
        recorded_at=recorded_at or at,
    )


def statuses_written() -> list[str]:
    return list(StatusChange.objects.values_list("to_status", flat=True))


def test_two_clicks_submit_once_and_confirm_once():
    application = make_application()

    outcomes = together(submitting(application), submitting(application))

    refusals = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [type(refusal) for refusal in refusals] == [MoveNotAllowed]
    assert statuses_written() == ["submitted"]
    assert OutgoingMail.objects.filter(kind="confirmation").count() == 1


def test_two_starts_make_one_draft():
    round_, who = make_round(), make_user()
    start = partial(drafts.start, round_.slug, by=who, at=SENT_AT)

    outcomes = together(start, start)

    assert outcomes[0] == outcomes[1] == Application.objects.get()


def test_submit_against_withdraw_ends_in_an_order_that_is_told():
    application = make_application()
    withdraw = partial(withdrawing.withdraw, application.key, by=application.applicant, at=SENT_AT)

    submitted, withdrawn = together(submitting(application), withdraw)

    assert isinstance(submitted, Application)
    told = ["submitted"] if isinstance(withdrawn, MoveNotAllowed) else ["submitted", "withdrawn"]
    assert statuses_written() == told
    assert Application.objects.get().status == told[-1]


def test_submit_in_time_is_not_overtaken_by_the_close():
    """The request arrived in the last microsecond and waited; meanwhile the lapse job runs."""
    application = make_application()
    now = CLOSES_AT + LAPSE_AFTER
    submit = submitting(application, at=CLOSES_AT - TICK, recorded_at=now)

    submitted, _lapsed = together(submit, partial(lapse.lapse_due, at=now))

    assert isinstance(submitted, Application)
    assert Application.objects.get().status == Status.SUBMITTED
    assert statuses_written() in (["submitted"], ["lapsed", "submitted"])


def test_submit_against_cancel_is_judged_by_its_arrival():
    application = make_application()
    staff = make_user("office@example.org")
    cancel = partial(
        rounds.cancel, application.round.pk, reason="No post left", by=staff, at=SENT_AT + TICK
    )

    submitted, _change = together(submitting(application, at=SENT_AT), cancel)

    assert isinstance(submitted, Application)


def test_submit_against_extend_is_accepted_or_truthfully_late():
    application = make_application()
    staff = make_user("office@example.org")
    later = (CLOSES_AT + timedelta(days=7) - timedelta(minutes=1)).astimezone(HST)
    extend = partial(
        rounds.extend,
        application.round.pk,
        day=later.date(),
        clock=later.time(),
        reason="A storm",
        by=staff,
        at=CLOSES_AT - timedelta(hours=1),
    )

    submitted, change = together(submitting(application, at=CLOSES_AT), extend)

    assert not isinstance(change, Exception)
    if isinstance(submitted, RoundClosed):
        assert submitted.closes_at == CLOSES_AT
        submitting(application, at=CLOSES_AT)()
    assert Application.objects.get().status == Status.SUBMITTED


def test_save_against_submit_never_changes_what_was_frozen():
    application = make_application()
    save = partial(
        drafts.save_section,
        application.key,
        "purpose",
        {"statement": ["Written at the same moment."]},
        by=application.applicant,
        at=SENT_AT,
    )

    _submitted, saved = together(submitting(application), save)

    stored = SectionAnswers.objects.get(section="purpose").answers["statement"][0]
    sent = Application.objects.get()
    assert sent.status == Status.SUBMITTED
    assert stored in sent.frozen.canonical
    assert isinstance(saved, NotEditable) or stored == "Written at the same moment."
