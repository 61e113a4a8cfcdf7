"""The end of the way: check your answers, send, receipt, withdraw, answer an offer."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from applications.domain import permitted, withdrawing, workflow
from applications.domain.errors import Incomplete, MoveNotAllowed, Refused, RoundClosed
from applications.domain.form import completeness
from applications.domain.form.submitted import as_submitted, for_owner
from applications.domain.lateness import closing_night
from applications.domain.lateness.unsent import unsent_parts
from applications.domain.moves import Actor
from applications.domain.outcomes import replies
from applications.models import UNSENT, Application, Status
from applications.views.answers import shown_answers
from applications.views.common import applicant_page, by_button, own, reader_zone
from applications.views.fill import aside
from applications.views.interview import shown_interview
from applications.views.late import kept_for, late_context
from applications.views.pressed import notes_press, pressed
from applications.views.receipts import receipt_context
from applications.views.reply import asked_words
from applications.views.rows import left_to_do, letters_left
from jetportal.requests import SignedInRequest
from positions.deadlines import zone_named


@require_GET
@applicant_page
def check(request: SignedInRequest, key: UUID) -> HttpResponse:
    application = own(request, key)
    if application.status not in UNSENT:
        return redirect("applications:receipt", key=key)
    return check_page(request, application)


def check_page(
    request: SignedInRequest, application: Application, *, status: int = 200
) -> HttpResponse:
    """Show every answer as it would be sent, what is missing, and the one button."""
    loaded = completeness.load(application)
    judgements = completeness.judge(loaded)
    context = {
        **aside(request, application),
        "parts": shown_answers(loaded, judgements),
        "left": left_to_do(application, judgements),
        "letters": letters_left(judgements),
        "accepts": application.accepts(request.received_at),
        "kept": kept_for(application),
        "pressed": pressed(request, application),
    }
    return render(request, "applications/check.html", context, status=status)


@notes_press
@by_button("applications:check")
def submit(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Send. A second click finds the receipt; a refusal says why, and nothing typed is lost."""
    try:
        workflow.submit(
            key,
            by=request.user,
            received_at=request.received_at,
            recorded_at=timezone.now(),  # noqa: TID251  the edge: when the row is written
            reader_zone=reader_zone(request) or zone_named(request.POST.get("zone")),
        )
    except MoveNotAllowed:
        return redirect("applications:receipt", key=key)
    except RoundClosed as refusal:
        application = own(request, key)
        closing_night.note_refusal(application.round_id, refusal, at=request.received_at)
        context = {**aside(request, application), **late_context(application, refusal)}
        return render(request, "applications/late.html", context, status=409)
    except Incomplete as refusal:
        application = own(request, key)
        closing_night.note_refusal(application.round_id, refusal, at=request.received_at)
        return check_page(request, application, status=409)
    return redirect("applications:receipt", key=key)


@require_GET
@applicant_page
def receipt(request: SignedInRequest, key: UUID) -> HttpResponse:
    application = own(request, key)
    if application.status in UNSENT:
        return redirect("applications:tasks", key=key)
    at = request.received_at
    zone = reader_zone(request)
    interview = shown_interview(application, zone=zone)
    starts = interview.starts if interview else ""
    context = receipt_context(application, at=at, zone=zone, interview=starts)
    waiting = replies.asked(application, at=at)
    asked = asked_words(waiting, request) if waiting else None
    context |= {"nav": "account", "asked": asked, "unsent": unsent_parts(application)}
    return render(request, "applications/receipt.html", {**context, "interview": interview})


@require_GET
@applicant_page
def answers(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Show what was sent, or corrected since; to its owner also what reviewers do not read."""
    application = own(request, key)
    if application.status in UNSENT:
        return redirect("applications:check", key=key)
    parts = for_owner(as_submitted(application))
    context = {"nav": "account", "application": application, "parts": parts}
    return render(request, "applications/sent.html", context)


@require_http_methods(["GET", "POST"])
@applicant_page
def withdraw(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Ask once, say what it costs, then withdraw."""
    if request.method == "POST":
        return _answered(request, key, withdrawing.withdraw, "Your application is withdrawn.")
    application = own(request, key)
    if application.status in UNSENT:
        return redirect("applications:discard", key=key)
    moves = permitted.possible_moves(application, actors={Actor.APPLICANT}, at=request.received_at)
    if Status.WITHDRAWN not in {move.target for move in moves}:
        return redirect("applications:receipt", key=key)
    context = {
        "nav": "account",
        "application": application,
        "placed": application.standing == Status.PLACED,
    }
    return render(request, "applications/withdraw.html", context)


@by_button("applications:receipt")
def take_back(request: SignedInRequest, key: UUID) -> HttpResponse:
    words = "Your application is back where it was."
    return _answered(request, key, withdrawing.take_back_withdrawal, words)


def _answered(
    request: SignedInRequest, key: UUID, act: Callable[..., Application], words: str
) -> HttpResponse:
    try:
        act(key, by=request.user, at=request.received_at)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, words)
    return redirect("applications:receipt", key=key)


@by_button("applications:receipt")
def answer(request: SignedInRequest, key: UUID, target: str) -> HttpResponse:
    """Make one of the applicant's own moves: confirm an interview, answer an offer."""
    if target not in Status.values:
        raise Http404
    chosen = Status(target)
    act = partial(workflow.move_own, target=chosen)
    return _answered(request, key, act, f"Saved: {chosen.label.lower()}.")
