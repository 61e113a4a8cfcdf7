"""Who sees which application, asked of the one place that decides."""

import pytest

from applications.domain import access
from applications.domain.moves import Actor
from applications.models import Application, Status
from tests.applicants import make_application, make_staff, make_user

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
        access.may_download(user, application) is (place in places)
        for place, application in sent.items()
    )


def test_drafts_are_seen_by_nobody_at_the_desk(sent):
    user = make_staff("office@example.org", access.PROGRAM_OFFICE)

    assert Application.objects.filter(status=Status.DRAFT).count() == 1
    assert not access.reviewable_by(user).filter(status=Status.DRAFT).exists()


def test_applicant_opens_the_own_files_and_no_others(sent):
    own, other = sent["new-york"], sent["denver"]

    assert access.may_download(own.applicant, own)
    assert not access.may_download(own.applicant, other)


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
