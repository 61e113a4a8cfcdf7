"""Seats and alternates of a round at the desk: what is taken, who is next, who has not answered."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from applications.admin.forms import ReasonForm
from applications.admin.result_forms import DaysForm
from applications.admin.result_pages import REFUSED, page, require_office
from applications.admin.words import short_time
from applications.domain.errors import Refused
from applications.domain.outcomes import replies, results, seats
from applications.models import (
    Application,
    Decision,
    Holding,
    Reply,
    ReplyForm,
    SeatEvent,
    Status,
)
from jetportal.requests import SignedInRequest
from positions.models import RecruitmentRound, Vacancy

SEATS = "admin:applications_resultbatch_seats"
SHOWN = 30  # lines of the ledger, newest first


@dataclass(frozen=True, slots=True)
class VacancyView:
    """One vacancy with its sums; `next_url` leads to the upgrade of whoever is next."""

    vacancy: Vacancy
    seats: seats.Seats
    alternates: list[Decision]
    next_words: str
    next_why: str
    next_url: str
    proposed: bool


@dataclass(frozen=True, slots=True)
class Overdue:
    """An answer that is missing or came late, with what may be done about it."""

    form: ReplyForm
    said: str
    when: str
    may_decline: bool


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the seats of a round; a POST sets its days."""
    require_office(request)
    round_ = get_object_or_404(RecruitmentRound, slug=slug)
    settings = results.settings_of(round_)
    form = DaysForm(None, settings)
    if request.method == "POST":
        form = DaysForm(request.POST.dict(), settings)
        if form.is_valid():
            with form.refusals():
                replies.set_days(slug, **form.cleaned_data, by=request.user, at=request.received_at)
                messages.success(request, "Kept. Answers that are waited for keep their end.")
                return redirect(SEATS, slug)
    return _page(request, round_, form)


def _page(
    request: SignedInRequest, round_: RecruitmentRound, form: DaysForm, refusal: str = ""
) -> HttpResponse:
    vacancies = list(round_.vacancies.select_related("position", "sport", "organization"))
    sums = seats.count(vacancies)
    lists = seats.alternate_lists(vacancy.key for vacancy in vacancies)
    ledger = SeatEvent.objects.filter(vacancy__round=round_)
    lines = ledger.select_related("application", "change__by", "vacancy").order_by("-pk")[:SHOWN]
    context = {
        "title": f"Seats and alternates: {round_.title}",
        "round": round_,
        "vacancies": [
            _vacancy(vacancy, sums[vacancy.key], lists[vacancy.key]) for vacancy in vacancies
        ],
        "overdue": [_overdue(row) for row in replies.overdue(round_, at=request.received_at)],
        "ledger": [(line, _ledger_words(line)) for line in lines],
        "form": form,
        "refusal": refusal,
    }
    failed = bool(refusal or form.errors)
    return page(request, "seats", context, status=REFUSED if failed else 200)


def _vacancy(vacancy: Vacancy, sums: seats.Seats, listed: list[Decision]) -> VacancyView:
    following = seats.next_of(listed)
    application = following.decision.application if following else None
    return VacancyView(
        vacancy=vacancy,
        seats=sums,
        alternates=seats.standing(listed),
        next_words=application.reference_shown if application else "",
        next_why=following.why if following else "",
        next_url=_upgrade_url(application) if application else "",
        proposed=following is not None and (sums.free or 0) > 0,
    )


def _upgrade_url(application: Application) -> str:
    place = [application.pk, Status.SHORT_LISTED.value]
    return reverse("admin:applications_application_move", args=place)


def _overdue(form: ReplyForm) -> Overdue:
    late = (
        f"{Reply(form.late_answer).label}, {short_time(form.late_at)} HST" if form.late_at else ""
    )
    return Overdue(form, late, form.deadline, may_decline=form.asked == Status.SHORT_LISTED)


def _ledger_words(line: SeatEvent) -> str:
    gave_back, took = Holding(line.gave_back).label, Holding(line.took).label
    who = line.change.by.email if line.change.by else "the system"
    if line.change.by_id == line.application.applicant_id:
        who = "the applicant"
    return f"{gave_back.capitalize()} to {took.lower()}, {short_time(line.change.at)} HST, {who}"


def _answered(
    request: SignedInRequest, slug: str, pk: int, act: Callable[..., Application], words: str
) -> HttpResponse:
    require_office(request)
    round_ = get_object_or_404(RecruitmentRound, slug=slug)
    application = get_object_or_404(Application, pk=pk, round=round_)
    form = ReasonForm(request.POST.dict(), needed=True)
    refusal = "" if form.is_valid() else "Give the reason. It is kept in the history."
    if not refusal:
        try:
            reason = form.cleaned_data["reason"]
            act(application.pk, by=request.user, at=request.received_at, reason=reason)
        except Refused as problem:
            refusal = str(problem)
    if refusal:
        words = f"{application.reference_shown}: {refusal}"
        return _page(request, round_, DaysForm(None, results.settings_of(round_)), words)
    messages.success(request, f"{application.reference_shown}: {words}")
    return redirect(SEATS, slug)


@require_POST
def mark_declined(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    return _answered(request, slug, pk, replies.mark_declined, "marked as declined.")


@require_POST
def count_late(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    return _answered(request, slug, pk, replies.count_late, "the late answer counts.")
