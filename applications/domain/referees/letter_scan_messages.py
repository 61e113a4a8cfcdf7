"""Mail about a PDF of a letter that the virus scanner refused, in English and Japanese."""

from applications.domain.referees.reference_messages import to_referee
from applications.models import ReferenceRequest
from jetportal.mail.message import Message
from jetportal.mail.rendering import render


def refused(row: ReferenceRequest) -> Message:
    """Ask the referee for another PDF; the link is the same as before."""
    return render("reference_unsafe", to=row.referee.email, context=to_referee(row))
