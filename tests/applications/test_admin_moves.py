"""Moves at the desk: preview, then do; one file or many."""

from datetime import timedelta

import pytest
import time_machine

from applications.domain import workflow
from applications.domain.moves import Actor
from applications.models import Status, StatusChange
from tests.applicants import make_staff
from tests.applications.desk import LIST, last_change, move_page, sent
from tests.factories import CLOSES_AT

pytestmark = pytest.mark.django_db

NOW = CLOSES_AT + timedelta(days=3)


@pytest.fixture(autouse=True)
def after_the_deadline():
    with time_machine.travel(NOW, tick=False):
        yield


def test_file_offers_the_legal_moves_of_the_role_and_no_others(office, coordinator):
    application = sent()
    address = f"{LIST}{application.pk}/change/"

    def offered(client):
        return [button.label for button in client.get(address).context["page"].buttons]

    assert offered(office) == [
        "Mark incomplete",
        "Mark ineligible",
        "Move to in screening",
        "Disqualify",
    ]
    assert offered(coordinator) == []


def test_coordinator_marks_who_was_interviewed(coordinator):
    application = sent(status=Status.INTERVIEW_CONFIRMED)

    coordinator.post(move_page(application, Status.INTERVIEWED), {"seen": "interview_confirmed"})

    application.refresh_from_db()
    assert application.status == Status.INTERVIEWED
    assert last_change(application) == (
        "interview_confirmed",
        "interviewed",
        "new-york@example.org",
        "",
    )


def test_preview_changes_nothing_and_says_what_would_happen(office):
    application = sent()

    page = office.get(move_page(application, Status.IN_SCREENING))

    assert page.status_code == 200
    assert f"Move {application.reference_shown} to in screening" in page.content.decode()
    application.refresh_from_db()
    assert application.status == Status.SUBMITTED


def test_move_writes_status_and_history_at_the_time_of_arrival(office):
    application = sent()

    answer = office.post(
        move_page(application, Status.IN_SCREENING), {"seen": "submitted", "reason": "Complete."}
    )

    assert answer.headers["Location"] == f"{LIST}{application.pk}/change/"
    application.refresh_from_db()
    assert (application.status, application.status_at) == (Status.IN_SCREENING, NOW)
    assert last_change(application) == (
        "submitted",
        "in_screening",
        "office@example.org",
        "Complete.",
    )


def test_second_click_hears_who_moved_it(office):
    application = sent()
    page = move_page(application, Status.IN_SCREENING)
    office.post(page, {"seen": "submitted"})

    second = office.post(page, {"seen": "submitted", "reason": "Mine to keep"})

    assert second.status_code == 409
    text = second.content.decode()
    assert "It is in screening already" in text
    assert "office@example.org" in text
    assert "Mine to keep" in text
    assert StatusChange.objects.filter(to_status=Status.IN_SCREENING).count() == 1


def test_stale_page_does_not_move_what_somebody_else_moved(office):
    application = sent()
    other = make_staff("other@example.org", "Program office")
    workflow.move(
        application.pk, Status.IN_SCREENING, by=other, actors={Actor.PROGRAM_OFFICE}, at=NOW
    )

    answer = office.post(
        move_page(application, Status.DISQUALIFIED), {"seen": "submitted", "reason": "False."}
    )

    assert answer.status_code == 409
    assert "other@example.org" in answer.content.decode()
    application.refresh_from_db()
    assert application.status == Status.IN_SCREENING


@pytest.mark.parametrize("reason", ["", "   ", "x" * 4001])
def test_move_without_its_reason_is_not_made(office, reason):
    application = sent()

    answer = office.post(
        move_page(application, Status.INELIGIBLE), {"seen": "submitted", "reason": reason}
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors["reason"]
    application.refresh_from_db()
    assert application.status == Status.SUBMITTED


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (Status.PLACED, 409),
        (Status.WITHDRAWN, 409),
        (Status.SUBMITTED, 409),
        (Status.DRAFT, 404),
        ("nonsense", 404),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_illegal_move_is_refused_kindly(office, target, status, method):
    application = sent()

    answer = getattr(office, method)(move_page(application, target), {"reason": "Please"})

    assert answer.status_code == status
    assert StatusChange.objects.count() == 1


def test_coordinator_makes_no_move_of_the_program_office(coordinator):
    application = sent()

    answer = coordinator.post(move_page(application, Status.IN_SCREENING), {"seen": "submitted"})

    assert answer.status_code == 409
    application.refresh_from_db()
    assert application.status == Status.SUBMITTED


def test_incomplete_is_marked_after_the_deadline_only(office):
    application = sent()

    with time_machine.travel(CLOSES_AT - timedelta(hours=1), tick=False):
        office.force_login(make_staff("office@example.org", "Program office"))
        early = office.get(move_page(application, Status.INCOMPLETE))

    assert early.status_code == 409
    assert "after the deadline, Friday, March 14, 2025" in early.content.decode()
