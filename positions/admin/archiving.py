"""Putting a round away that is over, and bringing it back to the lists."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from jetportal.requests import SignedInRequest
from positions.admin.round_pages import PUBLISH, REFUSED, done, found, page
from positions.domain import rounds
from positions.domain.errors import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def archive(request: SignedInRequest, pk: int) -> HttpResponse:
    round_ = found(request, pk, PUBLISH)
    refusal = None
    if request.method == "POST":
        try:
            rounds.archive(pk, by=request.user, at=request.received_at)
        except Refused as refused:
            refusal = refused
        else:
            return done(request, round_, "Archived. Its page stays readable.")
    context = {"title": "Archive this round", "refusal": refusal}
    return page(request, "archive", round_, context, status=REFUSED if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def bring_back(request: SignedInRequest, pk: int) -> HttpResponse:
    round_ = found(request, pk, PUBLISH)
    refusal = None
    if request.method == "POST":
        try:
            rounds.bring_back(pk, by=request.user)
        except Refused as refused:
            refusal = refused
        else:
            return done(request, round_, "Brought back to the lists of past rounds.")
    context = {"title": "Bring this round back", "refusal": refusal}
    return page(request, "bring_back", round_, context, status=REFUSED if refusal else 200)
