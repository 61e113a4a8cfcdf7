"""What the pages of one round at the desk have in common."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from jetportal.requests import SignedInRequest
from positions.admin.words import deadline_words, state_chip
from positions.models import RecruitmentRound

ADD = "positions.add_recruitmentround"
PUBLISH = "positions.publish_recruitmentround"
VIEW = "positions.view_recruitmentround"
DISCARD = "positions.delete_recruitmentround"
FOLDER = "admin/positions/recruitmentround"
REFUSED = 409


def require(request: SignedInRequest, *permissions: str) -> None:
    """Raise PermissionDenied unless the person has one of `permissions`."""
    if not any(request.user.has_perm(permission) for permission in permissions):
        raise PermissionDenied


def found(request: SignedInRequest, pk: int, *permissions: str) -> RecruitmentRound:
    """Return the round with what its pages show, for whoever has one of `permissions`."""
    require(request, *permissions)
    return get_object_or_404(RecruitmentRound.objects.with_vacancies(), pk=pk)


def page(
    request: SignedInRequest,
    name: str,
    round_: RecruitmentRound,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    shown = {
        **admin.site.each_context(request),
        "opts": RecruitmentRound._meta,
        "round": round_,
        "chip": state_chip(round_, request.received_at),
        "words": deadline_words(round_.closes_at, round_.zoneinfo),
        **context,
    }
    return render(request, f"{FOLDER}/{name}.html", shown, status=status)


def done(request: SignedInRequest, round_: RecruitmentRound, words: str) -> HttpResponse:
    """Write the desk's own log, say what happened, and go back to the round."""
    desk = admin.site.get_model_admin(RecruitmentRound)
    desk.log_change(request, round_, words)
    messages.success(request, words)
    return redirect("admin:positions_recruitmentround_change", round_.pk)
