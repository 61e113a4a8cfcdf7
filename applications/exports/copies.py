"""The PDF copy of an application: made on request from the frozen text, and stored nowhere."""

import io
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from applications.domain import access
from applications.domain.form.submitted import as_submitted
from applications.exports.content import copy_of
from applications.models import UNSENT, Application
from applications.views.common import applicant_page, door_of_staff, reader_zone
from jetportal.requests import SignedInRequest


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
    from applications.exports import pdf  # noqa: PLC0415  16 MB that few requests need

    copy = copy_of(application, as_submitted(application), zone=reader_zone(request))
    response = FileResponse(
        io.BytesIO(pdf.written(copy)),
        as_attachment=True,
        filename=f"{application.reference_shown}.pdf",
        content_type="application/pdf",
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
