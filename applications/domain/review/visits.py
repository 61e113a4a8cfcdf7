"""Files of another consulate: opened for a while, with a reason that this consulate reads."""

from datetime import datetime, timedelta

from django.db import transaction

from applications.domain import access
from applications.domain.access import Part
from applications.domain.errors import Refused
from applications.domain.moves import Actor
from applications.domain.reference_numbers import normalized
from applications.models import Application, FileOpening, ReviewSettings
from jetportal.accounts.models import User
from positions.models import RecruitmentRound

UNKNOWN = "No application has exactly this reference number."


def settings_of(round_: RecruitmentRound) -> ReviewSettings:
    """Return how files of the round are read: as staff set it, or as declared, unsaved."""
    kept: ReviewSettings | None = ReviewSettings.objects.filter(round=round_).first()
    return kept or ReviewSettings(round=round_)


@transaction.atomic
def open_file(reference: str, *, reason: str, by: User, at: datetime) -> Application:
    """Open a file of another consulate for a coordinator, for the hours of its round.

    A file that is theirs, or open to them already, is returned as it is. Raises Refused.
    """
    if Actor.COORDINATOR not in access.actors_of(by):
        raise Refused("Files of other consulates are opened by coordinators.")
    application = _named(reference)
    if application is None or application.applicant_id == by.pk:
        raise Refused(UNKNOWN, field="reference")
    if access.may(by, Part.NOTES, application, at=at):
        return application
    if not access.may_be_opened(by, application):
        raise Refused(UNKNOWN, field="reference")
    if not reason.strip():
        raise Refused("Give the reason. The consulate of this file reads it.", field="reason")
    hours = timedelta(hours=settings_of(application.round).opening_hours)
    FileOpening.objects.create(
        application=application, by=by, at=at, until_at=at + hours, reason=reason.strip()
    )
    return application


def _named(reference: str) -> Application | None:
    number = normalized(reference)
    if not number:
        return None
    rows = Application.objects.for_desk().filter(reference=number)
    application: Application | None = rows.select_for_update(of=("self",)).first()
    return application


def openings_of(application: Application) -> list[FileOpening]:
    """List who of other consulates opened a file, newest first."""
    return list(FileOpening.objects.filter(application=application).select_related("by"))


def openings_at(consulate: str, *, since: datetime) -> list[FileOpening]:
    """List which files of a consulate others have opened since an instant, newest first."""
    rows = FileOpening.objects.filter(application__consulate=consulate, at__gte=since)
    return list(rows.select_related("application", "by"))
