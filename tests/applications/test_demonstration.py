"""The demonstration may be loaded again over whatever people did with it."""

from datetime import UTC, datetime, timedelta

import pytest

from applications.domain import demonstration
from applications.domain.access import PROGRAM_OFFICE
from applications.domain.review import interviews, queues
from applications.domain.review.queues import State
from applications.forms.letter import RATED
from applications.models import (
    Application,
    Assignment,
    CompletenessCheck,
    Decision,
    Interview,
    Reference,
    ReferenceRequest,
    RequestState,
    ScoreSheet,
    Status,
)
from jetportal.accounts.models import User
from positions.domain import catalogue
from positions.domain import rounds as domain
from positions.models import RecruitmentRound, RoundState
from tests.applicants import make_staff

pytestmark = pytest.mark.django_db

AT = datetime(2025, 2, 20, 20, 0, tzinfo=UTC)
LATER = AT + timedelta(weeks=20)


def test_demonstration_opens_again_what_somebody_archived():
    catalogue.load()
    demonstration.load(at=AT)
    rounds = RecruitmentRound.objects.filter(slug="sea-demo")
    assert rounds.update(archived_at=LATER) == 1

    demonstration.load(at=LATER)

    assert rounds.get().state(LATER) == RoundState.OPEN


@pytest.mark.parametrize("soon", [timedelta(hours=1), timedelta(weeks=20)])
def test_demonstration_opens_again_what_somebody_cancelled_and_archived(soon):
    catalogue.load()
    demonstration.load(at=AT)
    staff = make_staff("office@example.org", PROGRAM_OFFICE)
    rounds = RecruitmentRound.objects.filter(slug="sea-demo")
    again = AT + soon
    domain.cancel(rounds.get().pk, reason="To try it", by=staff, at=AT + timedelta(minutes=1))
    domain.archive(rounds.get().pk, by=staff, at=AT + timedelta(minutes=2))

    demonstration.load(at=again)

    assert rounds.get().state(again) == RoundState.OPEN


def test_demonstration_has_two_people_who_may_grant_so_that_one_can_approve():
    catalogue.load()
    demonstration.load(at=AT)

    office = User.objects.filter(groups__name=PROGRAM_OFFICE, is_staff=True)

    assert {user.email for user in office} == {"office@example.org", "office2@example.org"}


def test_demonstration_shows_a_letter_that_is_in_and_one_that_is_owed():
    catalogue.load()

    demonstration.load(at=AT)
    demonstration.load(at=AT)

    states = ReferenceRequest.objects.order_by("referee__application", "referee__place")
    asked = list(states.values_list("state", flat=True))
    assert asked == [RequestState.RECEIVED, RequestState.SENT] * len(demonstration.SAMPLES)
    assert Reference.objects.count() == len(demonstration.SAMPLES)


def test_letter_of_the_demonstration_answers_all_that_referees_are_asked():
    assert set(demonstration.RATINGS) == set(RATED)


def test_desk_of_the_demonstration_is_at_work_and_loading_again_changes_nothing():
    catalogue.load()
    demonstration.load(at=AT)
    statuses = dict(Application.objects.values_list("applicant__email", "status"))
    reviewer, interviewer = (
        User.objects.get(email=f"{name}@example.org") for name in ("reviewer", "interviewer")
    )
    counts = [ScoreSheet, Interview, Decision, Assignment, CompletenessCheck]
    before = [model.objects.count() for model in counts]

    demonstration.load(at=AT + timedelta(days=1))

    assert statuses["joel.whitaker@example.org"] == Status.INTERVIEW_OFFERED
    assert statuses["rosa.castellanos@example.org"] == Status.IN_SCREENING
    assert statuses["simone.baptiste@example.org"] == Status.SUBMITTED
    turns = [turn.state for turn in queues.turns_of(reviewer)]
    assert turns == [State.DONE, State.ASKED, State.ASKED]
    assert len(interviews.before_panel_of(interviewer)) == 1
    assert Decision.objects.withheld(AT + timedelta(days=1)).count() == 1
    assert all(before)
    assert [model.objects.count() for model in counts] == before
