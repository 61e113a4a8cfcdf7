"""Who scores what: evenly, per consulate, or from the lines of a file."""

import pytest
from django.db import IntegrityError, transaction

from applications.domain import access
from applications.domain.errors import Refused
from applications.domain.review import assignments, judging
from applications.domain.review.assignments import Rule
from applications.models import Application, Assignment, ReviewSettings, StaffOffice, Status
from jetportal.accounts.models import User
from positions.models import RecruitmentRound
from tests.applicants import (
    SENT_AT,
    assign,
    make_application,
    make_consulate,
    make_office,
    make_staff,
    make_user,
)
from tests.applications.desk import sent

pytestmark = pytest.mark.django_db


def reviewer(number: int, consulate: str = "") -> User:
    user = make_staff(f"reviewer{number}@example.org", access.REVIEWERS)
    if consulate:
        StaffOffice.objects.create(user=user, consulate=make_consulate(consulate))
    return user


def the_round() -> RecruitmentRound:
    return RecruitmentRound.objects.get()


def done(rule: Rule = Rule.EVENLY) -> int:
    round_ = the_round()
    mark = assignments.plan(round_, rule).mark
    return assignments.assign_by_rule(round_.slug, rule, mark=mark, by=make_office(), at=SENT_AT)


def test_files_are_given_evenly_and_a_second_time_changes_nothing():
    for number in range(3):
        sent(number)
        reviewer(number)

    assert done() == 6
    assert done() == 0
    per_reviewer = [
        Assignment.objects.filter(reviewer=reviewer(number)).count() for number in range(3)
    ]
    assert per_reviewer == [2, 2, 2]
    assert {file.assignments.count() for file in Application.objects.all()} == {2}


def test_files_go_to_reviewers_of_their_consulate():
    here, there = sent(0), sent(1, consulate="denver")
    new_york, denver = reviewer(0, "new-york"), reviewer(1, "denver")

    plan = assignments.plan(the_round(), Rule.CONSULATE)
    done(Rule.CONSULATE)

    assert (plan.short, plan.per_reviewer) == (2, {new_york.email: 1, denver.email: 1})
    pairs = Assignment.objects.values_list("application", "reviewer")
    assert set(pairs) == {(here.pk, new_york.pk), (there.pk, denver.pk)}


def test_nobody_is_given_their_own_file_or_that_of_whom_they_know():
    own = reviewer(0)
    friend = reviewer(1)
    known, mine = sent(0), sent(1, applicant=own)
    assign(known, friend, asked=False)
    judging.answer(known.pk, knows=True, by=friend, at=SENT_AT)

    done()

    pairs = Assignment.objects.running().values_list("application", "reviewer")
    assert set(pairs) == {(known.pk, own.pk), (mine.pk, friend.pk)}


def test_plan_that_is_outdated_is_not_done():
    sent(0)
    reviewer(0)
    mark = assignments.plan(the_round(), Rule.EVENLY).mark
    reviewer(1)

    with pytest.raises(Refused, match="Look at it again"):
        assignments.assign_by_rule(
            the_round().slug, Rule.EVENLY, mark=mark, by=make_office(), at=SENT_AT
        )

    assert not Assignment.objects.exists()


def test_number_of_reviewers_is_a_setting_of_the_round():
    sent(0)
    for number in range(3):
        reviewer(number)
    ReviewSettings.objects.create(round=the_round(), reviewers=3)

    assert done() == 3


@pytest.mark.parametrize("rows", [1, 3])
def test_plan_costs_the_same_queries_at_any_number(rows, django_assert_num_queries):
    for number in range(rows):
        sent(number)
        reviewer(number)
    round_ = the_round()

    with django_assert_num_queries(5):
        assignments.plan(round_, Rule.CONSULATE)


def lines_of(file: Application, *more: str, head: str = "reference,email", by: str = ",") -> str:
    row = f"{file.reference_shown}{by}reviewer0@example.org"
    return "\n".join([head.replace(",", by), row, *more])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lines_of_any_spreadsheet_are_read(delimiter, encoding):
    file, user = sent(0), reviewer(0)
    text = lines_of(file, head="Email,Note,Reference", by=delimiter)
    text = text.replace(
        f"{file.reference_shown}{delimiter}{user.email}",
        delimiter.join([user.email.upper(), "日本", file.reference_shown.lower()]),
    )

    rows = assignments.read_lines(the_round(), text.encode(encoding))

    assert [(row.number, row.problem) for row in rows] == [(2, "")]
    assert rows[0].pair == assignments.Pair(file.pk, user.pk)


def test_each_line_says_what_is_wrong_and_nothing_is_assigned():
    file, user = sent(0), reviewer(0)
    taken, gone = sent(1), sent(2, status=Status.WITHDRAWN)
    assign(taken, user)
    ref = file.reference_shown
    text = lines_of(
        file,
        f"{ref},{user.email}",
        "7K4M-92TP-H,reviewer0@example.org",
        f"{ref},stranger@example.org",
        f"{taken.reference_shown},{user.email}",
        f"{gone.reference_shown},{user.email}",
        "",
        f"{ref}",
    )

    rows = assignments.read_lines(the_round(), text)

    assert [(row.number, row.problem) for row in rows] == [
        (2, ""),
        (3, "This line stands here twice."),
        (4, "No application of this round has this reference number."),
        (5, "No reviewer has this address."),
        (6, "It is assigned to this reviewer already."),
        (7, "It is withdrawn; its scores are over."),
        (9, "No reviewer has this address."),
    ]
    with pytest.raises(Refused, match="Nothing was assigned"):
        assignments.assign_lines(the_round().slug, text, by=make_office(), at=SENT_AT)
    assert Assignment.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "must name the columns"),
        (b"name|mail\nx|y", "must name the columns"),
        (b"reference,email\n\n", "no line below"),
        (b"\xff\x00\xfe", "no text in UTF-8"),
        (b"reference,email\n\x00\x01," + b"x" * 200_000, "no table"),
    ],
)
def test_file_that_is_no_list_is_refused_in_words(content, words):
    sent(0)

    with pytest.raises(Refused, match=words):
        assignments.read_lines(the_round(), content)


def test_lines_are_assigned_as_a_whole():
    file, user = sent(0), reviewer(0)

    count = assignments.assign_lines(the_round().slug, lines_of(file), by=make_office(), at=SENT_AT)

    assert count == 1
    assert Assignment.objects.get().reviewer == user


def test_only_the_office_assigns():
    file = sent(0)
    user = reviewer(0)
    assignment = assign(file, user)

    with pytest.raises(Refused):
        assignments.assign_by_rule(the_round().slug, Rule.EVENLY, mark="", by=user, at=SENT_AT)
    with pytest.raises(Refused):
        assignments.assign_lines(the_round().slug, lines_of(file), by=user, at=SENT_AT)
    with pytest.raises(Refused):
        assignments.take_away(assignment.pk, by=user, at=SENT_AT)


def test_assignment_is_taken_away_once():
    assignment = assign(sent(0), reviewer(0))

    assignments.take_away(assignment.pk, by=make_office(), at=SENT_AT)

    with pytest.raises(Refused):
        assignments.take_away(assignment.pk, by=make_office(), at=SENT_AT)
    assert not Assignment.objects.running().exists()


def test_database_holds_one_running_assignment_and_its_end_together():
    file, user = make_application(status=Status.SUBMITTED, applicant=make_user()), reviewer(0)
    assign(file, user)

    with pytest.raises(IntegrityError), transaction.atomic():
        assign(file, user)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.update(ended_at=SENT_AT)
