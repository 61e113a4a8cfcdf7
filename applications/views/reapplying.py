"""Starting an application from an earlier one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from applications.domain.errors import Refused
from applications.domain.form import reapplying
from applications.models import UNSENT
from applications.views.common import applicant_page
from jetportal.requests import SignedInRequest
from positions.models import RecruitmentRound


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_page
def start_from(request: SignedInRequest, slug: str) -> HttpResponse:
    """Copy the chosen application into a new draft; asked for by GET, lead to the page of choices.

    An application to the round that is there already is opened as it is.
    """
    at = request.received_at
    get_object_or_404(RecruitmentRound.objects.published(at), slug=slug)
    source = chosen(request.POST.get("source", ""))
    if request.method != "POST" or source is None:
        return redirect("applications:start", slug=slug)
    try:
        application = reapplying.start_from(source, round_slug=slug, by=request.user, at=at)
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return redirect("positions:round", slug=slug)
    if application.status not in UNSENT:
        return redirect("applications:receipt", key=application.key)
    messages.success(request, "Copied. Open each part once, and save it.")
    return redirect("applications:tasks", key=application.key)


def chosen(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
