"""How much the form takes in one round: one number per limit, made from the declarations."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from applications.admin import medical, reference_settings, rules
from applications.domain.form import limits
from applications.models import FormSettings
from applications.sections.limits import Limit, limits_of_kind
from jetportal.desklists import DeskList
from jetportal.requests import SignedInRequest
from positions.models import RecruitmentRound, RoundKind

SET = "applications.change_formsettings"
FOLDER = "admin/applications/formsettings"
REFUSED = 422


class LimitsForm(forms.Form):
    """One number per limit of the round's kind; an empty one goes back to its default."""

    def __init__(self, data: Any = None, *, round_: RecruitmentRound) -> None:
        super().__init__(data)
        self.declared = tuple(limits_of_kind(RoundKind(round_.kind)))
        set_now = limits.limits_of(round_)
        for limit in self.declared:
            self.fields[limit.name] = forms.IntegerField(
                label=limit.label,
                min_value=limit.low,
                max_value=limit.high,
                required=False,
                initial=set_now.get(limit.name, limit.default),
                help_text=f"From {limit.low:,} to {limit.high:,}. Default: {limit.default:,}.",
            )

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """List the fields under the titles of their sections."""
        titles = dict.fromkeys(limit.section for limit in self.declared)
        return [(title, [self[one.name] for one in self._under(title)]) for title in titles]

    def _under(self, title: str) -> list[Limit]:
        return [limit for limit in self.declared if limit.section == title]

    def numbers(self) -> dict[str, int]:
        return {name: number for name, number in self.cleaned_data.items() if number is not None}


@require_http_methods(["GET", "HEAD", "POST"])
def rounds(request: SignedInRequest) -> HttpResponse:
    """List the rounds; nothing is chosen here, so a POST leads back to the list."""
    if not request.user.has_perm(SET):
        raise PermissionDenied
    if request.method == "POST":
        return redirect("admin:applications_formsettings_changelist")
    context = {
        **admin.site.each_context(request),
        "title": "Limits of the form",
        "rounds": RecruitmentRound.objects.select_related("form_settings"),
    }
    return render(request, f"{FOLDER}/rounds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    if not request.user.has_perm(SET):
        raise PermissionDenied
    found = RecruitmentRound.objects.select_related("form_settings")
    round_: RecruitmentRound = get_object_or_404(found, pk=pk)
    form = LimitsForm(request.POST if request.method == "POST" else None, round_=round_)
    if form.is_bound and form.is_valid():
        limits.set_limits(round_, form.numbers())
        messages.success(request, f"The limits of {round_.title} are set.")
        return redirect("admin:applications_formsettings_changelist")
    context = {
        **admin.site.each_context(request),
        "title": f"Limits of the form: {round_.title}",
        "round": round_,
        "form": form,
    }
    status = REFUSED if form.errors else 200
    return render(request, f"{FOLDER}/limits.html", context, status=status)


@admin.register(FormSettings)
class FormSettingsAdmin(DeskList[FormSettings]):
    """Rows are made by the page of a round; there is nothing to add or delete by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: FormSettings | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        def page(view: Callable[..., HttpResponse]) -> Any:
            return self.admin_site.admin_view(view)

        return [
            path("", page(rounds), name="applications_formsettings_changelist"),
            path("<int:pk>/", page(change), name="applications_formsettings_round"),
            path("<int:pk>/health/", page(medical.change), name="applications_formsettings_health"),
            path(
                "<int:pk>/references/",
                page(reference_settings.change),
                name="applications_formsettings_references",
            ),
            path("<int:pk>/rules/", page(rules.change), name="applications_formsettings_rules"),
        ]
