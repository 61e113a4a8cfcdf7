from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from applications.domain import access
from applications.domain.roles import ROLES, ensure_roles
from jetportal.accounts.models import User
from tests.applicants import make_staff

pytestmark = pytest.mark.django_db


def granted(name: str) -> set[tuple[str, str]]:
    rows = Group.objects.get(name=name).permissions
    return set(rows.values_list("content_type__app_label", "codename"))


def test_roles_get_exactly_their_permissions():
    ensure_roles()

    assert {name: granted(name) for name in ROLES} == {
        name: set(wanted) for name, wanted in ROLES.items()
    }


def test_second_run_changes_nothing():
    ensure_roles()

    again = ensure_roles()

    assert [(change.created, change.given, change.taken) for change in again] == [
        (False, (), ())
    ] * len(ROLES)


def test_permission_given_by_hand_is_taken_back():
    ensure_roles()
    office = Group.objects.get(name=access.PROGRAM_OFFICE)
    coordinators = Group.objects.get(name=access.COORDINATORS)
    coordinators.permissions.add(*office.permissions.all())

    ensure_roles()

    assert granted(access.COORDINATORS) == set(ROLES[access.COORDINATORS])


def test_dry_run_says_what_would_change_and_changes_nothing():
    output = StringIO()

    call_command("ensure_roles", "--dry-run", stdout=output)

    assert output.getvalue().splitlines()[0] == "Coordinators: new, 2 given, 0 taken"
    assert not Group.objects.exists()


@pytest.mark.parametrize(
    ("role", "permission", "allowed"),
    [
        (access.COORDINATORS, "applications.view_application", True),
        (access.COORDINATORS, "accounts.view_user", False),
        (access.COORDINATORS, "positions.change_recruitmentround", False),
        (access.PROGRAM_OFFICE, "positions.publish_recruitmentround", True),
        (access.PROGRAM_OFFICE, "accounts.view_user", False),
        (access.ADMINISTRATORS, "accounts.change_user", True),
        (access.ADMINISTRATORS, "positions.publish_recruitmentround", True),
        (access.ADMINISTRATORS, "applications.view_application", False),
        (access.ADMINISTRATORS, "mail.read_mail", False),
    ],
)
def test_role_holds_its_permissions(role, permission, allowed):
    ensure_roles()
    user = User.objects.get(pk=make_staff("desk@example.org", role).pk)

    assert user.has_perm(permission) is allowed


@pytest.mark.parametrize("verb", ["add", "change", "delete"])
@pytest.mark.parametrize(
    "model", ["application", "sectionanswers", "frozenanswers", "statuschange", "document"]
)
def test_no_role_edits_what_was_sent(verb, model):
    assert all(("applications", f"{verb}_{model}") not in wanted for wanted in ROLES.values())
