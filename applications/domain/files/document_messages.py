"""Mail about documents. Which one it is stays on the portal: its name may be sensitive."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from applications.domain.mailing.wordings import written_to
from applications.models import UNSENT, Application, Document
from jetportal.mail.message import Message


@dataclass(frozen=True, slots=True)
class DocumentRefused:
    """A file that the virus scanner refused after it had been taken; `sent` once it was sent."""

    round_title: str
    reference: str
    sent: bool
    address: str
    demonstration: bool


def refused(document: Document) -> Message:
    """Write that a file was refused, and what to do: replace it, or write to us once sent."""
    application = document.application
    to = application.email or application.applicant.email
    return written_to(to, "document_refused", application.round, refusal(application))


def refusal(application: Application) -> DocumentRefused:
    sent = application.status not in UNSENT
    page = "applications:receipt" if sent else "applications:documents"
    return DocumentRefused(
        round_title=application.round.title,
        reference=application.reference_shown,
        sent=sent,
        address=settings.SITE_URL + reverse(page, args=[application.key]),
        demonstration=application.round.is_demonstration,
    )
