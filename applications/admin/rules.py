"""The dates and numbers of eligibility in one round, for staff to set."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from applications.domain.form.rules import rules_of, set_rules
from applications.sections.rules import Rules
from jetportal.requests import SignedInRequest
from positions.models import RecruitmentRound

SET = "applications.change_formsettings"
REFUSED = 422


def _number(label: str, low: int, high: int, help_text: str = "") -> forms.IntegerField:
    words = f"{help_text} From {low} to {high}.".strip()
    return forms.IntegerField(label=label, min_value=low, max_value=high, help_text=words)


def _date(label: str, help_text: str) -> forms.DateField:
    widget = forms.DateInput({"type": "date"})
    return forms.DateField(label=label, required=False, help_text=help_text, widget=widget)


class RulesForm(forms.Form):
    """Every rule of `Rules`, by its name."""

    departure_year = _number(
        "Year of departure", 2000, 2099, "Years in Japan and years of service count before it."
    )
    degree_asked = forms.BooleanField(
        label="A bachelor's degree is asked for",
        required=False,
        help_text="SEA rounds do not ask for one unless this is ticked.",
    )
    degree_by = _date(
        "Degree conferred by", "The last day that counts. Empty: not announced, nobody is warned."
    )
    early_degree_by = _date("Degree conferred by, early departure", "Empty: as for everybody else.")
    residence_years = _number("Years in Japan that are too many", 1, 50)
    residence_within_years = _number("Counted in the years before departure", 1, 50)
    service_within_years = _number("No JET service in the last years", 0, 50)
    service_years_at_most = _number("Years of JET service in all, at most", 1, 50)
    wait_years = _number("Years to wait after declining a placement", 0, 50)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        early, last = cleaned.get("early_degree_by"), cleaned.get("degree_by")
        if early and last and early > last:
            self.add_error("early_degree_by", "Early departure cannot have the later day.")
        if cleaned.get("residence_years", 0) > cleaned.get("residence_within_years", 50):
            self.add_error("residence_years", "This is more than the years it is counted in.")
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    if not request.user.has_perm(SET):
        raise PermissionDenied
    found = RecruitmentRound.objects.select_related("form_settings")
    round_: RecruitmentRound = get_object_or_404(found, pk=pk)
    form = RulesForm(
        request.POST if request.method == "POST" else None, initial=asdict(rules_of(round_))
    )
    if form.is_bound and form.is_valid():
        set_rules(round_, Rules(**form.cleaned_data))
        messages.success(request, f"The rules of {round_.title} are set.")
        return redirect("admin:applications_formsettings_changelist")
    return _page(request, round_, form)


def _page(request: HttpRequest, round_: RecruitmentRound, form: RulesForm) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": f"Who can apply: {round_.title}",
        "round": round_,
        "form": form,
    }
    status = REFUSED if form.errors else 200
    folder = "admin/applications/formsettings"
    return render(request, f"{folder}/rules.html", context, status=status)
