"""Applications at the desk: the list, and the addresses of everything done with a file."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from applications.admin import (
    bulk,
    conflicts,
    corrections,
    export,
    file,
    interviews,
    judging,
    letters,
    mailing,
    moving,
    scores,
    sensitive,
    triage,
)
from applications.admin.checked import assigned_to, checked_in
from applications.admin.filters import FILTERS
from applications.admin.kept import keeping
from applications.admin.letter_lines import letters_in
from applications.admin.paging import NEWEST_FIRST, ApplicationList, ApplicationRows
from applications.admin.search import matching
from applications.admin.staff import staff
from applications.admin.words import desk_chip, distance, short_time
from applications.domain import access
from applications.domain.names import applicant_name
from applications.domain.review import score_sums
from applications.models import Application
from applications.models.application import ApplicationQuerySet
from jetportal.desklists import DeskList

FAR_APART = {"kind": "missing", "words": "Far apart"}
FILE_REFUSED = {"kind": "failed", "words": "File refused"}


@admin.register(Application)
class ApplicationAdmin(DeskList[Application]):
    """The review desk. Nothing is added, edited or deleted here; files are moved and annotated."""

    list_display = (
        "reference_number",
        "applicant_name",
        "location",
        "state",
        "letters",
        "checked",
        "score",
        "received",
    )
    list_display_links = ("reference_number",)
    list_filter = FILTERS
    list_per_page = 50
    ordering = NEWEST_FIRST
    sortable_by = ()
    search_fields = ("reference",)
    search_help_text = "Reference, or the beginning of a family name or e-mail"
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they would count every row

    def get_queryset(self, request: HttpRequest) -> ApplicationQuerySet:
        return access.reviewable_by(staff(request)).filter(submitted_at__isnull=False)

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        match = request.resolver_match
        is_shown = match is None or match.url_name == "applications_application_changelist"
        return ApplicationList if is_shown else ApplicationRows

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[ApplicationQuerySet, bool]:
        """Search; what the rows show is loaded for those of the page alone, by `list_rows`."""
        return (matching(queryset, search_term) if search_term.strip() else queryset), False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.may_review(staff(request))

    def has_view_permission(self, request: HttpRequest, obj: Application | None = None) -> bool:
        return access.may_review(staff(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Application | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Application | None = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return bulk.actions_for(staff(request)) | mailing.actions_for(staff(request))

    def get_urls(self) -> list[URLPattern]:
        """Leave out the stock pages that add, delete and edit; each of ours has its own address."""
        guarded = self.admin_site.admin_view
        pages: dict[str, tuple[Callable[..., HttpResponseBase], str]] = {
            "": (self.changelist_view, "changelist"),
            "export/": (export.ask, "export"),
            "move/<slug:target>/": (bulk.move_many, "move_many"),
            "<int:pk>/change/": (file.show, "change"),
            "<int:pk>/note/": (file.add_note, "note"),
            "<int:pk>/move/<slug:target>/": (moving.move, "move"),
            **judging.PAGES,
            **conflicts.PAGES,
            **scores.PAGES,
            **interviews.PAGES,
            **corrections.pages(file.reviewable),
            **sensitive.pages(file.reviewable),
            **letters.pages(file.reviewable),
            **triage.pages(file.reviewable),
        }
        return [
            path(
                address,
                guarded(keeping(view) if address.startswith("<int:pk>/") else view),
                name=f"applications_application_{name}",
            )
            for address, (view, name) in pages.items()
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list; the link to its export keeps the filters of this very address.

        Who asks for the whole list need not tick a row of it, which the stock list insists on.
        """
        if request.POST.get("select_across") == "1":
            sent = request.POST.copy()
            sent.setdefault(ACTION_CHECKBOX_NAME, "0")
            request.POST = sent  # type: ignore[assignment]
        address = reverse("admin:applications_application_export")
        query = request.GET.urlencode()
        context = {"export_url": f"{address}?{query}" if query else address}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @admin.display(description="Reference")
    def reference_number(self, application: Application) -> str:
        return application.reference_shown

    @admin.display(description="Applicant")
    def applicant_name(self, application: Application) -> str:
        return format_html("<bdi>{}</bdi>", applicant_name(application))

    @admin.display(description="Location")
    def location(self, application: Application) -> str:
        beneath = '{}<span class="beneath">{}</span>'
        return format_html(beneath, application.consulate, application.position_id or "")

    @admin.display(description="Status")
    def state(self, application: Application) -> str:
        chip = desk_chip(application.standing)
        return render_to_string("includes/_chip.html", {"kind": chip.kind, "words": chip.words})

    @admin.display(description="Letters")
    def letters(self, application: Application) -> str:
        return letters_in(application)

    @admin.display(description="Checked")
    def checked(self, application: Application) -> str:
        readers = assigned_to(application)
        beneath = format_html('<span class="beneath">{}</span>', readers) if readers else ""
        refused = getattr(application, "has_refused", False)
        flag = render_to_string("includes/_chip.html", FILE_REFUSED) if refused else ""
        return format_html("{} {}{}", checked_in(application), flag, beneath)

    @admin.display(description="Score")
    def score(self, application: Application) -> str:
        """Show the mean, and whether the scores lie far apart, to whom they are not hidden."""
        sum_ = score_sums.seen_sum(application)
        if sum_ is None:
            return ""
        apart = score_sums.is_apart(sum_, application.round)
        flag = render_to_string("includes/_chip.html", FAR_APART) if apart else ""
        number = "1 score" if sum_.sheets == 1 else f"{sum_.sheets} scores"
        beneath = '{} % {}<span class="beneath">{}</span>'
        return format_html(beneath, sum_.mean, flag, number)

    @admin.display(description="Received, HST")
    def received(self, application: Application) -> str:
        sent = application.submitted_at
        if sent is None:
            return ""
        far = distance(sent, application.ends_at)
        return format_html('{}<span class="beneath">{}</span>', short_time(sent), far)
