"""What must not cost more where more is stored, as far as that shows without a clock.

`./run bench scale` shows the rest. Each of these was once a walk through all rows.
"""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.domain import windows
from applications.domain.lateness.covered import covered
from applications.domain.referees import reference_sweeps
from applications.domain.review import desk_queues, queues, score_sums
from applications.models import (
    Application,
    CompletenessCheck,
    Decision,
    LateGrant,
    ReferenceRequest,
    RequestState,
    Status,
)
from jetportal import counted
from positions.deadlines import LAPSE_AFTER
from tests.applicants import make_application, make_office, make_user
from tests.applications.desk import LIST, sent
from tests.factories import CLOSES_AT, OPENS_AT, make_round
from tests.plans import plan_of
from tests.referees import ask

pytestmark = pytest.mark.django_db

AFTER = CLOSES_AT + LAPSE_AFTER
DAY = timedelta(days=1)
CHOICE = re.compile(r'href="(\?[^"]*)"')
SHOWN = ("positions_consulate", "positions_positiontype")


def grant(application: Application) -> None:
    LateGrant.objects.create(
        applicant=application.applicant,
        round=application.round,
        reason="Our server was away",
        until_at=CLOSES_AT + 3 * DAY,
        asked_by=make_office(1),
        asked_at=OPENS_AT,
        approved_by=make_office(2),
        approved_at=OPENS_AT,
    )


def test_every_choice_of_the_list_finds_its_rows_without_what_they_show(office):
    sent(0)
    choices = set(CHOICE.findall(office.get(LIST).content.decode()))
    assert len(choices) > 40

    for choice in choices:
        with CaptureQueriesContext(connection) as asked:
            assert office.get(LIST + choice.replace("&amp;", "&")).status_code == 200
        (found,) = [query["sql"] for query in asked if "LIMIT 51" in query["sql"]]
        assert found.startswith('SELECT "applications_application"."id" AS "pk" FROM'), choice
        assert not [table for table in SHOWN if f'JOIN "{table}"' in found], choice


def test_lapsing_looks_at_drafts_of_closed_rounds_alone():
    make_round(slug="annual-2025", closes_at=AFTER + DAY)
    over = make_application(round_=make_round())

    rows = windows.lapsing(AFTER)

    assert list(rows) == [over]
    assert "annual-2025" not in str(rows.query)
    assert "positions_recruitmentround" not in str(rows.query)
    assert "Filter: (status" not in plan_of(rows)


def test_revival_looks_at_accepting_rounds_and_running_grants_alone():
    theirs = make_application(filled=False)
    make_application(applicant=make_user("other@example.org"), filled=False)
    grant(theirs)
    lapsed = {"status": Status.LAPSED, "status_at": AFTER}
    Application.objects.update(**lapsed)

    rows = windows.revivable(AFTER)

    assert list(rows) == [theirs]
    assert "EXISTS" not in str(rows.query)
    assert "Filter: (status" not in plan_of(rows)


def test_late_submits_lead_to_their_drafts():
    assert str(covered().query).partition("FROM")[2].startswith(' "applications_latesubmit"')


def test_failed_requests_are_found_by_an_index_of_their_own():
    ask(make_application(), at=OPENS_AT + DAY)

    assert "request_that_failed" in plan_of(reference_sweeps._arrived())
    own_end = ReferenceRequest.objects.filter(until_at__gt=OPENS_AT, state=RequestState.SENT)
    assert "request_with_its_own_end" in plan_of(
        own_end.order_by(), without="request_awaits_a_letter"
    )


def test_mail_that_failed_leads_to_its_requests():
    asked = str(reference_sweeps._failed().query)

    assert """"id" IN (SELECT U0."request_id" AS "request" FROM""" in asked


def test_trouble_and_results_that_wait_are_found_by_indexes_of_their_own():
    trouble = CompletenessCheck.objects.filter(verdict__in=desk_queues.TROUBLE)
    waiting = Decision.objects.withheld(AFTER).filter(outcome=Status.NOT_SELECTED)

    assert "check_with_trouble" in plan_of(trouble.order_by("application"))
    assert "decision_waits_by_outcome" in plan_of(waiting.order_by())


def test_reminders_are_looked_for_after_the_round_was_published_alone():
    request = ask(make_application(), at=OPENS_AT + DAY)
    at = CLOSES_AT - timedelta(days=13)

    rows = reference_sweeps.due_reminders(at)

    assert list(rows) == [request]
    assert "mailed_at >=" in plan_of(rows)


def test_late_grant_filter_finds_who_was_sent_by_a_grant():
    granted, moved = sent(0), sent(1)
    grant(granted)
    later = {"ends_at_sent": CLOSES_AT + DAY}
    Application.objects.filter(pk__in=[granted.pk, moved.pk]).update(**later)

    rows = desk_queues.by_late_grant(Application.objects.all())

    assert list(rows) == [granted]


def test_files_without_a_score_are_asked_for_as_a_question_of_their_own():
    rows = score_sums.not_scored(Application.objects.all(), to=make_office())

    assert "JOIN" not in str(rows.query)


@pytest.mark.parametrize(
    ("most", "words"), [(1, "more than 1 waiting"), (2, "2 waiting"), (5_000, "2 waiting")]
)
def test_files_to_read_are_counted_no_further_than_needed(monkeypatch, most, words):
    monkeypatch.setattr(counted, "MOST_COUNTED", most)
    sent(0)
    sent(1, status=Status.IN_SCREENING)
    sent(2, status=Status.INTERVIEW_OFFERED)
    make_round(slug="annual-2025")

    (line,) = queues.rounds_to_assign()

    assert (line.round.slug, line.words) == ("sea-2025-summer", words)
