"""One's own data: a page that says what there is, the ZIP, and asking for erasure."""

import json
import tempfile
import zipfile

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from applications.domain.errors import Refused
from applications.domain.keeping import erasure_requests, own_data
from applications.models import Application
from jetportal.requests import SignedInRequest
from positions.deadlines import HST, in_words

REFUSED = 409


@never_cache
@login_required
@require_safe
def show(request: SignedInRequest) -> HttpResponse:
    return _page(request)


def _page(request: SignedInRequest, refusal: str = "") -> HttpResponse:
    asked = erasure_requests.newest(request.user)
    context = {
        "nav": "account",
        "count": Application.objects.of(request.user).count(),
        "asked": asked,
        "asked_at": in_words(asked.asked_at, HST) if asked else "",
        "waiting": asked is not None and asked.decided_at is None,
        "refusal": refusal,
    }
    status = REFUSED if refusal else 200
    return render(request, "account/data.html", context, status=status)


@never_cache
@login_required
@require_safe
def download(request: SignedInRequest) -> HttpResponseBase:
    """Hand out a ZIP of data and files, made now and stored nowhere."""
    at = request.received_at
    whole = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    with zipfile.ZipFile(whole, "w") as archive:
        data = own_data.collected(request.user, at=at)
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=2))
        for name, content in own_data.files_of(request.user, at=at):
            archive.writestr(name, content)
    whole.seek(0)
    response = FileResponse(whole, as_attachment=True, filename=f"my-data-{at:%Y-%m-%d}.zip")
    response["X-Content-Type-Options"] = "nosniff"
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_erasure(request: SignedInRequest) -> HttpResponse:
    if request.method != "POST":  # after signing in again, or by a reload
        return redirect("own_data")
    try:
        erasure_requests.ask(by=request.user, at=request.received_at)
    except Refused as refusal:
        return _page(request, str(refusal))
    messages.success(request, "We have your request. The program office answers it on this page.")
    return redirect("own_data")
