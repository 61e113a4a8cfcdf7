"""Asking us to erase everything, and the answer of the program office."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from applications.domain import access
from applications.domain.errors import Refused
from applications.domain.keeping import erasing
from applications.models import LIVE, UNSENT, Application, ErasureCause, ErasureRequest
from jetportal.accounts.models import User

RUNNING = (
    "An application of yours is still under way. Withdraw it first, or discard the draft; then "
    "ask again."
)


def running(user: User) -> "QuerySet[Application]":
    """What must be withdrawn or discarded before anything is erased."""
    rows: QuerySet[Application] = Application.objects.of(user).filter(status__in=LIVE)
    return rows


@transaction.atomic
def ask(*, by: User, at: datetime) -> ErasureRequest:
    """Keep that somebody asks; twice is once. Raises Refused while an application is under way."""
    user = User.objects.select_for_update().get(pk=by.pk)
    if user.is_staff:
        raise Refused("Accounts of staff are closed by an administrator.")
    if running(user).exists():
        raise Refused(RUNNING)
    request, _new = ErasureRequest.objects.get_or_create(
        applicant=user, decided_at=None, defaults={"asked_at": at}
    )
    return request


def newest(user: User) -> ErasureRequest | None:
    row: ErasureRequest | None = ErasureRequest.objects.filter(applicant=user).last()
    return row


@transaction.atomic
def grant(pk: int, *, by: User, at: datetime) -> None:
    """Erase every application of the person, and their account. Raises Refused."""
    request = _waiting(pk, by)
    if running(request.applicant).exists():
        raise Refused("An application of this person is under way again. Nothing was erased.")
    _decide(request, by=by, at=at, granted=True)
    for application in Application.objects.of(request.applicant).order_by("pk"):
        if application.status in UNSENT:
            _discard(application)
        else:
            erasing.erase(application.pk, cause=ErasureCause.ASKED, at=at)
    erasing.erase_account(request.applicant_id)


def _discard(application: Application) -> None:
    erasing.erase_mail(application)
    erasing.remove_files(application)
    erasing.remove_letter_files(application)
    application.delete()


@transaction.atomic
def decline(pk: int, *, answer: str, by: User, at: datetime) -> None:
    """Answer with a reason that the person reads. Raises Refused."""
    request = _waiting(pk, by)
    if not answer.strip():
        raise Refused("Write why first. The person reads it.")
    _decide(request, by=by, at=at, granted=False, answer=answer.strip())


def _waiting(pk: int, by: User) -> ErasureRequest:
    request = ErasureRequest.objects.select_for_update(of=("self",)).select_related("applicant")
    found = request.get(pk=pk)
    if not access.may_release(by):
        raise Refused("The program office decides about this.")
    if found.applicant_id == by.pk:
        raise Refused("Nobody decides about their own request.")
    if found.decided_at is not None:
        raise Refused("Somebody has decided about this request meanwhile.")
    return found


def _decide(
    request: ErasureRequest, *, by: User, at: datetime, granted: bool, answer: str = ""
) -> None:
    request.decided_by, request.decided_at = by, max(at, request.asked_at)
    request.granted, request.answer = granted, answer
    request.save(update_fields=["decided_by", "decided_at", "granted", "answer"])
