"""The mails of moves that are no results: who is told, in which words, and what stays inside."""

from datetime import timedelta

import pytest

from applications.domain import workflow
from applications.domain.moves import MOVES, Actor
from applications.domain.outcomes import move_messages, result_messages
from applications.models import Application, CompletenessCheck, Slot, Status, Verdict
from jetportal.mail.models import Lane, OutgoingMail
from positions.models import ContractingOrganization
from tests.applicants import make_application, make_office
from tests.factories import CLOSES_AT

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

NOW = CLOSES_AT + timedelta(days=3, hours=9)
REASON = "The transcript was forged."
NOT_MAILED = {
    *((Status.DRAFT, Status.SUBMITTED), (Status.LAPSED, Status.SUBMITTED)),  # a confirmation
    *((Status.DRAFT, Status.LAPSED), (Status.LAPSED, Status.DRAFT)),  # told with the round
    (Status.SUBMITTED, Status.IN_SCREENING),
    (Status.INTERVIEW_CONFIRMED, Status.INTERVIEWED),
    (Status.PLACED, Status.DEPARTED),
}


def moved(application: Application, target: Status) -> OutgoingMail:
    workflow.move(
        application.pk, target, by=make_office(), actors=set(Actor), at=NOW, reason=REASON
    )
    return OutgoingMail.objects.get(key__startswith=f"moved:{application.pk}:", created_at=NOW)


def found(application: Application, section: str, verdict: Verdict, slot: str = "") -> None:
    CompletenessCheck.objects.create(
        application=application,
        section=section,
        slot=slot,
        verdict=verdict,
        by=make_office(),
        at=NOW,
    )


def test_every_move_of_the_table_is_told_or_on_the_list_of_those_that_are_not():
    withdrawing = {
        (move.source, move.target)
        for move in MOVES
        if Status.WITHDRAWN in (move.source, move.target)
    }

    told = {*result_messages.KINDS, *move_messages.KINDS}

    moves = {(move.source, move.target) for move in MOVES}
    assert told | NOT_MAILED | withdrawing == moves
    assert not told & (NOT_MAILED | withdrawing)
    assert not set(result_messages.KINDS) & set(move_messages.KINDS)


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        (Status.SUBMITTED, Status.INELIGIBLE, "we tell you which rule it is"),
        (Status.INTERVIEW_CONFIRMED, Status.ABSENT, "If you were there"),
        (Status.ACCEPTED, Status.PLACED, "tell you which contracting organization it is"),
        (Status.IN_SCREENING, Status.DISQUALIFIED, "The reason is not put into a mail"),
    ],
)
def test_move_is_told_once_with_its_instant_and_without_the_reason(source, target, words):
    application = make_application(status=source)

    mail = moved(application, target)

    assert (mail.kind, mail.lane, mail.recipient) == (
        str(target),
        Lane.DECISIONS,
        "ana.lm@example.org",
    )
    for said in (mail.text, mail.html):
        assert application.reference_shown in said
        assert f"/applications/{application.key}/" in said
        assert "Tuesday, March 18, 2025, 9:00\u00a0AM\u00a0HST" in said
        assert "Tuesday, March 18, 2025, 3:00\u00a0PM\u00a0EDT" in said
        assert "forged" not in said
        assert "{{" not in said
    assert words in " ".join(mail.text.split())
    assert application.reference_shown in mail.subject


def test_incomplete_names_what_was_found_and_no_sensitive_document():
    application = make_application(status=Status.SUBMITTED)
    found(application, "education", Verdict.UNCLEAR)
    found(application, "references", Verdict.MISSING)
    found(application, "documents", Verdict.MISSING, Slot.CITIZENSHIP)
    found(application, "documents", Verdict.MISSING, Slot.PHYSICIAN)
    found(application, "identity", Verdict.OK)

    mail = moved(application, Status.INCOMPLETE)

    assert (
        "What we found:\n"
        "- Education: unclear\n"
        "- Letters of reference: missing\n"
        f"- {Slot.CITIZENSHIP.label}: missing\n"
        "- One document: missing\n"
    ) in mail.text
    assert "<li>Letters of reference: missing</li>" in mail.html
    assert str(Slot.PHYSICIAN.label) not in mail.text + mail.html


def test_incomplete_without_a_checklist_says_where_to_ask():
    mail = moved(make_application(status=Status.SUBMITTED), Status.INCOMPLETE)

    assert "What we found" not in mail.text + mail.html
    assert "we tell you what was missing" in mail.text
    assert "we tell you what was missing" in mail.html


def test_placement_names_the_organization_only_where_it_is_recorded():
    application = make_application(status=Status.ACCEPTED)
    vacancy = application.vacancy
    vacancy.organization = ContractingOrganization.objects.create(
        name="Ehime <Sports> Association", prefecture="Ehime"
    )
    vacancy.save()

    mail = moved(application, Status.PLACED)

    assert "Your contracting organization:\nEhime <Sports> Association, Ehime\n" in mail.text
    assert "Ehime &lt;Sports&gt; Association, Ehime" in mail.html
    assert "which contracting organization it is" not in " ".join(mail.text.split())
