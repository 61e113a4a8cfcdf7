"""Which mails are about an application: told by the keys they were queued under."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from applications.models import Application, ConflictAnswer, LateGrant, ReferenceRequest
from jetportal.mail.models import OutgoingMail

# What a key begins with, before the number of the application.
TO_APPLICANTS = (
    *("confirmation", "withdrawn", "taken back", "lapsed", "correction", "changed"),
    *("document_refused", "part_asked", "moved", "late_reply", "reply_reminder", "written_to_many"),
    *("interview_time", "interview_reminder"),
)
# What it begins with before the number of a request for a letter.
OF_REQUESTS = (
    "reference",
    *(f"reference {what}" for what in ("received", "thanks", "declined", "failed", "cancelled")),
    "reference unsafe",
)
OF_GRANTS = "late_grant"


def mails_about(application: Application) -> "QuerySet[OutgoingMail]":
    """Return the mails about an application, those to its referees and of its grants included."""
    return OutgoingMail.objects.filter(_about([application.pk]))


def _about(keys: Collection[int]) -> Q:
    """Say which mails are about one of these applications; two queries at any number of them."""
    about = Q(key__in=[f"confirmation:{key}" for key in keys])
    for key in keys:
        for kind in TO_APPLICANTS:
            about |= Q(key__startswith=f"{kind}:{key}:")
    of_row = Application.objects.filter(applicant=OuterRef("applicant"), round=OuterRef("round"))
    grants = LateGrant.objects.filter(Exists(of_row.filter(pk__in=keys)))
    about |= Q(key__in=[f"{OF_GRANTS}:{grant}" for grant in grants.values_list("pk", flat=True)])
    requests = ReferenceRequest.objects.filter(referee__application__in=keys)
    for request in requests.values_list("pk", flat=True):
        for kind in OF_REQUESTS:
            about |= Q(key__startswith=f"{kind}:{request}:")
    return about


def without_known(mails: "QuerySet[OutgoingMail]", account: int) -> "QuerySet[OutgoingMail]":
    """Leave out the mails about files whose writers somebody said they know, and all to these.

    One query for whoever knows nobody.
    """
    rows = ConflictAnswer.objects.filter(by=account, knows=True).order_by()
    known = rows.values_list("application", "application__email", "application__applicant__email")
    if not (found := list(known)):
        return mails
    keys = [key for key, _written, _account in found]
    to_them = Q()
    for email in {email.lower() for _key, *emails in found for email in emails if email}:
        to_them |= Q(recipient__iexact=email)
    # found by their indexes first: compared with each of many mails, they cost as many comparisons
    hidden = OutgoingMail.objects.filter(_about(keys) | to_them).order_by()
    return mails.exclude(pk__in=hidden.values("pk"))


def grants_for(application: Application) -> "QuerySet[LateGrant]":
    """Return the late grants of its applicant in its round."""
    return LateGrant.objects.filter(
        applicant=application.applicant_id, round__slug=application.round_id
    )
