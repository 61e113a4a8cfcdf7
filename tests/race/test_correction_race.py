"""A correction beside everything else that may happen to the same application."""

from datetime import timedelta
from functools import partial

import pytest

from applications.domain import corrections, workflow
from applications.domain.access import PROGRAM_OFFICE
from applications.domain.errors import NotChangeable, Refused
from applications.domain.form import freezing
from applications.domain.moves import Actor
from applications.models import Application, CorrectionRequest, Status, StatusChange
from jetportal.mail.models import OutgoingMail
from tests.applicants import SENT_AT, make_application, make_staff
from tests.race.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

LATER = SENT_AT + timedelta(hours=1)


def asked(application: Application) -> CorrectionRequest:
    return corrections.ask(
        application.key, "purpose", reason="A slip.", by=application.applicant, at=SENT_AT
    )


def granting(correction: CorrectionRequest, *, by: str, hours: int = 24):
    office = make_staff(by, PROGRAM_OFFICE)
    return partial(corrections.grant, correction.pk, hours=hours, by=office, at=SENT_AT)


def correcting(application: Application, words: str):
    return partial(
        corrections.correct,
        application.key,
        "purpose",
        {"statement": [words]},
        by=application.applicant,
        at=LATER,
    )


def open_one() -> Application:
    application = make_application(status=Status.SUBMITTED)
    granting(asked(application), by="one@example.org")()
    return application


def refusals(outcomes: list[object]) -> list[type]:
    return [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)]


def test_two_grants_make_one_and_one_mail():
    request = asked(make_application(status=Status.SUBMITTED))

    outcomes = together(
        granting(request, by="one@example.org", hours=24),
        granting(request, by="two@example.org", hours=48),
    )

    assert refusals(outcomes) == [Refused]
    granted = next(row for row in outcomes if isinstance(row, CorrectionRequest))
    stored = CorrectionRequest.objects.get()
    assert (stored.until_at, stored.decided_by) == (granted.until_at, granted.decided_by)
    assert OutgoingMail.objects.filter(kind="correction_granted").count() == 1


def test_grant_against_decline_has_one_answer():
    request = asked(make_application(status=Status.SUBMITTED))
    office = make_staff("two@example.org", PROGRAM_OFFICE)
    declining = partial(corrections.decline, request.pk, answer="No", by=office, at=SENT_AT)

    outcomes = together(granting(request, by="one@example.org"), declining)

    assert refusals(outcomes) == [Refused]
    row = CorrectionRequest.objects.get()
    assert (row.until_at is None) == (row.answer == "No")


def test_same_request_twice_waits_once():
    application = make_application(status=Status.SUBMITTED)

    outcomes = together(partial(asked, application), partial(asked, application))

    assert refusals(outcomes) == [Refused]
    assert CorrectionRequest.objects.count() == 1


@pytest.mark.parametrize("target", [Status.IN_SCREENING, Status.DISQUALIFIED])
def test_correction_against_a_move_ends_in_an_order_that_is_told(target):
    application = open_one()
    moving = partial(
        workflow.move,
        application.pk,
        target,
        by=make_staff("two@example.org", PROGRAM_OFFICE),
        actors={Actor.PROGRAM_OFFICE},
        at=LATER,
        reason="Decided",
    )

    outcomes = together(correcting(application, "Corrected."), moving)

    application.refresh_from_db()
    assert application.status == target
    assert StatusChange.objects.filter(to_status=target).count() == 1
    corrected = '"statement":["Corrected."]' in application.frozen.canonical
    assert refusals(outcomes) == ([] if corrected else [NotChangeable])
    assert application.versions.count() == 1 + corrected
    assert freezing.is_intact(application.frozen)


def test_two_corrections_at_once_are_two_versions_in_an_order():
    application = open_one()

    outcomes = together(correcting(application, "One."), correcting(application, "Two."))

    assert refusals(outcomes) == []
    versions = list(application.versions.order_by("version"))
    assert [row.version for row in versions] == [1, 2, 3]
    assert [row.superseded_at is None for row in versions] == [False, False, True]
    stored = application.sections.get(section="purpose").answers["statement"][0]
    assert f'"statement":["{stored}"]' in versions[-1].canonical


def test_change_of_contact_beside_a_correction_loses_neither():
    application = open_one()
    contact = partial(
        corrections.change_contact,
        application.key,
        {"phone": ["+1 808 555 0199"]},
        by=application.applicant,
        at=LATER,
    )

    outcomes = together(correcting(application, "Corrected."), contact)

    assert refusals(outcomes) == []
    text = application.frozen.canonical
    assert "+1 808 555 0199" in text
    assert '"statement":["Corrected."]' in text
