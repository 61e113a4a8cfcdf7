"""What a referee's link tells once it is no plain living link: the receipt, the letter too late."""

from datetime import datetime

from applications.domain.errors import LinkDead
from applications.domain.referees import letter_drafts, letter_files, letters, request_log
from applications.models import Reference, ReferenceRequest


def of_link(token: str) -> ReferenceRequest | None:
    """Return the request of a link, dead or alive; None where the link is not known."""
    rows = ReferenceRequest.objects.with_clock().filter(token_digest=request_log.digest(token))
    found: ReferenceRequest | None = rows.first()
    return found


def standing(token: str) -> Reference | None:
    """Return the letter that came by this link, counted or kept as late, with its request."""
    request = of_link(token)
    if request is None:
        return None
    letter: Reference | None = request.letters.standing().filter(by=None).first()
    if letter is not None:
        letter.request = request
    return letter


def to_send(token: str, *, at: datetime) -> ReferenceRequest:
    """Return the request whose letter can be handed in at `at`, in time or late, or LinkDead."""
    request = of_link(token)
    dead = "unknown" if request is None else letters.why_dead(request, at)
    if request is None or dead not in ("", "over"):
        raise LinkDead(dead)
    return request


def waiting_file(request: ReferenceRequest) -> bytes | None:
    """Return the PDF that waits to be sent; None where there is none or no key opens it."""
    draft = letter_drafts.saved(request)
    return letter_files.content_of(draft) if draft else None
