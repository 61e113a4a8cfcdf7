"""Conflicts of interest: whoever at the desk knows an applicant sees that file no more.

Anybody who sees a file may say so themselves. The program office alone takes it away again, with
a reason that is kept; those who judge are then asked anew.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from applications.domain import access
from applications.domain.errors import ReasonNeeded, Refused
from applications.domain.review import scoring
from applications.models import (
    Application,
    Assignment,
    ConflictAnswer,
    ConflictLifting,
    Panelist,
)
from jetportal.accounts.models import User


def known_to(user: User) -> "QuerySet[ConflictAnswer, Any]":
    """Return the keys of the applications whose writers the user said they know."""
    return ConflictAnswer.objects.filter(by=user, knows=True).order_by().values("application")


def people_known_to(user: User) -> "QuerySet[ConflictAnswer, Any]":
    """Return the keys of the accounts the user said they know, for lists of people."""
    rows = ConflictAnswer.objects.filter(by=user, knows=True).order_by()
    return rows.values("application__applicant")


@transaction.atomic
def declare(application_id: int, *, by: User, at: datetime) -> ConflictAnswer:
    """Keep that `by` knows the applicant of a file they see, and hide it from them.

    Their turn to judge it ends. Raises Application.DoesNotExist for whoever does not see it.
    """
    seen = access.reviewable_by(by, at=at).filter(pk=application_id)
    Application.objects.select_for_update().get(pk__in=seen.values("pk"))
    said, _new = ConflictAnswer.objects.update_or_create(
        application_id=application_id, by=by, defaults={"knows": True, "at": at}
    )
    take_away(application_id, of=by, at=at)
    return said


def take_away(application_id: int, *, of: User, at: datetime) -> None:
    """End somebody's turn with a file that the caller has locked, and what their score counts."""
    Assignment.objects.running().filter(application=application_id, reviewer=of).update(
        ended_at=at, ended_by=of
    )
    Panelist.objects.filter(interview__application=application_id, user=of).delete()
    scoring.leave_out(Application.objects.get(pk=application_id), of=of, at=at)


def hidden_from(application: Application) -> list[ConflictAnswer]:
    """List who said that they know the applicant, first said first."""
    rows = ConflictAnswer.objects.filter(application=application, knows=True)
    return list(rows.select_related("by").order_by("at", "pk"))


def liftings_of(application: Application) -> list[ConflictLifting]:
    """List what the program office took away again, newest first."""
    return list(application.conflict_liftings.select_related("of", "by"))


def lifted(application_id: int, of_id: int, *, by: User) -> ConflictLifting | None:
    """Return what `by` took away last of somebody who has said nothing since; None: nothing."""
    if ConflictAnswer.objects.filter(application=application_id, by__pk=of_id, knows=True).exists():
        return None
    rows = ConflictLifting.objects.filter(application=application_id, of__pk=of_id, by=by)
    return rows.select_related("of").first()


@transaction.atomic
def lift(
    application_id: int, of_id: int, *, reason: str, by: User, at: datetime
) -> ConflictLifting:
    """Take away that somebody said they know the applicant, for the program office. Raises Refused.

    What they had scored counts again.
    A second click finds what the first has done. Raises Application.DoesNotExist for whoever does
    not see the file.
    """
    if not access.may_assign(by):
        raise Refused("This belongs to the program office.")
    seen = access.reviewable_by(by, at=at).filter(pk=application_id)
    application = Application.objects.select_for_update().get(pk__in=seen.values("pk"))
    said = ConflictAnswer.objects.filter(application=application_id, by=of_id, knows=True).first()
    if said is None:
        if done := lifted(application_id, of_id, by=by):
            return done
        raise Refused("The file is not hidden from them any more.")
    if not reason.strip():
        raise ReasonNeeded
    lifting: ConflictLifting = ConflictLifting.objects.create(
        application_id=application_id,
        of_id=of_id,
        said_at=said.at,
        by=by,
        at=max(at, said.at),
        reason=reason.strip(),
    )
    said.delete()
    scoring.count_again(application, of=lifting.of)
    return lifting
