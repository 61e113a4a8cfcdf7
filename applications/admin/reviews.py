"""Reviews at the desk: what is mine to read, and for the office who reads what in a round."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from applications.admin.forms import typed
from applications.admin.review_forms import LinesForm, RubricLines, RuleForm, SettingsForm
from applications.admin.staff import staff
from applications.domain import access
from applications.domain.errors import Refused
from applications.domain.review import assignments, interviews, queues, scoring, visits
from applications.domain.review.assignments import Rule
from applications.domain.review.interview_messages import both_clocks
from applications.models import Assignment, Interview
from jetportal.desklists import DeskList
from jetportal.requests import SignedInRequest
from positions.clockwords import Chip
from positions.models import RecruitmentRound

FOLDER = "admin/applications/reviews"
LIST = "admin:applications_assignment_changelist"
ROUND = "admin:applications_assignment_round"
UNFIT, OVERTAKEN = 422, 409
CHIPS = {
    queues.State.ASKED: Chip("missing", "Answer first"),
    queues.State.TO_SCORE: Chip("progress", "To score"),
    queues.State.DONE: Chip("complete", "Scored"),
    queues.State.GONE: Chip("closed", "Gone on"),
}


@dataclass(frozen=True, slots=True)
class Line:
    reference: str
    words: str
    chip: Chip
    url: str


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """List what the person has to read; the office chooses a round."""
    user = request.user
    if not (access.may_judge(user) or access.may_assign(user)):
        raise PermissionDenied
    lines = [
        Line(
            turn.application.reference_shown,
            f"{turn.application.position_id}, {turn.application.consulate}",
            CHIPS[turn.state],
            reverse("admin:applications_application_change", args=[turn.application.pk]),
        )
        for turn in queues.turns_of(user)
    ]
    rounds = queues.rounds_to_assign() if access.may_assign(user) else []
    context = {
        "title": "Reviews",
        "lines": lines,
        "rounds": rounds,
        "panels": [
            _panel_line(row, at=request.received_at) for row in interviews.before_panel_of(user)
        ],
        "judges": access.works_as(user, access.REVIEWERS),
    }
    return _page(request, "index", context)


def _panel_line(interview: Interview, *, at: datetime) -> Line:
    application = interview.application
    over = interview.starts_at <= at
    return Line(
        application.reference_shown,
        f"{application.position_id}, {both_clocks(interview)[0]}",
        Chip("closed", "Begun or over") if over else Chip("upcoming", "Ahead"),
        reverse("admin:applications_application_change", args=[application.pk]),
    )


def _round(request: SignedInRequest, slug: str) -> RecruitmentRound:
    if not access.may_assign(request.user):
        raise PermissionDenied
    round_: RecruitmentRound = get_object_or_404(RecruitmentRound, slug=slug)
    return round_


@require_http_methods(["GET", "HEAD", "POST"])
def of_round(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show how the files of a round are read; a POST sets its numbers."""
    round_ = _round(request, slug)
    sent = request.POST if request.method == "POST" else None
    form = SettingsForm(sent, instance=visits.settings_of(round_))
    if form.is_valid():
        form.save()
        messages.success(request, "The settings are kept.")
        return redirect(ROUND, slug)
    return _round_page(request, round_, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def rubric(request: SignedInRequest, slug: str) -> HttpResponse:
    """Set the criteria of a round."""
    round_ = _round(request, slug)
    if request.method != "POST":
        return redirect(ROUND, slug)
    lines = RubricLines(request.POST)
    refusal = ""
    if lines.is_valid():
        try:
            scoring.set_rubric(slug, lines.criteria, by=request.user)
        except Refused as problem:
            refusal = str(problem)
        else:
            messages.success(request, "The rubric is kept.")
            return redirect(ROUND, slug)
    return _round_page(request, round_, lines=lines, refusal=refusal or "Look at the rubric again.")


@require_http_methods(["GET", "HEAD", "POST"])
def by_rule(request: SignedInRequest, slug: str) -> HttpResponse:
    """Preview who would read what by a rule; a POST of exactly this plan assigns it."""
    round_ = _round(request, slug)
    form = RuleForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        return redirect(ROUND, slug)
    rule, refusal = Rule(form.cleaned_data["rule"]), ""
    if request.method == "POST":
        try:
            count = assignments.assign_by_rule(
                slug, rule, mark=form.cleaned_data["mark"], by=request.user, at=request.received_at
            )
        except Refused as problem:
            refusal = str(problem)
        else:
            messages.success(request, f"{count} assigned.")
            return redirect(ROUND, slug)
    plan = assignments.plan(round_, rule)
    context = {
        "title": f"Assign by rule: {round_.title}",
        "round": round_,
        "rule": rule,
        "plan": plan,
        "refusal": refusal,
    }
    return _page(request, "by_rule", context, status=OVERTAKEN if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def by_lines(request: SignedInRequest, slug: str) -> HttpResponse:
    """Judge each line of a file first; a second press assigns all of them, or none."""
    round_ = _round(request, slug)
    if request.method != "POST":
        return redirect(ROUND, slug)
    form = LinesForm(typed(request.POST.dict()), request.FILES)
    if not form.is_valid():
        return _round_page(request, round_, lines_form=form)
    content = form.whole
    try:
        if form.cleaned_data["sure"]:
            count = assignments.assign_lines(slug, content, by=request.user, at=request.received_at)
            messages.success(request, f"{count} assigned.")
            return redirect(ROUND, slug)
        rows = assignments.read_lines(round_, content)
    except Refused as problem:
        form.add_error("file", str(problem))
        return _round_page(request, round_, lines_form=form)
    wrong = sum(1 for row in rows if row.problem)
    context = {
        "title": f"Assign from a file: {round_.title}",
        "round": round_,
        "rows": rows,
        "wrong": wrong,
        "content": assignments.as_text(rows),
    }
    return _page(request, "by_lines", context, status=UNFIT if wrong else 200)


def _round_page(
    request: SignedInRequest,
    round_: RecruitmentRound,
    *,
    form: SettingsForm | None = None,
    lines: RubricLines | None = None,
    lines_form: LinesForm | None = None,
    refusal: str = "",
) -> HttpResponse:
    criteria = scoring.rubric_of(round_)
    context = {
        "title": f"Reviews: {round_.title}",
        "round": round_,
        "form": form or SettingsForm(instance=visits.settings_of(round_)),
        "lines": lines or RubricLines(criteria=criteria),
        "fixed": scoring.is_fixed(round_),
        "criteria": criteria,
        "lines_form": lines_form or LinesForm(),
        "load": queues.load_of(round_),
        "refusal": refusal,
    }
    failed = refusal or any(it is not None and it.errors for it in (form, lines_form))
    return _page(request, "round", context, status=UNFIT if failed else 200)


def _page(
    request: SignedInRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    shown = {**admin.site.each_context(request), "opts": Assignment._meta, **context}
    return render(request, f"{FOLDER}/{name}.html", shown, status=status)


@admin.register(Assignment)
class AssignmentAdmin(DeskList[Assignment]):
    """The door to reviews in the list of what there is at the desk."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        user = staff(request)
        return access.may_judge(user) or access.may_assign(user)

    def has_view_permission(self, request: HttpRequest, obj: Assignment | None = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Assignment | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Assignment | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        pages: dict[str, tuple[Callable[..., HttpResponseBase], str]] = {
            "": (index, "changelist"),
            "<slug:slug>/": (of_round, "round"),
            "<slug:slug>/rubric/": (rubric, "rubric"),
            "<slug:slug>/by-rule/": (by_rule, "by_rule"),
            "<slug:slug>/by-lines/": (by_lines, "by_lines"),
        }
        return [
            path(address, guarded(view), name=f"applications_assignment_{name}")
            for address, (view, name) in pages.items()
        ]
