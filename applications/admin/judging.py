"""The doors to single files: one of another consulate, and the question before judging one."""

from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from applications.admin.forms import LONGEST, typed
from applications.domain import access
from applications.domain.errors import Refused
from applications.domain.moves import Actor
from applications.domain.names import applicant_name, with_names
from applications.domain.review import judging, visits
from applications.models import Application
from jetportal.requests import SignedInRequest

CHANGE = "admin:applications_application_change"
FOLDER = "admin/applications/judging"
UNFIT = 422


class VisitForm(forms.Form):
    reference = forms.CharField(
        label="Reference number",
        max_length=40,
        help_text="As it is read aloud, such as 7K4M-92TP-H.",
        error_messages={"required": "Type the reference number."},
    )
    reason = forms.CharField(
        label="Why do you open it?",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
        help_text="Kept with your name. The consulate of this file reads it.",
        error_messages={"required": "Say why. The consulate of this file reads it."},
    )


class ConflictForm(forms.Form):
    knows = forms.ChoiceField(
        label="Do you know this person?",
        choices=[("no", "No, I do not know this person"), ("yes", "Yes, I know this person")],
        widget=forms.RadioSelect,
        help_text="Family, friends, students, teammates, people you work or have worked with. "
        "With a yes the file is given to somebody else, and you do not see it again.",
        error_messages={
            "required": "Choose one of the two.",
            "invalid_choice": "Choose one of the two.",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: SignedInRequest) -> HttpResponse:
    """Open a file of another consulate by its number, with a reason."""
    if Actor.COORDINATOR not in access.actors_of(request.user):
        raise Http404
    form = VisitForm(typed(request.POST.dict()) if request.method == "POST" else None)
    if form.is_valid():
        try:
            opened = visits.open_file(
                form.cleaned_data["reference"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=request.received_at,
            )
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return redirect(CHANGE, opened.pk)
    return _page(request, "visit", "Open a file of another consulate", form)


@require_http_methods(["GET", "HEAD", "POST"])
def conflict(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask whether the person is known, before anything of the file is shown."""
    application = to_ask(request, pk)
    form = ConflictForm(request.POST.dict() if request.method == "POST" else None)
    if form.is_valid():
        knows = form.cleaned_data["knows"] == "yes"
        judging.answer(pk, knows=knows, by=request.user, at=request.received_at)
        if not knows:
            return redirect(CHANGE, pk)
        messages.success(request, "Thank you. Somebody else reads this file.")
        return redirect("admin:index")
    title = f"Before you open {application.reference_shown}"
    return _page(request, "conflict", title, form, application)


def to_ask(request: SignedInRequest, pk: int) -> Application:
    """Return a file that it is the person's turn to judge; of nobody they know."""
    rows = with_names(access.to_judge(request.user))
    application: Application = get_object_or_404(rows, pk=pk)
    return application


def _page(
    request: SignedInRequest,
    name: str,
    title: str,
    form: forms.Form,
    application: Application | None = None,
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": title,
        "form": form,
        "application": application,
        "applicant": applicant_name(application) if application else "",
    }
    status = UNFIT if form.errors else 200
    return TemplateResponse(request, f"{FOLDER}/{name}.html", context, status=status)


PAGES: dict[str, tuple[Callable[..., HttpResponse], str]] = {
    "open/": (visit, "visit"),
    "<int:pk>/conflict/": (conflict, "conflict"),
}
