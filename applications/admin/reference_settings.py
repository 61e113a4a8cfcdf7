"""What one round asks of references, for staff to set."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from applications.models import LettersClock, ReferenceSettings
from applications.models.reference_settings import settings_of
from jetportal.pagecache import generations
from jetportal.requests import SignedInRequest
from positions.models import RecruitmentRound

SET = "applications.change_formsettings"
RANGES = {"number": (1, 5), "soft_days": (1, 60), "resends_per_day": (1, 20)}
MOST_DAYS = 99
REFUSED = 422


class ReferencesForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ReferenceSettings
        fields = (
            "number",
            "sport_needed",
            "academic_without_degree",
            "policy",
            "clock",
            "soft_days",
            "resends_per_day",
            "reminder_days",
        )
        help_texts = {
            "number": "From 1 to 5.",
            "policy": "Applicants read the warning before they send.",
            "soft_days": "From 1 to 60, where letters may come later; otherwise 0.",
            "resends_per_day": "From 1 to 20, besides the first request.",
            "reminder_days": 'For example "14, 7, 2", from 1 to 99. Empty: nobody is reminded.',
        }

    def clean_reminder_days(self) -> str:
        """Write the days as they are kept: numbers with a comma and a space between."""
        parts = [part.strip() for part in self.cleaned_data["reminder_days"].split(",")]
        days = [part for part in parts if part]
        if not all(day.isdecimal() and 1 <= int(day) <= MOST_DAYS for day in days):
            raise forms.ValidationError(f"Write numbers from 1 to {MOST_DAYS}, with commas.")
        return ", ".join(str(int(day)) for day in days)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("clock") == LettersClock.SAME:
            cleaned["soft_days"] = 0
        for name, (low, high) in RANGES.items():
            number, needed = cleaned.get(name), name != "soft_days" or _is_soft(cleaned)
            if needed and number is not None and not low <= number <= high:
                self.add_error(name, f"Write a number from {low} to {high}.")
        return cleaned


def _is_soft(cleaned: dict[str, Any]) -> bool:
    return cleaned.get("clock") == LettersClock.SOFT


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    if not request.user.has_perm(SET):
        raise PermissionDenied
    found = RecruitmentRound.objects.select_related("reference_settings")
    round_: RecruitmentRound = get_object_or_404(found, pk=pk)
    sent = request.POST if request.method == "POST" else None
    form = ReferencesForm(sent, instance=settings_of(round_))
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            form.save()
            generations.bump()  # the public list of questions tells some of it
        messages.success(request, f"The references of {round_.title} are set.")
        return redirect("admin:applications_formsettings_changelist")
    return _page(request, round_, form)


def _page(request: HttpRequest, round_: RecruitmentRound, form: ReferencesForm) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": f"References: {round_.title}",
        "round": round_,
        "form": form,
    }
    status = REFUSED if form.errors else 200
    name = "admin/applications/formsettings/references.html"
    return render(request, name, context, status=status)
