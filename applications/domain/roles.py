"""The groups of staff and what each may do in the admin beside the applications themselves.

Which applications somebody sees, and which moves they may make, is decided by
`applications.domain.access` from the names of these groups.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from applications.domain.access import (
    ADMINISTRATORS,
    COORDINATORS,
    INTERVIEWERS,
    PROGRAM_OFFICE,
    REVIEWERS,
)

READ = ("view",)
EDIT = ("view", "add", "change")
ALL = ("view", "add", "change", "delete")


def _on(app: str, model: str, verbs: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    return frozenset((app, f"{verb}_{model}") for verb in verbs)


APPLICATIONS = _on("applications", "application", READ) | {("applications", "write_to_many")}
ROUNDS = (
    _on("positions", "recruitmentround", (*ALL, "publish"))
    | _on("positions", "vacancy", ALL)
    | _on("positions", "roundchange", READ)
    | _on("positions", "sport", EDIT)
    | _on("positions", "contractingorganization", EDIT)
    | _on("positions", "watch", READ)
    | _on("applications", "formsettings", ("view", "change"))
    | _on("applications", "retentionsettings", EDIT)
)
CATALOGUE = (
    _on("positions", "positiontype", ("view", "change"))
    | _on("positions", "duty", ALL)
    | _on("positions", "requirement", ALL)
    | _on("positions", "consulate", EDIT)
)
MAIL = frozenset({("mail", "view_outgoingmail"), ("mail", "queue_mail_again")})
WORDS_OF_MAIL = frozenset(
    {
        *(("mail", "read_mail"), ("mail", "correct_mail_address")),
        ("applications", "change_roundwording"),
    }
)
WATCHERS = frozenset({("positions", "read_watch_address"), ("positions", "delete_watch")})
SENSITIVE = frozenset({("applications", "read_sensitive")})
LETTERS = frozenset({("applications", "read_letters")})
RUNNING = MAIL | frozenset({("heartbeats", "see_status")})  # how the portal itself is doing
SEALED = SENSITIVE | LETTERS
SIGN_INS = _on("accounts", "signin", READ)
USERS = _on("accounts", "user", EDIT) | _on("applications", "staffoffice", ALL)

ROLES: Mapping[str, frozenset[tuple[str, str]]] = MappingProxyType(
    {
        COORDINATORS: APPLICATIONS,
        REVIEWERS: frozenset(),
        INTERVIEWERS: frozenset(),
        PROGRAM_OFFICE: APPLICATIONS
        | SEALED
        | ROUNDS
        | RUNNING
        | WORDS_OF_MAIL
        | WATCHERS
        | SIGN_INS,
        ADMINISTRATORS: ROUNDS | CATALOGUE | RUNNING | USERS | SIGN_INS,
    }
)


@dataclass(frozen=True, slots=True)
class RoleChange:
    """What `ensure_roles` did to one group: permissions given and taken, as "app.codename"."""

    name: str
    created: bool
    given: tuple[str, ...]
    taken: tuple[str, ...]


@transaction.atomic
def ensure_roles(*, dry_run: bool = False) -> tuple[RoleChange, ...]:
    """Make the groups have exactly the permissions of `ROLES`; doing it twice changes nothing.

    Raises LookupError naming a permission that does not exist: migrate first.
    """
    changes = tuple(_ensure(name, wanted) for name, wanted in ROLES.items())
    if dry_run:
        transaction.set_rollback(True)
    return changes


def _ensure(name: str, wanted: frozenset[tuple[str, str]]) -> RoleChange:
    group, created = Group.objects.get_or_create(name=name)
    known = _permissions(wanted)
    had = {_key(row): row for row in group.permissions.select_related("content_type")}
    given, taken = known.keys() - had.keys(), had.keys() - known.keys()
    group.permissions.add(*(known[key] for key in given))
    group.permissions.remove(*(had[key] for key in taken))
    return RoleChange(name, created, _written(given), _written(taken))


def _permissions(wanted: frozenset[tuple[str, str]]) -> dict[tuple[str, str], Permission]:
    rows = Permission.objects.select_related("content_type").filter(
        codename__in={codename for _app, codename in wanted}
    )
    found = {_key(row): row for row in rows if _key(row) in wanted}
    if missing := wanted - found.keys():
        raise LookupError(f"No such permission: {', '.join(_written(missing))}.")
    return found


def _key(permission: Permission) -> tuple[str, str]:
    return (permission.content_type.app_label, permission.codename)


def _written(keys: "set[tuple[str, str]] | frozenset[tuple[str, str]]") -> tuple[str, ...]:
    return tuple(sorted(".".join(key) for key in keys))
