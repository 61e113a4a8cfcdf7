"""The pre-flight of a round, its publishing now or at a time, and the way back from a schedule."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from jetportal.requests import SignedInRequest
from positions.admin.round_forms import PublicationForm
from positions.admin.round_pages import PUBLISH, REFUSED, done, found, page
from positions.deadlines import in_words
from positions.domain import drafts, preflight, rounds
from positions.domain.errors import Refused
from positions.domain.notices import deadline_sentence
from positions.listing import place_in_words
from positions.models import RecruitmentRound


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read the round back, with its pre-flight; a POST shows it to everybody, now or later."""
    round_ = found(request, pk, PUBLISH)
    form = PublicationForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with form.refusals():
            published = rounds.publish(
                pk,
                day=form.cleaned_data["shown_on"],
                clock=form.cleaned_data["shown_time"],
                by=request.user,
                at=request.received_at,
                read=request.POST.get("read", ""),
            )
            return done(request, round_, _published(published, request))
        round_ = found(request, pk, PUBLISH)
    return _publication(request, round_, form)


def _published(round_: RecruitmentRound, request: SignedInRequest) -> str:
    shown_from = round_.published_at
    if shown_from is None or shown_from <= request.received_at:
        return "Published. Everybody sees it now."
    return f"Scheduled. Everybody sees it from {in_words(shown_from, round_.zoneinfo)} on."


def _publication(
    request: SignedInRequest, round_: RecruitmentRound, form: PublicationForm
) -> HttpResponse:
    published, zone = round_.published_at, round_.zoneinfo
    context = {
        "title": "Check and publish",
        "form": form,
        "read": drafts.mark_of(round_),
        "refusal": next(iter(form.non_field_errors()), None),
        "sentence": deadline_sentence(round_.closes_at, zone),
        "opens": in_words(round_.opens_at, zone) if round_.opens_at else "",
        "shown_from": in_words(published, zone) if published else "",
        "posts": [(vacancy, place_in_words(vacancy)) for vacancy in round_.vacancies.all()],
        "report": preflight.report(round_, at=request.received_at),
    }
    return page(request, "publish", round_, context, status=REFUSED if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make a scheduled round a draft again."""
    round_ = found(request, pk, PUBLISH)
    refusal = None
    if request.method == "POST":
        try:
            rounds.take_back(pk, by=request.user, at=request.received_at)
        except Refused as refused:
            refusal = refused
        else:
            return done(request, round_, "Taken back. It is a draft again.")
    shown_from = round_.published_at
    context = {
        "title": "Take this round back",
        "refusal": refusal,
        "shown_from": in_words(shown_from, round_.zoneinfo) if shown_from else "",
    }
    return page(request, "take_back", round_, context, status=REFUSED if refusal else 200)
