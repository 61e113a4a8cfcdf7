"""The PDF copy of an application: made on request from the frozen text, and stored nowhere."""

import io
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from applications.domain import access
from applications.domain.files import slots
from applications.domain.form.submitted import Submitted, as_submitted
from applications.exports import pdf
from applications.models import UNSENT, Application
from applications.views.common import applicant_page, door_of_staff, reader_zone
from jetportal.requests import SignedInRequest
from positions.deadlines import in_words

DRAWN = "shift_jisx0213"  # Latin and Japanese: what the fonts of the copy hold
NOT_DRAWN = (
    "Some signs belong to neither Latin nor Japanese writing. A PDF reader may leave them blank; "
    "our record holds them as they were typed."
)

APART = (("Kept apart", "Only named staff read this part, so it is not in the copy."),)
UNKNOWN = "It could not be confirmed. Write to us, and give the reference number."


@require_GET
@applicant_page
def download(request: SignedInRequest, key: UUID) -> HttpResponseBase:
    """Stream the PDF to the applicant, or to staff who may see the file; 404 for anybody else."""
    rows = Application.objects.with_round().with_late_end(request.received_at)
    application = get_object_or_404(rows.exclude(status__in=UNSENT), key=key)
    if not access.may_download(request.user, application, at=request.received_at):
        raise Http404
    if door := door_of_staff(request, application):
        return door
    copy = copy_of(application, as_submitted(application), zone=reader_zone(request))
    response = FileResponse(
        io.BytesIO(pdf.written(copy)),
        as_attachment=True,
        filename=f"{application.reference_shown}.pdf",
        content_type="application/pdf",
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def copy_of(application: Application, sent: Submitted, *, zone: ZoneInfo | None) -> pdf.Copy:
    """Collect what the PDF says; `zone` is the reader's own, where it is known."""
    parts = [
        (
            part.title,
            APART if part.apart else tuple((answer.label, answer.words) for answer in part.answers),
        )
        for part in sent.parts
    ]
    documents = tuple(
        (state.title, document.name)
        for state in slots.states(sent.loaded)
        for document in state.documents
        if not state.sensitive
    )
    return pdf.Copy(
        title=f"Application {application.reference_shown}",
        facts=facts(application, sent, zone),
        parts=(*parts[:-1], ("Documents", documents), *parts[-1:]),
        foot=f"{application.reference_shown}    {sent.digest}",
    )


def facts(
    application: Application, sent: Submitted, zone: ZoneInfo | None
) -> tuple[tuple[str, str], ...]:
    received, round_ = application.submitted_at, application.round
    if received is None:
        raise ValueError("only what was sent has a copy")
    told: list[tuple[str, str]] = [
        ("Round", round_.title),
        ("Received", in_words(received, round_.zoneinfo)),
    ]
    if zone is not None and zone.key != round_.zone:
        told.append(("Received, in your own zone", in_words(received, zone)))
    told += [("Version", str(sent.version)), ("Fingerprint (SHA-256)", sent.digest or UNKNOWN)]
    if not all(drawn(answer.words) for part in sent.parts for answer in part.answers):
        told.append(("About this copy", NOT_DRAWN))
    return tuple(told)


def drawn(text: str) -> bool:
    """Tell whether the fonts of the copy hold every sign of the text."""
    return all(pdf.is_latin(sign) or _is_japanese(sign) for sign in set(text) - {"\n", "\t"})


def _is_japanese(sign: str) -> bool:
    try:
        sign.encode(DRAWN)
    except UnicodeEncodeError:
        return False
    return True
