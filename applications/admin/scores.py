"""The score of one file: given by its reviewers, read on its page, set aside by the office."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from applications.admin.boxes import Asked, Box, register
from applications.admin.file import reviewable
from applications.admin.forms import ReasonForm
from applications.admin.review_forms import ScoreForm
from applications.admin.words import short_time
from applications.domain import access
from applications.domain.access import Part
from applications.domain.errors import Refused
from applications.domain.names import applicant_name
from applications.domain.review import assignments, scoring
from applications.domain.review.scoring import Total
from applications.models import Application, Assignment, ScoreSheet
from jetportal.accounts.models import User
from jetportal.requests import SignedInRequest

CHANGE = "admin:applications_application_change"
UNFIT = 422


@require_http_methods(["GET", "HEAD", "POST"])
def score(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a score, once; what was typed stays where it is refused."""
    application = reviewable(request, pk, Part.SCORING)
    criteria = scoring.rubric_of(application.round)
    sent = request.POST.dict() if request.method == "POST" else None
    form = ScoreForm(criteria, sent)
    if form.is_valid():
        with form.refusals():
            scoring.give(
                pk,
                form.marks,
                comment=form.cleaned_data["comment"],
                by=request.user,
                at=request.received_at,
            )
            messages.success(request, "Your score is in. You see those of others now.")
            return redirect(CHANGE, pk)
    context = {
        **admin.site.each_context(request),
        "title": f"Score {application.reference_shown}",
        "application": application,
        "applicant": applicant_name(application),
        "form": form,
        "criteria": criteria,
        "given": scoring.sheet_of(application, request.user) is not None,
    }
    name = "admin/applications/reviews/score.html"
    return TemplateResponse(request, name, context, status=UNFIT if form.errors else 200)


def _for_office(request: SignedInRequest, pk: int) -> Application:
    application = reviewable(request, pk)
    if not access.may_assign(request.user):
        raise Http404
    return application


def _done(request: SignedInRequest, pk: int, act: Callable[[], object], words: str) -> HttpResponse:
    try:
        act()
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, words)
    return redirect(CHANGE, pk)


@require_POST
def set_aside(request: SignedInRequest, pk: int, sheet: int) -> HttpResponse:
    """Let a score count no more, with a reason."""
    application = _for_office(request, pk)
    get_object_or_404(ScoreSheet, pk=sheet, application=application)
    form = ReasonForm(request.POST.dict(), needed=False)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    by, at = request.user, request.received_at
    return _done(
        request,
        pk,
        lambda: scoring.set_aside(sheet, reason=reason, by=by, at=at),
        "The score counts no more. Its reviewer gives it anew.",
    )


@require_POST
def take_away(request: SignedInRequest, pk: int, assignment: int) -> HttpResponse:
    """End one reviewer's turn with this file."""
    application = _for_office(request, pk)
    get_object_or_404(Assignment, pk=assignment, application=application)
    by, at = request.user, request.received_at
    return _done(
        request,
        pk,
        lambda: assignments.take_away(assignment, by=by, at=at),
        "The file is taken from this reviewer.",
    )


PAGES: dict[str, tuple[Callable[..., HttpResponse], str]] = {
    "<int:pk>/score/": (score, "score"),
    "<int:pk>/score/<int:sheet>/set-aside/": (set_aside, "set_score_aside"),
    "<int:pk>/review/<int:assignment>/take-away/": (take_away, "take_review_away"),
}


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One score: its sum, its marks in words; `url` sets it aside."""

    who: str
    when: str
    percent: int
    marks: tuple[str, ...]
    comment: str
    url: str


def _line(total: Total, application: Application, *, may_assign: bool) -> SheetLine:
    sheet = total.sheet
    place = [application.pk, sheet.pk]
    return SheetLine(
        who=sheet.by.email,
        when=f"{short_time(sheet.at)} HST",
        percent=total.percent,
        marks=tuple(
            f"{mark.criterion.name}: {mark.value} of {mark.least} to {mark.most}, "
            f"weight {mark.weight}"
            for mark in sheet.marks.all()
        ),
        comment=sheet.comment,
        url=reverse("admin:applications_application_set_score_aside", args=place)
        if may_assign
        else "",
    )


def _box(asked: Asked) -> Mapping[str, Any] | None:
    application, user = asked.application, asked.user
    parts = access.parts_for(user, application, at=asked.at)
    if not parts & {Part.SCORES, Part.SCORING}:
        return None
    may_assign = access.may_assign(user)
    scores = scoring.scores_of(application, user=user, at=asked.at)
    mine = any(total.sheet.by_id == user.pk for total in scores.totals)
    open_to_score = Part.SCORING in parts and not mine and application.status in scoring.SCORED
    return {
        "scores": scores,
        "aside": _set_aside(application) if may_assign else (),
        "lines": [_line(total, application, may_assign=may_assign) for total in scores.totals],
        "score_url": reverse("admin:applications_application_score", args=[application.pk])
        if open_to_score
        else "",
        "reviewers": _reviewers(application) if may_assign else (),
    }


def _set_aside(application: Application) -> list[tuple[int, str, str, str]]:
    """List what counts no more: its percent, whose it is, since when and by whom, and why."""
    return [
        (
            scoring.percent_of(sheet.marks.all()),
            sheet.by.email,
            f"{short_time(sheet.set_aside_at)} HST, {sheet.set_aside_by.email}",
            sheet.why_set_aside,
        )
        for sheet in scoring.set_aside_of(application)
        if sheet.set_aside_at and sheet.set_aside_by
    ]


def _reviewers(application: Application) -> list[tuple[str, str]]:
    """List who has the file now, with the address that takes it from them."""
    rows = application.assignments.running().select_related("reviewer").order_by("pk")
    name = "admin:applications_application_take_review_away"
    return [(row.reviewer.email, reverse(name, args=[application.pk, row.pk])) for row in rows]


def _may_see(user: User, application: Application) -> bool:
    return access.may_review(user) or access.works_as(user, access.REVIEWERS)


register(
    Box(
        name="scores",
        title="Scores",
        template="admin/applications/reviews/_box.html",
        context=_box,
        may_see=_may_see,
        order=20,
    )
)
