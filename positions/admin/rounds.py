"""Rounds at the desk: drafts are written here, what is published moves by `round_views` only."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db import IntegrityError
from django.db.models import Count, DateTimeField, OuterRef, QuerySet, Subquery, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jetportal.desklists import NUL
from positions.admin import announce, notice_views, round_views
from positions.admin.base import PublicRowsAdmin
from positions.admin.round_filters import KindFilter, StateFilter
from positions.admin.round_forms import WINDOW, DraftForm, NewRoundForm, TextsForm
from positions.admin.round_inlines import PostInline
from positions.admin.words import Life, ToldChange, deadline_words, state_chip
from positions.deadlines import in_words
from positions.domain import announcements, drafts, likeness, notices, rounds
from positions.models import RecruitmentRound, RoundKind, Vacancy

PUBLISH = "positions.publish_recruitmentround"
LATER = ("interview_mode", "interviews", "results")
LIMITS = (
    *("closing_soon_hours", "purpose_max_words"),
    *("purpose_max_characters", "documents_max_megabytes"),
)
SHOWN_WINDOW = ("state_shown", "opens_shown", "deadline_shown")
IDENTITY = ("kind", "slug")
TEXTS = (
    *("title", "departure_season", "summary"),
    *("documents_asked", "special_requirements"),
)


@admin.register(RecruitmentRound)
class RoundAdmin(PublicRowsAdmin[RecruitmentRound]):
    list_display = ("title", "kind", "state_shown", "opens_shown", "deadline_line", "posts_shown")
    list_filter = (StateFilter, KindFilter)
    search_fields = ("title", "slug")
    search_help_text = "Title or address"
    ordering = ("-closes_at", "slug")
    inlines = (PostInline,)
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[RecruitmentRound]:
        """Rounds with the number of their vacancies, and the instant at which they are judged."""
        vacancies = Vacancy.objects.filter(round=OuterRef("slug")).order_by().values("round")
        counted = Subquery(vacancies.annotate(number=Count("pk")).values("number"))
        at = Value(_arrival(request), output_field=DateTimeField())
        return super().get_queryset(request).annotate(vacancy_count=counted, judged_at=at)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> RecruitmentRound | None:
        """Find a round; to write to it, hold it: nobody publishes it between reading and saving."""
        if request.method == "POST" and object_id.isdecimal():
            held = RecruitmentRound.objects.select_for_update(of=("self",))
            held.filter(pk=object_id).values_list("pk").first()
        return super().get_object(request, object_id, from_field)

    def has_delete_permission(
        self, request: HttpRequest, obj: RecruitmentRound | None = None
    ) -> bool:
        """Nobody here: a draft is discarded on its own page, a published round stays."""
        return False

    # --- the form ---------------------------------------------------------------------------------

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002  Django's hook
        **kwargs: Any,
    ) -> Any:
        kwargs["form"] = _form_for(obj) if self._may_write(request, obj) else TextsForm
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.at = _arrival(request)
        return form

    def get_fieldsets(self, request: HttpRequest, obj: RecruitmentRound | None = None) -> Any:
        draft = obj is None or obj.published_at is None
        typed = WINDOW if draft and self._may_write(request, obj) else ()
        shown = SHOWN_WINDOW if obj else ()
        marked = ("is_demonstration",) if obj and obj.is_demonstration else ()
        history = () if draft else (("What happened", {"fields": ("changes_shown",)}),)
        return (
            ("Round", {"fields": (*IDENTITY, *TEXTS, *marked)}),
            ("Opening and deadline", {"fields": (*shown, *typed)}),
            ("Afterwards", {"fields": LATER, "description": "Empty: to be announced."}),
            ("Limits", {"fields": LIMITS}),
            *history,
        )

    def get_readonly_fields(
        self, request: HttpRequest, obj: RecruitmentRound | None = None
    ) -> tuple[str, ...]:
        return (*SHOWN_WINDOW, *IDENTITY, "is_demonstration", "changes_shown") if obj else ()

    def _may_write(self, request: HttpRequest, obj: RecruitmentRound | None) -> bool:
        if obj is None:
            return self.has_add_permission(request)
        return self.has_change_permission(request, obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the kind asked for, or with a past round without its season and its dates."""
        kind = request.GET.get("kind", "")
        if past := _past(request):
            names = ("kind", "title", *notices.COPIED, "interviews", "results")
            return {name: getattr(past, name) for name in names}
        return {"kind": kind if kind in RoundKind.values else RoundKind.SEA}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
            "may_publish": request.user.has_perm(PUBLISH),
            "may_discard": request.user.has_perm("positions.delete_recruitmentround"),
            **(extra_context or {}),
        }
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except IntegrityError:
            # Somebody took the address a moment ago; asked again, the form finds that and says so.
            return super().changeform_view(request, object_id, form_url, context)

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Say where the round stands, for the links to its own pages."""
        round_ = context.get("original")
        life = Life.of(round_, _arrival(request)) if round_ else None
        return super().render_change_form(request, {**context, "life": life}, *args, **kwargs)

    def save_formset(
        self,
        request: HttpRequest,
        form: Any,
        formset: Any,
        change: bool,  # noqa: FBT001  Django's hook
    ) -> None:
        if formset.model is not Vacancy:
            return super().save_formset(request, form, formset, change)
        for post in formset.save(commit=False):
            drafts.save_post(form.instance, post)
        for post in formset.deleted_objects:
            post.delete()
        if formset.new_objects or any("sport" in names for _, names in formset.changed_objects):
            announcements.tell_again(form.instance, at=_arrival(request))
        return None

    def save_related(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        change: bool,  # noqa: FBT001  Django's hook
    ) -> None:
        if form.instance.kind == RoundKind.ANNUAL:
            drafts.add_cycle_positions(form.instance)
        if any(typed.has_changed() for typed in (form, *formsets)):
            rounds.texts_changed(form.instance.pk, at=_arrival(request))
        super().save_related(request, form, formsets, change)
        if not change and (past := _past(request)) and past.kind == form.instance.kind:
            likeness.copy_settings(past, form.instance)

    def response_add(
        self, request: HttpRequest, obj: RecruitmentRound, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._saved(request, obj)

    def response_change(self, request: HttpRequest, obj: RecruitmentRound) -> HttpResponse:
        if obj.published_at is None:
            return self._saved(request, obj)
        if any(name in request.POST for name in WINDOW):
            words = (
                "This round was published in the meantime, so its dates stay. The rest is saved."
            )
            self.message_user(request, words, messages.WARNING)
        else:
            self.message_user(request, "Saved. The public page shows it.", messages.SUCCESS)
        return redirect("admin:positions_recruitmentround_change", obj.pk)

    def _saved(self, request: HttpRequest, obj: RecruitmentRound) -> HttpResponse:
        """Go on to the page that reads the deadline back in words."""
        self.message_user(request, "Saved as a draft. Nobody sees it yet.", messages.SUCCESS)
        page = "publish" if request.user.has_perm(PUBLISH) else "change"
        return redirect(f"admin:positions_recruitmentround_{page}", obj.pk)

    # --- what the list and the form show ----------------------------------------------------------

    @admin.display(description="state")
    def state_shown(self, round_: Any) -> SafeString:
        chip = state_chip(round_, round_.judged_at)
        return format_html('<span class="chip chip-{}">{}</span>', chip.kind, chip.words)

    @admin.display(description="opens", ordering="opens_at")
    def opens_shown(self, round_: RecruitmentRound) -> str:
        return in_words(round_.opens_at, round_.zoneinfo) if round_.opens_at else "not known"

    @admin.display(description="deadline", ordering="closes_at")
    def deadline_line(self, round_: RecruitmentRound) -> str:
        return round_.deadline

    @admin.display(description="deadline in words")
    def deadline_shown(self, round_: RecruitmentRound) -> SafeString:
        words = deadline_words(round_.closes_at, round_.zoneinfo)
        return render_to_string("admin/positions/_deadline.html", {"words": words})

    @admin.display(description="changes")
    def changes_shown(self, round_: RecruitmentRound) -> SafeString:
        """Show what was written when a round was extended or cancelled; nobody edits it."""
        changes = round_.changes.select_related("by")
        told = [ToldChange.of(change, round_) for change in changes]
        return render_to_string("admin/positions/_changes.html", {"changes": told})

    @admin.display(description="vacancies", ordering="vacancy_count")
    def posts_shown(self, round_: Any) -> int:
        return round_.vacancy_count or 0

    # --- pages of their own -----------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<int:pk>/{_path_of(name)}",
                self.admin_site.admin_view(view),
                name=f"positions_recruitmentround_{name}",
            )
            for name, view in round_views.VIEWS.items()
        ]
        taking_in = [
            path(
                f"notice/{suffix}",
                self.admin_site.admin_view(view),
                name=f"positions_recruitmentround_{name}",
            )
            for suffix, name, view in (
                ("", "notice", notice_views.notice),
                ("again/", "notice_again", notice_views.again),
                ("confirm/", "notice_confirm", notice_views.take_in),
            )
        ]
        telling = path(
            "<int:pk>/announce/",
            self.admin_site.admin_view(announce.announce),
            name="positions_round_announce",
        )
        return [*taking_in, *own, telling, *super().get_urls()]


def _form_for(round_: RecruitmentRound | None) -> type[TextsForm]:
    if round_ is None:
        return NewRoundForm
    return DraftForm if round_.published_at is None else TextsForm


def _path_of(name: str) -> str:
    """Write the end of an address: "extend_confirm" below "extend", other words with a hyphen."""
    return name.replace("_confirm", "/confirm").replace("_", "-") + "/"


def _past(request: HttpRequest) -> RecruitmentRound | None:
    """Return the round that the new one shall be like; the form keeps it in its address."""
    slug = request.GET.get("copy", "").replace(NUL, "")
    return RecruitmentRound.objects.filter(slug=slug).first() if slug else None


def _arrival(request: Any) -> datetime:
    """Return the instant the request arrived, which the types of Django's hooks do not know."""
    at: datetime = request.received_at
    return at
