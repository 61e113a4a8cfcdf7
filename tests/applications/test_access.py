"""Who sees which application, asked of the one place that decides."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from applications.domain import access
from applications.domain.access import Part
from applications.domain.errors import Refused
from applications.domain.moves import Actor
from applications.domain.review import judging, visits
from applications.models import Application, FileOpening, Slot, Status
from tests.applicants import (
    SENT_AT,
    add_document,
    assign,
    make_application,
    make_office,
    make_staff,
    make_user,
    seat_panel,
)
from tests.factories import TICK

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent() -> dict[str, Application]:
    """One sent application at each of two consulates, and a draft."""
    make_application(applicant=make_user("draft@example.org"))
    return {
        place: make_application(
            applicant=make_user(f"{place}@example.org"),
            status=Status.SUBMITTED,
            consulate=place,
        )
        for place in ("new-york", "denver")
    }


@pytest.mark.parametrize(
    ("groups", "consulate", "places"),
    [
        ((access.COORDINATORS,), "new-york", {"new-york"}),
        ((access.COORDINATORS,), "denver", {"denver"}),
        ((access.COORDINATORS,), None, set()),
        ((access.PROGRAM_OFFICE,), None, {"new-york", "denver"}),
        ((access.PROGRAM_OFFICE, access.COORDINATORS), "denver", {"new-york", "denver"}),
        ((access.ADMINISTRATORS,), None, set()),
        ((), None, set()),
    ],
)
def test_staff_sees_what_the_role_and_the_consulate_allow(sent, groups, consulate, places):
    user = make_staff("desk@example.org", *groups, consulate=consulate)

    visible = access.reviewable_by(user)

    assert {application.consulate_id for application in visible} == places
    assert all(
        access.may_download(user, application, at=SENT_AT) is (place in places)
        for place, application in sent.items()
    )


def test_drafts_are_seen_by_nobody_at_the_desk(sent):
    user = make_staff("office@example.org", access.PROGRAM_OFFICE)

    assert Application.objects.filter(status=Status.DRAFT).count() == 1
    assert not access.reviewable_by(user).filter(status=Status.DRAFT).exists()


def test_applicant_opens_the_own_files_and_no_others(sent):
    own, other = sent["new-york"], sent["denver"]

    assert access.may_download(own.applicant, own, at=SENT_AT)
    assert not access.may_download(own.applicant, other, at=SENT_AT)


@pytest.mark.parametrize("change", [{"is_staff": False}, {"is_active": False}])
def test_group_alone_opens_nothing(sent, change):
    user = make_staff("office@example.org", access.PROGRAM_OFFICE)
    for name, value in change.items():
        setattr(user, name, value)

    assert access.actors_of(user) == frozenset()
    assert not access.reviewable_by(user).exists()


def test_nobody_at_the_desk_acts_as_an_applicant():
    user = make_staff("all@example.org", access.PROGRAM_OFFICE, access.COORDINATORS)

    assert access.actors_of(user) == {Actor.PROGRAM_OFFICE, Actor.COORDINATOR}


@pytest.fixture
def file() -> Application:
    return make_application(status=Status.SUBMITTED)


def reviewer(name: str = "reviewer"):
    return make_staff(f"{name}@example.org", access.REVIEWERS)


def interviewer(name: str = "interviewer"):
    return make_staff(f"{name}@example.org", access.INTERVIEWERS)


JUDGED = {Part.ANSWERS, Part.DOCUMENTS}


@pytest.mark.parametrize("asked", [True, False])
def test_reviewer_sees_what_is_assigned_once_they_have_answered(file, asked):
    user = reviewer()
    assign(file, user, asked=asked)

    assert access.reviewable_by(user, at=SENT_AT).exists() is asked
    assert access.to_judge(user).exists()
    assert not access.reviewable_by(user).exists()  # no list of applications
    assert access.may(user, Part.SCORING, file, at=SENT_AT) is asked


def test_reviewer_and_interviewer_read_what_they_judge_and_no_more(file):
    assign(file, reviewer())
    seat_panel(file, interviewer())

    assert access.parts_for(reviewer(), file, at=SENT_AT) == {*JUDGED, Part.SCORING}
    assert access.parts_for(interviewer(), file, at=SENT_AT) == {*JUDGED, Part.INTERVIEW}


def test_assignment_without_the_role_and_the_role_without_an_assignment_open_nothing(file):
    user = make_staff("nobody@example.org")
    assign(file, user)
    seat_panel(file, user)

    for person in (user, reviewer(), interviewer()):
        assert not access.reviewable_by(person, at=SENT_AT).exists()
        assert access.parts_for(person, file, at=SENT_AT) == frozenset()


def test_ended_assignment_opens_nothing(file):
    user = reviewer()
    assignment = assign(file, user)
    assert access.reviewable_by(user, at=SENT_AT).exists()

    assignment.ended_at, assignment.ended_by = SENT_AT, make_office()
    assignment.save()

    assert not access.reviewable_by(user, at=SENT_AT).exists()


@pytest.mark.parametrize(
    "groups",
    [
        (access.REVIEWERS, access.INTERVIEWERS),
        (access.COORDINATORS, access.REVIEWERS),
        (access.PROGRAM_OFFICE, access.REVIEWERS),
    ],
)
def test_whoever_knows_the_person_sees_nothing_of_the_file(file, groups):
    user = make_staff("friend@example.org", *groups, consulate="new-york")
    assign(file, user)
    seat_panel(file, user)
    assert access.reviewable_by(user, at=SENT_AT).exists()

    judging.answer(file.pk, knows=True, by=user, at=SENT_AT)

    assert not access.reviewable_by(user, at=SENT_AT).exists()
    assert not access.reviewable_by(user).exists()
    assert not access.to_judge(user).exists()
    assert not file.assignments.running().exists()
    assert not file.interview.panel.exists()
    assert not access.may_download(user, file, at=SENT_AT)
    document = file.documents.all()[0]
    assert not access.may_open(user, document, at=SENT_AT)


def test_yes_never_becomes_a_no(file):
    user = reviewer()
    assign(file, user)
    judging.answer(file.pk, knows=True, by=user, at=SENT_AT)

    with pytest.raises(Application.DoesNotExist):
        judging.answer(file.pk, knows=False, by=user, at=SENT_AT)

    assert file.conflict_answers.get().knows


def test_nobody_answers_for_a_file_that_is_not_theirs_to_judge(file):
    with pytest.raises(Application.DoesNotExist):
        judging.answer(file.pk, knows=False, by=reviewer(), at=SENT_AT)

    assert not file.conflict_answers.exists()


@pytest.mark.parametrize(
    ("slot", "opens"), [(Slot.CITIZENSHIP, False), (Slot.COACHING, True), (Slot.PHYSICIAN, False)]
)
def test_reviewer_opens_certificates_and_no_passport(file, slot, opens):
    user = reviewer()
    assign(file, user)
    file.documents.all().delete()
    document = add_document(file, slot)

    assert access.may_open(user, document, at=SENT_AT) is opens


def test_coordinator_opens_a_file_of_another_consulate_for_its_hours(sent):
    denver = make_staff("denver-desk@example.org", access.COORDINATORS, consulate="denver")
    there = sent["new-york"]

    visits.open_file(there.reference_shown.lower(), reason="She moved", by=denver, at=SENT_AT)

    end = SENT_AT + timedelta(hours=8)
    assert access.may(denver, Part.CONTACT, there, at=SENT_AT)
    assert not access.may(denver, Part.WORK, there, at=SENT_AT)
    assert access.actors_in(denver, there) == frozenset()
    assert access.may(denver, Part.NOTES, there, at=end - TICK)
    assert not access.may(denver, Part.NOTES, there, at=end)
    assert there not in access.reviewable_by(denver)
    assert [row.reason for row in visits.openings_of(there)] == ["She moved"]
    assert [row.by for row in visits.openings_at("new-york", since=SENT_AT)] == [denver]


def test_opening_again_while_it_is_open_is_the_same_opening(sent):
    denver = make_staff("denver-desk@example.org", access.COORDINATORS, consulate="denver")
    for _ in range(2):
        visits.open_file(
            sent["new-york"].reference_shown, reason="She moved", by=denver, at=SENT_AT
        )
    visits.open_file(sent["denver"].reference_shown, reason="", by=denver, at=SENT_AT)

    assert FileOpening.objects.count() == 1


@pytest.mark.parametrize(
    ("reference", "reason", "field"),
    [
        ("", "She moved", "reference"),
        ("2222-2222-2", "She moved", "reference"),
        (None, " ", "reason"),
    ],
)
def test_nothing_is_opened_without_number_and_reason(sent, reference, reason, field):
    denver = make_staff("denver-desk@example.org", access.COORDINATORS, consulate="denver")
    number = sent["new-york"].reference_shown if reference is None else reference

    with pytest.raises(Refused) as refusal:
        visits.open_file(number, reason=reason, by=denver, at=SENT_AT)

    assert refusal.value.field == field
    assert not FileOpening.objects.exists()


def test_only_coordinators_open_files_of_others_and_never_of_whom_they_know(sent):
    there = sent["new-york"]
    friend = make_staff(
        "friend@example.org", access.COORDINATORS, access.REVIEWERS, consulate="denver"
    )
    assign(there, friend, asked=False)
    judging.answer(there.pk, knows=True, by=friend, at=SENT_AT)

    for user in (friend, reviewer(), make_staff("a@example.org", access.ADMINISTRATORS)):
        with pytest.raises(Refused):
            visits.open_file(there.reference_shown, reason="Why", by=user, at=SENT_AT)

    assert not FileOpening.objects.exists()


@pytest.mark.parametrize("changes", [{"reason": " \n"}, {"until_at": SENT_AT - timedelta(hours=1)}])
def test_database_refuses_an_opening_without_reason_or_end(sent, changes):
    denver = make_staff("denver-desk@example.org", access.COORDINATORS, consulate="denver")
    visits.open_file(sent["new-york"].reference_shown, reason="She moved", by=denver, at=SENT_AT)

    with pytest.raises(IntegrityError), transaction.atomic():
        FileOpening.objects.update(**changes)
