"""Before somebody judges a file they say whether they know the person; a "yes" hides it."""

from datetime import datetime

from django.db import transaction

from applications.domain import access
from applications.domain.review import conflicts
from applications.models import Application, ConflictAnswer
from applications.models.application import ApplicationQuerySet
from jetportal.accounts.models import User


def answer(application_id: int, *, knows: bool, by: User, at: datetime) -> ConflictAnswer:
    """Keep whether `by` knows the applicant; a "yes" takes the file from them for good.

    A "no" may become a "yes" later, never the other way. Raises Application.DoesNotExist for whom
    it is not their turn.
    """
    with transaction.atomic():
        _locked(application_id, by)
        said, created = ConflictAnswer.objects.get_or_create(
            application_id=application_id, by=by, defaults={"knows": knows, "at": at}
        )
        if knows and not created and not said.knows:
            said.knows, said.at = True, at
            said.save(update_fields=["knows", "at"])
        if said.knows:
            conflicts.take_away(application_id, of=by, at=at)
    return said


def _locked(application_id: int, by: User) -> Application:
    """Lock the file: nobody is assigned to it while they say that they know the person."""
    theirs = access.to_judge(by).filter(pk=application_id)
    locked = Application.objects.select_for_update().filter(pk__in=theirs.values("pk"))
    application: Application = locked.get()
    return application


def unanswered(user: User) -> ApplicationQuerySet:
    """Return what waits for the user to say whether they know the person."""
    said = ConflictAnswer.objects.filter(by=user)
    rows: ApplicationQuerySet = access.to_judge(user).exclude(pk__in=said.values("application"))
    return rows


def asks_first(user: User, application_id: int) -> bool:
    """Tell whether somebody must answer before they see a file that is theirs in no other way."""
    waits = unanswered(user).filter(pk=application_id).exists()
    return waits and not access.reviewable_by(user).filter(pk=application_id).exists()
