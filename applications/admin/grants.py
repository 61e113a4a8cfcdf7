"""Late grants at the desk: ask, read back, approve or set aside. Drafts are not shown."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.admin.forms import status_of
from applications.admin.grant_forms import LateGrantForm
from applications.admin.staff import staff
from applications.admin.words import short_time
from applications.domain import access
from applications.domain.errors import Refused
from applications.domain.lateness import grants
from applications.domain.review import conflicts
from applications.models import LateGrant, LateSubmit
from jetportal.accounts.models import User
from jetportal.desklists import DeskList
from jetportal.requests import SignedInRequest
from positions.admin.words import deadline_words
from positions.clockwords import Chip
from positions.deadlines import in_words_to_the_second
from positions.models import RecruitmentRound

FOLDER = "admin/applications/lategrant"
CHANGE = "admin:applications_lategrant_change"
REFUSED = 409
LEAD = "An own, later end for one person in one round: one of you asks, another approves."


def chip_of(grant: LateGrant) -> Chip:
    if grant.approved_at is not None:
        return Chip("complete", "Approved")
    if grant.set_aside_at is not None:
        return Chip("closed", "Set aside")
    return Chip("progress", "Waits for approval")


def _require_office(request: SignedInRequest) -> None:
    if not access.may_grant(request.user):
        raise PermissionDenied


def _grants(user: User) -> "QuerySet[LateGrant]":
    """Return the grants for all but those whom the user said they know."""
    return LateGrant.objects.exclude(applicant__in=conflicts.people_known_to(user))


def _page(
    request: SignedInRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    shown = {**admin.site.each_context(request), "opts": LateGrant._meta, **context}
    return render(request, f"{FOLDER}/{name}.html", shown, status=status)


def kept_words(applicant: User, round_: RecruitmentRound, until: datetime) -> str:
    """Say what the end `until` would let in of what the person sent late; empty: nothing."""
    row = LateSubmit.objects.unsent_by(applicant, round_).admissible(round_, until=until)
    if row is None:
        return ""
    return in_words_to_the_second(row.received_at, round_.zoneinfo)


def _ask_page(request: SignedInRequest, form: LateGrantForm) -> HttpResponse:
    context = {"title": "Ask for a late grant", "form": form}
    return _page(request, "ask", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedInRequest) -> HttpResponse:
    """Ask for account, round and end; a POST reads them back in words and changes nothing yet."""
    _require_office(request)
    sent = request.POST if request.method == "POST" else None
    form = LateGrantForm(sent, at=request.received_at)
    if form.is_bound and form.is_valid():
        until = form.until(by=request.user, at=request.received_at)
        if until is not None:
            round_ = form.cleaned_data["round"]
            context = {
                "title": "Check the late grant",
                "round": round_,
                "email": form.cleaned_data["email"],
                "reason": form.cleaned_data["reason"],
                "words": deadline_words(until, round_.zoneinfo),
                "kept": kept_words(grants.account_of(form.cleaned_data["email"]), round_, until),
                "answers": [(field.html_name, field.value()) for field in form],
            }
            return _page(request, "ask_confirm", context)
    return _ask_page(request, form)


@require_safe
def ask_for(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for a grant for whoever sent late: account and round are filled in."""
    _require_office(request)
    rows = LateSubmit.objects.select_related("application__applicant").exclude(
        application__applicant__in=conflicts.people_known_to(request.user)
    )
    application = get_object_or_404(rows, pk=pk).application
    initial = {"email": application.applicant.email, "round": application.round_id}
    return _ask_page(request, LateGrantForm(None, at=request.received_at, initial=initial))


@require_POST
def ask_confirm(request: SignedInRequest) -> HttpResponse:
    _require_office(request)
    form = LateGrantForm(request.POST, at=request.received_at)
    if form.is_valid():
        with form.refusals():
            answers = form.cleaned_data
            grant = grants.ask(
                answers["round"].slug,
                email=answers["email"],
                day=answers["until_on"],
                clock=answers["until_time"],
                reason=answers["reason"],
                by=request.user,
                at=request.received_at,
            )
            messages.success(request, "Asked for. It counts once somebody else has approved it.")
            return redirect(CHANGE, grant.pk)
    return _ask_page(request, form)


def _grant_page(request: SignedInRequest, pk: int, refusal: str = "") -> HttpResponse:
    rows = _grants(request.user).select_related(
        "applicant", "round", "asked_by", "approved_by", "set_aside_by"
    )
    grant = get_object_or_404(rows, pk=pk)
    waits = grant.approved_at is None and grant.set_aside_at is None
    context = {
        "title": f"Late grant for {grant.applicant.email}",
        "grant": grant,
        "chip": chip_of(grant),
        "words": deadline_words(grant.until_at, grant.round.zoneinfo),
        "steps": steps(grant),
        "waits": waits,
        "kept": kept_words(grant.applicant, grant.round, grant.until_at) if waits else "",
        "may_approve": waits and request.user.pk != grant.asked_by_id,
        "refusal": refusal,
    }
    return _page(request, "grant", context, status=REFUSED if refusal else 200)


def steps(grant: LateGrant) -> list[tuple[str, str, str]]:
    """List what was done with a grant, by whom and when; people must be loaded."""
    done = (
        ("Asked for", grant.asked_by, grant.asked_at),
        ("Approved", grant.approved_by, grant.approved_at),
        ("Set aside", grant.set_aside_by, grant.set_aside_at),
    )
    return [(what, by.email, f"{short_time(at)} HST") for what, by, at in done if by and at]


@require_safe
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    _require_office(request)
    return _grant_page(request, pk)


def _decided(
    request: SignedInRequest,
    pk: int,
    decide: Callable[..., LateGrant],
    words: Callable[[LateGrant], str],
) -> HttpResponse:
    _require_office(request)
    get_object_or_404(_grants(request.user).only("pk"), pk=pk)
    try:
        grant = decide(pk, by=request.user, at=request.received_at)
    except Refused as refusal:
        return _grant_page(request, pk, str(refusal))
    messages.success(request, words(grant))
    return redirect(CHANGE, pk)


def _approved(grant: LateGrant) -> str:
    sent = grants.admitted_by(grant)
    if sent is None:
        return "Approved. It counts now, and mail is on its way."
    return (
        f"Approved. What this person sent late is submitted as {sent.reference_shown}, "
        "and the confirmation is on its way."
    )


@require_POST
def approve(request: SignedInRequest, pk: int) -> HttpResponse:
    return _decided(request, pk, grants.approve, _approved)


@require_POST
def set_aside(request: SignedInRequest, pk: int) -> HttpResponse:
    return _decided(
        request, pk, grants.set_aside, lambda _grant: "Set aside. It counts for nothing."
    )


@admin.register(LateGrant)
class LateGrantAdmin(DeskList[LateGrant]):
    """Grants of the program office. Nothing is edited or deleted; each step has its own page."""

    list_display = ("account", "round", "ends", "state", "asked")
    list_display_links = ("account",)
    list_select_related = ("applicant", "round", "asked_by")
    list_per_page = 50
    sortable_by = ()
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_queryset(self, request: HttpRequest) -> "QuerySet[LateGrant]":
        return _grants(staff(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.may_grant(staff(request))

    def has_view_permission(self, request: HttpRequest, obj: LateGrant | None = None) -> bool:
        return access.may_grant(staff(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access.may_grant(staff(request))

    def has_change_permission(self, request: HttpRequest, obj: LateGrant | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: LateGrant | None = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": "Late grants", "lead": LEAD, **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        pages: dict[str, tuple[Callable[..., Any], str]] = {
            "": (self.changelist_view, "changelist"),
            "add/": (ask, "add"),
            "add/confirm/": (ask_confirm, "confirm"),
            "add/for/<int:pk>/": (ask_for, "ask_for"),
            "<int:pk>/change/": (show, "change"),
            "<int:pk>/approve/": (approve, "approve"),
            "<int:pk>/set-aside/": (set_aside, "set_aside"),
        }
        return [
            path(address, guarded(view), name=f"applications_lategrant_{name}")
            for address, (view, name) in pages.items()
        ]

    @admin.display(description="Account")
    def account(self, grant: LateGrant) -> str:
        return str(grant.applicant.email)

    @admin.display(description="Last minute that counts")
    def ends(self, grant: LateGrant) -> str:
        return grant.until

    @admin.display(description="State")
    def state(self, grant: LateGrant) -> str:
        chip = chip_of(grant)
        return render_to_string("includes/_chip.html", {"kind": chip.kind, "words": chip.words})

    @admin.display(description="Asked for, HST")
    def asked(self, grant: LateGrant) -> str:
        return f"{short_time(grant.asked_at)}, {grant.asked_by.email}"
