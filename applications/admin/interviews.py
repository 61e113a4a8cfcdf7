"""The interview of one file at the desk: its time and panel, and what each interviewer found."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from applications.admin.boxes import Asked, Box, register
from applications.admin.file import reviewable
from applications.admin.forms import LONGEST, RowsChoice, typed
from applications.domain import access
from applications.domain.access import Part
from applications.domain.names import applicant_name
from applications.domain.review import interview_messages, interviews, scoring
from applications.domain.review.interviews import Plan
from applications.models import Application, Interview, Panelist, Recommendation
from applications.models.status import UNSENT
from jetportal.accounts.models import User
from jetportal.requests import SignedInRequest
from positions.admin.round_forms import Clock, Day, RefusalsInForm
from positions.deadlines import ZONES
from positions.models import InterviewMode

CHANGE = "admin:applications_application_change"
FOLDER = "admin/applications/interviews"
UNFIT = 422
MODES = [(mode.value, mode.label.capitalize()) for mode in InterviewMode if mode.value]


class People(RowsChoice):
    """Accounts by their addresses."""

    def label_from_instance(self, obj: User) -> str:
        return obj.email


class PlanForm(RefusalsInForm, forms.Form):
    """A wall clock with its zone, where, and before whom."""

    day = Day(label="Date")
    clock = Clock(label="Time")
    zone = forms.ChoiceField(
        label="Zone of this time", choices=list(ZONES.items()), help_text="The clock it is set by."
    )
    minutes = forms.IntegerField(
        label="Minutes", min_value=10, max_value=240, initial=30, help_text="From 10 to 240."
    )
    mode = forms.ChoiceField(label="Held", choices=MODES, widget=forms.RadioSelect)
    link = forms.URLField(
        label="Link to the meeting",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="For an interview online.",
    )
    place = forms.CharField(
        label="Place", required=False, max_length=200, help_text="For an interview in person."
    )
    panel = People(
        User.objects.none(),
        label="Interviewers",
        widget=forms.CheckboxSelectMultiple,
        help_text="They see this file once they have said that they do not know the person.",
    )

    def __init__(self, application: Application, interview: Interview | None, sent: Any) -> None:
        super().__init__(sent)
        people = [user.pk for user in interviews.interviewers()]
        self.fields["panel"].queryset = User.objects.filter(pk__in=people).order_by("email")  # type: ignore[attr-defined]
        self.fields["mode"].initial = application.round.interview_mode
        office = application.consulate
        self.fields["zone"].initial = office.zone if office else None
        if interview is not None:
            self._begin_with(interview)

    def _begin_with(self, interview: Interview) -> None:
        local = interview.starts_at.astimezone(ZoneInfo(interview.zone))
        kept = {
            "day": local.date(),
            "clock": local.time(),
            "zone": interview.zone,
            "minutes": interview.minutes,
            "mode": interview.mode,
            "link": interview.link,
            "place": interview.place,
            "panel": list(interview.panel.values_list("user", flat=True)),
        }
        for name, value in kept.items():
            self.fields[name].initial = value

    @property
    def plan(self) -> Plan:
        answers = dict(self.cleaned_data)
        zone, mode = ZoneInfo(answers.pop("zone")), InterviewMode(answers.pop("mode"))
        return Plan(**{**answers, "zone": zone, "mode": mode, "panel": tuple(answers["panel"])})


class ResultForm(RefusalsInForm, forms.Form):
    recommendation = forms.ChoiceField(
        label="What you recommend", choices=Recommendation.choices, widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label="What you found",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "cols": 60}),
        help_text="For the desk only. The applicant never sees it.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def set_time(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set or change time, place and panel; the applicant is told by mail."""
    application = reviewable(request, pk)
    interview = interviews.of(application)
    form = PlanForm(application, interview, request.POST if request.method == "POST" else None)
    seen = request.POST.get("seen", "")
    if form.is_valid():
        with form.refusals():
            interviews.set_time(pk, form.plan, seen=seen, by=request.user, at=request.received_at)
            messages.success(request, "The interview is set. The applicant is told by mail.")
            return redirect(CHANGE, pk)
    words = "" if application.standing in interviews.INVITED else NOT_INVITED
    more = {"why_not": words, "seen": interviews.mark_of(interviews.of(application))}
    return _page(request, application, "plan", form, title="Interview of", more=more)


NOT_INVITED = "A time is given once an interview was offered, and before it took place."


@require_http_methods(["GET", "HEAD", "POST"])
def result(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the result sheet of an interviewer, once."""
    application = reviewable(request, pk, Part.INTERVIEW)
    if not Panelist.objects.filter(interview__application=application, user=request.user).exists():
        raise Http404
    form = ResultForm(typed(request.POST.dict()) if request.method == "POST" else None)
    if form.is_valid():
        with form.refusals():
            interviews.give_result(
                pk,
                Recommendation(form.cleaned_data["recommendation"]),
                comment=form.cleaned_data["comment"],
                by=request.user,
                at=request.received_at,
            )
            messages.success(request, "Your result sheet is in.")
            return redirect(CHANGE, pk)
    return _page(request, application, "result", form, title="Result of the interview of")


def _page(
    request: SignedInRequest,
    application: Application,
    name: str,
    form: forms.Form,
    *,
    title: str,
    more: Mapping[str, str] | None = None,
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": f"{title} {application.reference_shown}",
        "application": application,
        "applicant": applicant_name(application),
        "form": form,
        **(more or {}),
    }
    status = UNFIT if form.errors else 200
    return TemplateResponse(request, f"{FOLDER}/{name}.html", context, status=status)


PAGES: dict[str, tuple[Callable[..., HttpResponse], str]] = {
    "<int:pk>/interview/": (set_time, "interview"),
    "<int:pk>/interview/result/": (result, "interview_result"),
}


def _box(asked: Asked) -> Mapping[str, Any] | None:
    application, user = asked.application, asked.user
    parts = access.parts_for(user, application, at=asked.at)
    interview = interviews.of(application)
    may_set = Part.WORK in parts and application.standing in interviews.INVITED
    if Part.INTERVIEW not in parts or (interview is None and not may_set):
        return None
    place = [application.pk]
    shown: dict[str, Any] = {
        "set_url": reverse("admin:applications_application_interview", args=place)
        if may_set
        else "",
    }
    return shown if interview is None else {**shown, **_facts(interview, user, asked.at)}


def _facts(interview: Interview, user: User, at: datetime) -> dict[str, Any]:
    starts, elsewhere = interview_messages.both_clocks(interview)
    panel = [row.user for row in interview.panel.select_related("user")]
    sheets = interviews.sheets_of(interview, user=user, at=at)
    waits = user in panel and at >= interview.starts_at
    mine = any(sheet.by_id == user.pk for sheet in sheets)
    name = "admin:applications_application_interview_result"
    return {
        "interview": interview,
        "starts": starts,
        "elsewhere": elsewhere,
        "panel": [person.email for person in panel],
        "sheets": sheets,
        "left_out": interviews.left_out(interview, user=user),
        "known": scoring.KNOWN,
        "result_url": reverse(name, args=[interview.application_id]) if waits and not mine else "",
    }


def _may_see(user: User, application: Application) -> bool:
    at_desk = access.may_review(user) or access.works_as(user, access.INTERVIEWERS)
    return at_desk and application.status not in UNSENT


register(
    Box(
        name="interview",
        title="Interview",
        template=f"{FOLDER}/_box.html",
        context=_box,
        may_see=_may_see,
        order=10,
    )
)
