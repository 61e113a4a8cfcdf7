"""Which mails are about one application: told by the keys they were queued under."""

from django.db.models import Q, QuerySet

from applications.models import Application, LateGrant, ReferenceRequest
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
)
OF_GRANTS = "late_grant"


def mails_about(application: Application) -> "QuerySet[OutgoingMail]":
    """Return the mails about an application, those to its referees and of its grants included."""
    about = Q(key=f"confirmation:{application.pk}")
    for kind in TO_APPLICANTS:
        about |= Q(key__startswith=f"{kind}:{application.pk}:")
    for grant in grants_for(application).values_list("pk", flat=True):
        about |= Q(key=f"{OF_GRANTS}:{grant}")
    requests = ReferenceRequest.objects.filter(referee__application=application)
    for request in requests.values_list("pk", flat=True):
        for kind in OF_REQUESTS:
            about |= Q(key__startswith=f"{kind}:{request}:")
    return OutgoingMail.objects.filter(about)


def grants_for(application: Application) -> "QuerySet[LateGrant]":
    """Return the late grants of its applicant in its round."""
    return LateGrant.objects.filter(
        applicant=application.applicant_id, round__slug=application.round_id
    )
