"""Saying at the desk that one knows an applicant; and, for the program office, undoing it."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from applications.admin.boxes import Asked, Box, register
from applications.admin.file import reviewable
from applications.admin.forms import LONGEST, typed
from applications.admin.words import short_time
from applications.domain import access
from applications.domain.access import Part
from applications.domain.errors import Refused
from applications.domain.names import applicant_name
from applications.domain.review import conflicts, scoring
from applications.models import Application, ConflictAnswer, ConflictLifting
from jetportal.accounts.models import User
from jetportal.requests import SignedInRequest

KNOWN = "admin:applications_application_known"
LIFT = "admin:applications_application_lift_conflict"
FOLDER = "admin/applications/judging"
UNFIT = 422


class LiftForm(forms.Form):
    reason = forms.CharField(
        label="Why may they see it?",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
        help_text="Kept with your name. The program office reads it.",
        error_messages={"required": "Say why. The program office reads it."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def known(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hide a file from oneself; the office also sees from whom it is hidden."""
    if request.method == "POST":
        return _hide(request, pk)
    application = reviewable(request, pk, Part.ANSWERS)
    office = access.may_assign(request.user)
    context = {
        "title": f"Do you know the person of {application.reference_shown}?",
        "hidden": _hidden(application) if office else (),
        "lifted": _lifted(application) if office else (),
        "office": office,
    }
    return _page(request, "known", application, context)


def _hide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hide the file; who presses twice finds it hidden already, and is told the same."""
    try:
        words = f"{reviewable(request, pk, Part.ANSWERS).reference_shown} is hidden from you."
        conflicts.declare(pk, by=request.user, at=request.received_at)
    except (Http404, Application.DoesNotExist):
        if not conflicts.known_to(request.user).filter(application=pk).exists():
            raise Http404 from None
        words = "This file is hidden from you."
    messages.success(request, f"{words} The program office can undo it.")
    return redirect("admin:index")


def _hidden(application: Application) -> list[tuple[str, str, str]]:
    return [
        (
            said.by.email,
            f"{short_time(said.at)} HST",
            reverse(LIFT, args=[application.pk, said.by_id]),
        )
        for said in conflicts.hidden_from(application)
    ]


def _lifted(application: Application) -> list[tuple[str, str, str]]:
    return [
        (row.of.email, f"{short_time(row.at)} HST, {row.by.email}", row.reason)
        for row in conflicts.liftings_of(application)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def lift(request: SignedInRequest, pk: int, user: int) -> HttpResponse:
    """Show a file again to somebody who said they know the applicant, with a reason."""
    application = reviewable(request, pk)
    if not access.may_assign(request.user):
        raise Http404
    if request.method == "POST" and (done := conflicts.lifted(pk, user, by=request.user)):
        return _shown_again(request, done)
    rows = ConflictAnswer.objects.filter(application=application, knows=True)
    said = get_object_or_404(rows.select_related("by"), by__pk=user)  # no number is too large
    form = LiftForm(typed(request.POST.dict()) if request.method == "POST" else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            done = conflicts.lift(pk, user, reason=reason, by=request.user, at=request.received_at)
        except Refused as refusal:
            form.add_error("reason", str(refusal))
        else:
            return _shown_again(request, done)
    context = {
        "title": f"Show {application.reference_shown} to {said.by.email} again",
        "who": said.by.email,
        "score": scoring.left_out(application, said.by) is not None,
        "form": form,
    }
    return _page(request, "lift", application, context, UNFIT if form.errors else 200)


def _shown_again(request: SignedInRequest, lifting: ConflictLifting) -> HttpResponse:
    messages.success(request, f"{lifting.of.email} sees this file again.")
    return redirect(KNOWN, lifting.application_id)


def _page(
    request: SignedInRequest,
    name: str,
    application: Application,
    context: Mapping[str, Any],
    status: int = 200,
) -> HttpResponse:
    shown = {
        **admin.site.each_context(request),
        "application": application,
        "applicant": applicant_name(application),
        **context,
    }
    return TemplateResponse(request, f"{FOLDER}/{name}.html", shown, status=status)


PAGES: dict[str, tuple[Callable[..., HttpResponse], str]] = {
    "<int:pk>/known/": (known, "known"),
    "<int:pk>/known/<int:user>/lift/": (lift, "lift_conflict"),
}


def _box(asked: Asked) -> Mapping[str, Any]:
    return {
        "url": reverse(KNOWN, args=[asked.application.pk]),
        "office": access.may_assign(asked.user),
    }


def _may_see(user: User, application: Application) -> bool:
    return application.applicant_id != user.pk


register(
    Box(
        name="conflict",
        title="Conflict of interest",
        template=f"{FOLDER}/_box.html",
        context=_box,
        may_see=_may_see,
        order=90,
    )
)
