"""The questions of the medical self-report of one round: one line each, at the desk."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from applications.admin.forms import typed
from applications.domain.errors import Refused
from applications.domain.form import medical
from jetportal.requests import SignedInRequest
from positions.models import RecruitmentRound

SET = "applications.change_formsettings"
NEW = "new"
REFUSED = 422


class ItemsForm(forms.Form):
    """One line per question, by its key; an emptied one is asked no more. New ones, one a line."""

    def __init__(self, data: Any = None, *, round_: RecruitmentRound) -> None:
        super().__init__(data)
        for item in medical.items_of(round_):
            self.fields[item.key] = forms.CharField(
                label="Question" if item.asked else f"No longer asked: {item.words}",
                initial=item.words if item.asked else "",
                max_length=medical.LONGEST,
                required=False,
                help_text=""
                if item.asked
                else "Answers given stay. Write the question to ask it again.",
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        self.fields[NEW] = forms.CharField(
            label="New questions",
            required=False,
            help_text="One a line, each to be answered with yes or no.",
            widget=forms.Textarea(attrs={"rows": 4}),
        )

    def clean_new(self) -> list[str]:
        lines: list[str] = self.cleaned_data[NEW].splitlines()
        if any(len(line) > medical.LONGEST for line in lines):
            raise ValidationError(f"Keep each question to {medical.LONGEST} characters.")
        return lines

    def words(self) -> dict[str, str]:
        return {key: words for key, words in self.cleaned_data.items() if key != NEW}


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    if not request.user.has_perm(SET):
        raise PermissionDenied
    found = RecruitmentRound.objects.select_related("form_settings")
    round_: RecruitmentRound = get_object_or_404(found, pk=pk)
    sent = typed(request.POST.dict()) if request.method == "POST" else None
    form = ItemsForm(sent, round_=round_)
    if form.is_bound and form.is_valid():
        try:
            medical.set_items(round_, form.words(), form.cleaned_data[NEW])
        except Refused as refusal:
            form.add_error(NEW, str(refusal))
        else:
            messages.success(request, f"The questions about health of {round_.title} are set.")
            return redirect("admin:applications_formsettings_changelist")
    context = {
        **admin.site.each_context(request),
        "title": f"Questions about health: {round_.title}",
        "round": round_,
        "form": form,
    }
    status = REFUSED if form.errors else 200
    name = "admin/applications/formsettings/medical.html"
    return render(request, name, context, status=status)
