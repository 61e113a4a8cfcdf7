"""Accounts at the desk: for administrators, and nobody else."""

import pytest

from applications.domain import access
from applications.domain.roles import ensure_roles
from applications.models import StaffOffice
from jetportal.accounts.models import User
from tests.applicants import make_consulate, make_user

pytestmark = pytest.mark.django_db

USERS = "/admin/accounts/user/"
NO_OFFICE = {
    "office-TOTAL_FORMS": "0",
    "office-INITIAL_FORMS": "0",
    "office-MIN_NUM_FORMS": "0",
    "office-MAX_NUM_FORMS": "1",
}


@pytest.fixture(autouse=True)
def roles():
    ensure_roles()


@pytest.fixture
def administrator(at_the_desk):
    return at_the_desk(access.ADMINISTRATORS, email="admin@example.org")


@pytest.mark.parametrize("role", [access.COORDINATORS, access.PROGRAM_OFFICE])
def test_other_roles_do_not_see_accounts(at_the_desk, role):
    client = at_the_desk(role, consulate="denver")
    account = make_user("rosa@example.org")

    for page in ("", "add/", f"{account.pk}/change/"):
        assert client.get(USERS + page).status_code == 403
    assert USERS not in client.get("/admin/").content.decode()


def test_administrator_makes_a_coordinator_of_a_consulate(administrator):
    make_consulate("denver")
    group = User.objects.get(email="admin@example.org").groups.model.objects.get(
        name=access.COORDINATORS
    )

    answer = administrator.post(
        f"{USERS}add/",
        {
            "email": "Rosa@Example.org",
            "is_active": "on",
            "is_staff": "on",
            "groups": [group.pk],
            **NO_OFFICE,
            "office-TOTAL_FORMS": "1",
            "office-0-consulate": "denver",
        },
    )

    assert answer.status_code == 302, answer.content.decode()
    made = User.objects.get(email="rosa@example.org")
    assert (made.is_staff, made.is_superuser, made.has_usable_password()) == (True, False, False)
    assert StaffOffice.objects.get(user=made).consulate_id == "denver"
    assert access.own_consulate(made) == "denver"


def test_second_account_of_an_address_is_refused_beside_the_field(administrator):
    make_user("rosa@example.org")

    answer = administrator.post(f"{USERS}add/", {"email": "ROSA@example.org", **NO_OFFICE})

    assert answer.status_code == 422
    assert answer.context["adminform"].form.errors["email"]


@pytest.mark.parametrize("forged", ["9" * 30, "9" * 5000, "-1", "x", "\x00"])
def test_group_that_cannot_be_is_refused_beside_the_field(administrator, forged):
    values = {"email": "rosa@example.org", "groups": [forged], **NO_OFFICE}

    answer = administrator.post(f"{USERS}add/", values)

    assert answer.status_code == 422
    assert answer.context["adminform"].form.errors["groups"]


def test_address_of_an_account_stays_as_it_is(administrator):
    user = make_user("rosa@example.org")

    administrator.post(f"{USERS}{user.pk}/change/", {"email": "evil@example.org", **NO_OFFICE})

    user.refresh_from_db()
    assert (user.email, user.is_active) == ("rosa@example.org", False)


def test_administrator_neither_makes_nor_touches_superusers(administrator):
    root = make_user("root@example.org", is_staff=True, is_superuser=True)
    user = make_user("rosa@example.org")

    administrator.post(
        f"{USERS}{user.pk}/change/", {"is_active": "on", "is_superuser": "on", **NO_OFFICE}
    )
    administrator.post(f"{USERS}{root.pk}/change/", {**NO_OFFICE})

    user.refresh_from_db()
    root.refresh_from_db()
    assert (user.is_superuser, root.is_active) == (False, True)


def test_accounts_are_not_deleted(administrator):
    user = make_user("rosa@example.org")

    assert administrator.post(f"{USERS}{user.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=user.pk).exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_account_list_uses_a_fixed_number_of_queries(
    administrator, rows, django_assert_num_queries
):
    for number in range(rows):
        make_user(f"person{number}@example.org")

    with django_assert_num_queries(7):
        administrator.get(USERS)


def test_search_takes_the_beginning_of_an_address(administrator):
    make_user("rosa@example.org")

    found = administrator.get(USERS, {"q": "ROSA@"}).context["cl"].result_list

    assert [user.email for user in found] == ["rosa@example.org"]
