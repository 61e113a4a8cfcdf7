"""Seats and alternates of a round at the desk: what is taken, who is next, who has not answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from applications.admin.forms import ReasonForm, status_of
from applications.admin.result_forms import DaysForm, SeatsForm
from applications.admin.result_pages import REFUSED, page, require_office
from applications.admin.words import short_time
from applications.domain import access
from applications.domain.errors import Refused
from applications.domain.outcomes import replies, results, seat_numbers, seats
from applications.models import (
    Application,
    Decision,
    Holding,
    Reply,
    ReplyForm,
    ResultSettings,
    SeatEvent,
    SeatNumber,
    Status,
)
from applications.sections.person import vacancy_words
from jetportal.requests import SignedInRequest
from positions.deadlines import deadline_in_words
from positions.models import RecruitmentRound, Vacancy

SEATS = "admin:applications_resultbatch_seats"
SHOWN = 30  # lines of the ledger, newest first
LISTED = 50  # alternates of one vacancy, those who are next first
NOT_OVERDUE = "No answer of theirs is overdue or came late by now. Look at it again."
H = Holding
LEDGER: Mapping[tuple[Holding, Holding], str] = MappingProxyType(
    {
        (H.NOTHING, H.OFFERED): "Offered a seat",
        (H.NOTHING, H.LISTED): "Put on the alternate list",
        (H.NOTHING, H.ACCEPTED): "Has the accepted seat again",
        (H.LISTED, H.OFFERED): "Upgraded from the alternate list",
        (H.LISTED, H.NOTHING): "Left the alternate list",
        (H.OFFERED, H.ACCEPTED): "Accepted the seat",
        (H.OFFERED, H.DECLINED): "Declined the seat",
        (H.OFFERED, H.NOTHING): "Gave back the seat that was offered",
        (H.ACCEPTED, H.NOTHING): "Gave back the accepted seat",
    }
)
NumberForms = Mapping[str, SeatsForm]  # as they were sent, by the key of their vacancy


@dataclass(frozen=True, slots=True)
class Tried:
    """What was sent about the answer of one application, to be shown where it was typed."""

    application: int
    form: ReasonForm


@dataclass(frozen=True, slots=True)
class VacancyView:
    """One vacancy with its sums; `next_url` leads to the upgrade of whoever is next.

    `form` sets its number of seats and `numbers` tells how that was set before; both are empty
    where its posts are announced.
    """

    vacancy: Vacancy
    words: str
    seats: seats.Seats
    known: str
    free: str
    alternates: list[Decision]
    more: int
    next_words: str
    next_why: str
    next_url: str
    proposed: str
    form: SeatsForm | None
    numbers: list[str]


@dataclass(frozen=True, slots=True)
class Overdue:
    """An answer that is missing or came late, with what may be done about it.

    `reason` is what was typed why, and `wrong` what is to be mended there.
    """

    form: ReplyForm
    said: str
    when: str
    may_decline: bool
    reason: str = ""
    wrong: str = ""


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
    request: SignedInRequest,
    round_: RecruitmentRound,
    form: DaysForm,
    *,
    refusal: str = "",
    forms: NumberForms | None = None,
    tried: Tried | None = None,
) -> HttpResponse:
    ledger = SeatEvent.objects.filter(vacancy__round=round_)
    ended = form.settings.has_ended(request.received_at)
    lines = ledger.select_related("application", "change__by", "vacancy").order_by("-change_id")
    views = _vacancies(round_, forms or {}, ended=ended)
    words = {view.vacancy.key: view.words for view in views} if len(views) > 1 else {}
    overdue = [_overdue(row, tried) for row in replies.overdue(round_, at=request.received_at)]
    if tried and tried.form.errors and not any(row.wrong for row in overdue):
        refusal = NOT_OVERDUE  # there is no field to say it beside
    context = {
        "title": f"Seats and alternates: {round_.title}",
        "round": round_,
        "vacancies": views,
        "ends": _end_of_list(form.settings, round_),
        "ended": ended,
        "overdue": overdue,
        "ledger": [
            (line, words.get(line.vacancy_id, ""), _ledger_words(line)) for line in lines[:SHOWN]
        ],
        "form": form,
        "refusal": refusal,
        "wrong": bool(tried and tried.form.errors),
    }
    sent = (form, *(forms or {}).values(), *([tried.form] if tried else []))
    status = REFUSED if refusal else max(status_of(each) for each in sent)
    return page(request, "seats", context, status=status)


def _end_of_list(settings: ResultSettings, round_: RecruitmentRound) -> str:
    until = settings.alternates_until
    return deadline_in_words(until, round_.zoneinfo) if until else ""


def _vacancies(round_: RecruitmentRound, forms: NumberForms, *, ended: bool) -> list[VacancyView]:
    vacancies = list(round_.vacancies.select_related("position", "sport", "organization"))
    sums = seats.count(vacancies)
    lists = seats.alternate_lists(vacancy.key for vacancy in vacancies)
    told: dict[str, list[str]] = {vacancy.key: [] for vacancy in vacancies}
    rows = SeatNumber.objects.filter(vacancy__round=round_).select_related("by")
    for row in rows.order_by("-pk"):
        told[row.vacancy_id].append(_number_words(row))
    return [
        _vacancy(
            vacancy,
            sums[vacancy.key],
            lists[vacancy.key],
            form=forms.get(vacancy.key) or SeatsForm(None, vacancy.pk, sums[vacancy.key].seats),
            numbers=told[vacancy.key],
            ended=ended,
        )
        for vacancy in vacancies
    ]


def _vacancy(
    vacancy: Vacancy,
    sums: seats.Seats,
    listed: list[Decision],
    *,
    form: SeatsForm,
    numbers: list[str],
    ended: bool,
) -> VacancyView:
    following = None if ended else seats.next_of(listed)
    still = seats.standing(listed)
    application = following.decision.application if following else None
    announced = vacancy.posts is not None
    return VacancyView(
        vacancy=vacancy,
        words=vacancy_words(vacancy),
        seats=sums,
        known="announced" if announced else "set by the office",
        free=_free(sums),
        alternates=still[:LISTED],
        more=len(still[LISTED:]),
        next_words=application.reference_shown if application else "",
        next_why=following.why if following else "",
        next_url=_upgrade_url(application) if application else "",
        proposed=_to_offer(sums) if following else "",
        form=None if announced else form,
        numbers=[] if announced else numbers,
    )


def _free(sums: seats.Seats) -> str:
    """Say how many are free, or came back; empty where nobody knows how many there are."""
    if sums.free is None:
        return f"{sums.given_back} came back" if sums.to_offer else ""
    return str(sums.free) if sums.free >= 0 else f"none; {-sums.free} given beyond them"


def _to_offer(sums: seats.Seats) -> str:
    """Say what there is to offer; empty where there is nothing."""
    if not sums.to_offer:
        return ""
    one = sums.to_offer == 1
    if sums.free is None:
        return "1 seat came back" if one else f"{sums.to_offer} seats came back"
    return "1 seat is free" if one else f"{sums.to_offer} seats are free"


def _number_words(row: SeatNumber) -> str:
    reason = f": {row.reason}" if row.reason else ""
    return f"{row.seats}, {short_time(row.at)} HST, {row.by.email}{reason}"


@require_POST
def set_number(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Set how many seats a vacancy has whose posts are not announced."""
    require_office(request)
    round_ = get_object_or_404(RecruitmentRound, slug=slug)
    vacancy = get_object_or_404(round_.vacancies, pk=pk)
    form = SeatsForm(request.POST.dict(), pk)
    if form.is_valid():
        with form.refusals():
            row = seat_numbers.set_number(
                vacancy.key,
                form.cleaned_data["seats"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=request.received_at,
            )
            words = "It is that already." if row is None else f"{row.seats} seats from now on."
            messages.success(request, words)
            return redirect(SEATS, slug)
    days = DaysForm(None, results.settings_of(round_))
    return _page(request, round_, days, forms={vacancy.key: form})


def _upgrade_url(application: Application) -> str:
    place = [application.pk, Status.SHORT_LISTED.value]
    return reverse("admin:applications_application_move", args=place)


def _overdue(form: ReplyForm, tried: Tried | None) -> Overdue:
    late = (
        f"{Reply(form.late_answer).label}, {short_time(form.late_at)} HST" if form.late_at else ""
    )
    mine = tried.form if tried and tried.application == form.application_id else None
    return Overdue(
        form,
        late,
        form.deadline,
        may_decline=form.asked == Status.SHORT_LISTED,
        reason=mine["reason"].value() or "" if mine else "",
        wrong=" ".join(str(words) for words in mine["reason"].errors) if mine else "",
    )


def _ledger_words(line: SeatEvent) -> str:
    change = Holding(line.gave_back), Holding(line.took)
    words = LEDGER.get(change) or f"{change[0].label.capitalize()}, then {change[1].label.lower()}"
    who = line.change.by.email if line.change.by else "the system"
    if line.change.by_id == line.application.applicant_id:
        who = "the applicant"
    return f"{words}, {short_time(line.change.at)} HST, {who}"


def _answered(
    request: SignedInRequest, slug: str, pk: int, act: Callable[..., Application], words: str
) -> HttpResponse:
    require_office(request)
    round_ = get_object_or_404(RecruitmentRound, slug=slug)
    seen = access.reviewable_by(request.user)
    application: Application = get_object_or_404(seen, pk=pk, round=round_)
    form, refusal = ReasonForm(request.POST.dict(), needed=True), ""
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            act(application.pk, by=request.user, at=request.received_at, reason=reason)
        except Refused as problem:
            refusal = f"{application.reference_shown}: {problem}"
    if refusal or form.errors:
        days, tried = DaysForm(None, results.settings_of(round_)), Tried(application.pk, form)
        return _page(request, round_, days, refusal=refusal, tried=tried)
    messages.success(request, f"{application.reference_shown}: {words}")
    return redirect(SEATS, slug)


@require_POST
def mark_declined(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    return _answered(request, slug, pk, replies.mark_declined, "marked as declined.")


@require_POST
def count_late(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    return _answered(request, slug, pk, replies.count_late, "the late answer counts.")
