"""Can I apply? For everybody without a trace, and in a draft with its result kept."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.domain.errors import NotEditable
from applications.domain.form import completeness, eligibility
from applications.domain.form.doubts import told_by
from applications.models import UNSENT, EligibilityCheck
from applications.sections.base import as_typed
from applications.sections.eligibility import EligibilityForm
from applications.sections.warnings import Told
from applications.views.common import applicant_page, own
from applications.views.fill import aside
from applications.views.verdicts import shown_result
from jetportal.requests import SignedInRequest, TimedRequest
from positions.deadlines import in_words
from positions.models import RecruitmentRound


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: TimedRequest, slug: str) -> HttpResponse:
    """Answer a few questions about a published round; what was answered is kept nowhere."""
    published = RecruitmentRound.objects.published(request.received_at)
    round_ = published.select_related("form_settings").with_vacancies().filter(slug=slug).first()
    if round_ is None:
        raise Http404("There is no such round.")
    asked = eligibility.asked_in(round_, round_.vacancies.all())
    form = EligibilityForm(asked=asked)
    if request.method == "POST":
        form = EligibilityForm(as_typed(form, dict(request.POST.lists())), asked=asked)
    result = eligibility.judge(form) if form.is_valid() else None
    context = {
        "nav": "rounds",
        "round": round_,
        "form": form,
        "result": shown_result(result) if result else None,
    }
    return render(request, "applications/eligibility.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_page
def own_check(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Answer the same questions in a draft; the last result stays with it and goes to the desk."""
    if request.method != "POST":
        return _own_page(request, key)
    sent = dict(request.POST.lists())
    try:
        form, result = eligibility.keep(key, sent, by=request.user, at=request.received_at)
    except NotEditable as refusal:
        messages.warning(request, str(refusal))
        return redirect("applications:receipt", key=key)
    if result is None:
        return _own_page(request, key, form)
    return redirect("applications:eligibility", key=key)


def _own_page(
    request: SignedInRequest, key: UUID, form: EligibilityForm | None = None
) -> HttpResponse:
    application = own(request, key)
    if application.status not in UNSENT:
        return redirect("applications:receipt", key=key)
    kept = eligibility.check_of(application)
    refused = form is not None
    context = {
        **aside(request, application),
        "form": form or _form(completeness.load(application), kept),
        "kept": in_words(kept.at, application.round.zoneinfo) if kept else "",
        "result": shown_result(eligibility.as_kept(kept)) if kept and not refused else None,
    }
    return render(request, "applications/own_eligibility.html", context)


def _form(loaded: completeness.Loaded, kept: EligibilityCheck | None) -> EligibilityForm:
    """Show the answers that are kept; before there are any, what the application says already."""
    if kept is not None:
        return EligibilityForm(kept.answers, asked=loaded.asked)
    form = EligibilityForm(asked=loaded.asked)
    form.initial = _known(told_by(loaded))
    return form


def _known(told: Told) -> dict[str, Any]:
    known = {
        "position": told.position,
        "citizen": told.said("identity", "us_citizen"),
        "nationality": told.said("identity", "japanese_nationality"),
    }
    return {name: value for name, value in known.items() if value}
