"""Scores: by a rubric, once per reviewer, hidden until one's own is in."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from applications.domain import access
from applications.domain.errors import Refused
from applications.domain.review import judging, scoring
from applications.domain.review.scoring import Line
from applications.models import (
    Application,
    Criterion,
    Mark,
    ReviewSettings,
    ScoreSheet,
    Status,
)
from jetportal.accounts.models import User
from tests.applicants import SENT_AT, assign, make_application, make_office, make_staff, move

pytestmark = pytest.mark.django_db

LINES = (
    Line("Motivation", "Why Japan, why now", weight=3, least=1, most=5),
    Line("Coaching", "", weight=1, least=0, most=10),
)


@pytest.fixture
def file() -> Application:
    return make_application(status=Status.SUBMITTED)


def rubric(file: Application) -> list[Criterion]:
    if not Criterion.objects.exists():
        scoring.set_rubric(file.round_id, LINES, by=make_office())
    return scoring.rubric_of(file.round)


def reviewer(number: int = 1) -> User:
    return make_staff(f"reviewer{number}@example.org", access.REVIEWERS)


def give(file: Application, user: User, *values: int, at=SENT_AT) -> ScoreSheet:
    if not file.assignments.running().filter(reviewer=user).exists():
        assign(file, user)
    marks = dict(zip((line.pk for line in rubric(file)), values, strict=True))
    return scoring.give(file.pk, marks, comment=" Clear. ", by=user, at=at)


def test_score_is_kept_with_the_scale_and_weight_of_that_day(file):
    sheet = give(file, reviewer(), 5, 5)

    kept = sheet.marks.values_list("value", "weight", "least", "most")
    assert list(kept) == [(5, 3, 1, 5), (5, 1, 0, 10)]
    assert (sheet.comment, sheet.at) == ("Clear.", SENT_AT)
    assert scoring.percent_of(sheet.marks.all()) == 88  # (3 x 1 + 1 x 0.5) of 4, rounded


@pytest.mark.parametrize(("values", "percent"), [((1, 0), 0), ((5, 10), 100), ((3, 5), 50)])
def test_percent_goes_from_the_least_to_the_most(file, values, percent):
    assert scoring.percent_of(give(file, reviewer(), *values).marks.all()) == percent


@pytest.mark.parametrize("value", [0, 6, 32_767])
def test_value_outside_the_scale_is_refused_and_nothing_is_kept(file, value):
    with pytest.raises(Refused) as refusal:
        give(file, reviewer(), value, 5)

    assert str(refusal.value) == "Motivation: choose from 1 to 5."
    assert not ScoreSheet.objects.exists()


@pytest.mark.parametrize("changes", [{"value": 0}, {"value": 6}, {"least": 5}, {"weight": 0}])
def test_database_refuses_a_mark_outside_its_scale(file, changes):
    give(file, reviewer(), 5, 5)
    mark = Mark.objects.filter(most=5)

    with pytest.raises(IntegrityError), transaction.atomic():
        mark.update(**changes)


def test_second_score_of_the_same_reviewer_is_refused(file):
    give(file, reviewer(), 5, 5)

    with pytest.raises(Refused, match="in already"):
        give(file, reviewer(), 1, 1)

    assert ScoreSheet.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        ScoreSheet.objects.create(application=file, by=reviewer(), at=SENT_AT)


def test_scores_of_others_are_hidden_until_the_own_is_in(file):
    first, second = reviewer(1), reviewer(2)
    assign(file, second)
    give(file, first, 5, 10)

    before = scoring.scores_of(file, user=second, at=SENT_AT)
    give(file, second, 1, 0)
    after = scoring.scores_of(file, user=second, at=SENT_AT)

    assert (before.totals, before.hidden, before.spread) == ((), 1, 0)
    assert [(total.sheet.by, total.percent) for total in after.totals] == [
        (first, 100),
        (second, 0),
    ]
    assert (after.mean, after.spread, after.apart, after.hidden) == (50, 100, True, 0)


@pytest.mark.parametrize(("limit", "apart"), [(50, True), (51, False)])
def test_spread_is_marked_from_the_setting_of_the_round_on(file, limit, apart):
    ReviewSettings.objects.create(round=file.round, spread=limit)
    give(file, reviewer(1), 5, 10)
    give(file, reviewer(2), 3, 5)

    scores = scoring.scores_of(file, user=make_office(), at=SENT_AT)

    assert (scores.spread, scores.apart) == (50, apart)


def test_whoever_also_reviews_sees_no_score_before_their_own(file):
    both = make_staff("both@example.org", access.COORDINATORS, access.REVIEWERS, consulate="denver")
    assign(file, both)
    give(file, reviewer(), 5, 10)

    assert scoring.scores_of(file, user=both, at=SENT_AT).hidden == 1


def test_office_that_reviews_sees_no_score_before_its_own(file):
    both = make_staff("both@example.org", access.PROGRAM_OFFICE, access.REVIEWERS)
    assign(file, both)
    give(file, reviewer(), 5, 10)

    assert scoring.scores_of(file, user=both, at=SENT_AT).hidden == 1


def test_only_reviewers_of_the_file_who_do_not_know_the_person_score(file):
    rubric(file)
    friend, other = reviewer(1), reviewer(2)
    assign(file, friend, asked=False)
    marks = {line.pk: line.most for line in scoring.rubric_of(file.round)}
    judging.answer(file.pk, knows=True, by=friend, at=SENT_AT)

    for user in (friend, other, make_office()):
        with pytest.raises(Refused, match="not yours"):
            scoring.give(file.pk, marks, comment="", by=user, at=SENT_AT)

    assert not ScoreSheet.objects.exists()


def test_file_that_has_gone_on_takes_no_score(file):
    user = reviewer()
    assign(file, user)
    move(file, Status.WITHDRAWN, at=SENT_AT)

    with pytest.raises(Refused, match="has gone on"):
        give(file, user, 5, 5)


def test_rubric_stays_once_somebody_has_scored(file):
    give(file, reviewer(), 5, 5)

    with pytest.raises(Refused, match="stays as it is"):
        scoring.set_rubric(file.round_id, LINES[:1], by=make_office())

    assert len(scoring.rubric_of(file.round)) == 2


def test_score_by_an_outdated_rubric_is_refused(file):
    user = reviewer()
    assign(file, user)
    marks = {line.pk: line.most for line in rubric(file)}
    scoring.set_rubric(file.round_id, LINES[:1], by=make_office())

    with pytest.raises(Refused, match="has changed meanwhile"):
        scoring.give(file.pk, marks, comment="", by=user, at=SENT_AT)


@pytest.mark.parametrize(
    "changes", [{"weight": 0}, {"weight": 101}, {"least": 5}, {"most": 101}, {"name": ""}]
)
def test_database_refuses_a_criterion_out_of_range(file, changes):
    rubric(file)

    with pytest.raises(IntegrityError), transaction.atomic():
        Criterion.objects.filter(most=5).update(**changes)


def test_score_set_aside_by_the_office_is_given_anew(file):
    user, later = reviewer(), SENT_AT + timedelta(hours=1)
    sheet = give(file, user, 1, 1)

    scoring.set_aside(sheet.pk, reason="Mistyped", by=make_office(), at=later)
    anew = give(file, user, 5, 10, at=later)

    scores = scoring.scores_of(file, user=make_office(), at=later)
    assert [total.sheet for total in scores.totals] == [anew]
    sheet.refresh_from_db()
    assert (sheet.why_set_aside, sheet.set_aside_by) == ("Mistyped", make_office())


@pytest.mark.parametrize(("by", "reason"), [(make_office, " "), (reviewer, "Mistyped")])
def test_score_is_not_set_aside_without_reason_or_right(file, by, reason):
    sheet = give(file, reviewer(), 1, 1)

    with pytest.raises(Refused):
        scoring.set_aside(sheet.pk, reason=reason, by=by(), at=SENT_AT)

    assert ScoreSheet.objects.counted().get() == sheet


@pytest.mark.parametrize("number", [1, 3])
def test_scores_cost_the_same_queries_at_any_number(file, number, django_assert_num_queries):
    for count in range(number):
        give(file, reviewer(count), 5, 10)
    office = make_office()
    access.group_names(office)

    with django_assert_num_queries(4):
        scoring.scores_of(file, user=office, at=SENT_AT)


def test_rubric_has_a_criterion_whatever_a_form_counts(office, file):
    before = rubric(file)
    page = f"/admin/applications/assignment/{file.round_id}/rubric/"

    answers = [
        office.post(page, {"rubric-TOTAL_FORMS": number, "rubric-INITIAL_FORMS": "0"})
        for number in ("0", "-1", "x")
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert "Name at least one criterion." in answers[0].content.decode()
    assert scoring.rubric_of(file.round) == before
    assert before
