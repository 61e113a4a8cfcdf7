"""Two presses of one score, two people who assign at once, a score against its own conflict."""

from functools import partial

import pytest

from applications.domain import access
from applications.domain.errors import Refused
from applications.domain.review import assignments, judging, scoring
from applications.domain.review.assignments import Rule
from applications.domain.review.scoring import Line
from applications.models import Application, Assignment, ScoreSheet, Status
from tests.applicants import SENT_AT, assign, make_application, make_office, make_staff
from tests.race.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def prepared() -> tuple[Application, dict[int, int]]:
    file = make_application(status=Status.SUBMITTED)
    line = Line("Motivation", "", weight=1, least=1, most=5)
    scoring.set_rubric(file.round_id, [line], by=make_office())
    return file, {scoring.rubric_of(file.round)[0].pk: 4}


def test_two_presses_make_one_score():
    file, marks = prepared()
    user = make_staff("reviewer@example.org", access.REVIEWERS)
    assign(file, user)
    press = partial(scoring.give, file.pk, marks, comment="", by=user, at=SENT_AT)

    outcomes = together(press, press)

    refusals = [str(outcome) for outcome in outcomes if isinstance(outcome, Refused)]
    assert refusals == [scoring.GIVEN]
    assert ScoreSheet.objects.count() == 1


def test_two_who_assign_by_the_same_plan_assign_once():
    file, _ = prepared()
    make_staff("reviewer@example.org", access.REVIEWERS)
    slug, mark = file.round_id, assignments.plan(file.round, Rule.EVENLY).mark
    office = [make_office(), make_office(2)]

    outcomes = together(
        *(
            partial(assignments.assign_by_rule, slug, Rule.EVENLY, mark=mark, by=by, at=SENT_AT)
            for by in office
        )
    )

    assert sorted(map(str, outcomes)) == sorted(["1", assignments.CHANGED])
    assert Assignment.objects.count() == 1


def test_score_against_the_answer_that_the_person_is_known():
    file, marks = prepared()
    user = make_staff("reviewer@example.org", access.REVIEWERS)
    assign(file, user)

    scored, answered = together(
        partial(scoring.give, file.pk, marks, comment="", by=user, at=SENT_AT),
        partial(judging.answer, file.pk, knows=True, by=user, at=SENT_AT),
    )

    assert not isinstance(answered, Exception)
    assert isinstance(scored, ScoreSheet | Refused)
    assert ScoreSheet.objects.exists() is isinstance(scored, ScoreSheet)
    assert not ScoreSheet.objects.counted().exists()
    assert not access.reviewable_by(user, at=SENT_AT).exists()


def test_score_set_aside_while_its_reviewer_says_that_they_know_the_person():
    file, marks = prepared()
    user, office = make_staff("reviewer@example.org", access.REVIEWERS), make_office()
    assign(file, user)
    sheet = scoring.give(file.pk, marks, comment="", by=user, at=SENT_AT)

    outcomes = together(
        partial(scoring.set_aside, sheet.pk, reason="Mistyped", by=office, at=SENT_AT),
        partial(judging.answer, file.pk, knows=True, by=user, at=SENT_AT),
    )

    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert all(str(refusal) == "It was set aside already." for refusal in refused)
    assert not ScoreSheet.objects.counted().exists()
