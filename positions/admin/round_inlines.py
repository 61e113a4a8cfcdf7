"""What hangs below a round at the desk: its posts, and what happened to it."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest

from positions.admin import round_views
from positions.admin.round_forms import PostForm, Posts
from positions.models import RecruitmentRound, RoundChange, RoundKind, Vacancy

if TYPE_CHECKING:
    PostInlineBase = admin.TabularInline[Vacancy, RecruitmentRound]
    ChangeInlineBase = admin.TabularInline[RoundChange, RecruitmentRound]
else:
    PostInlineBase = ChangeInlineBase = admin.TabularInline


def writes(request: HttpRequest, round_: RecruitmentRound | None) -> bool:
    return request.user.has_perm(f"positions.{'change' if round_ else 'add'}_recruitmentround")


class PostInline(PostInlineBase):
    """The posts of an SEA round; of an annual cycle, ALT and CIR, to look at."""

    model = Vacancy
    form = PostForm
    formset = Posts
    fields = ("posts", "sport", "organization", "note")
    verbose_name = "post"
    verbose_name_plural = "posts (of an SEA round)"

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 2

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return writes(request, obj) and (obj is None or obj.kind == RoundKind.SEA)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        draft = obj is None or obj.published_at is None
        return draft and self.has_add_permission(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("positions.view_recruitmentround") or writes(request, obj)

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Read the choices once, for all rows alike."""
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            field.empty_label = "to be announced"
            field.choices = list(field.choices)
        return field


class ChangeInline(ChangeInlineBase):
    model = RoundChange
    fields = readonly_fields = ("kind", "at", "by_whom", "old_deadline", "new_deadline", "reason")
    extra = 0
    can_delete = False
    verbose_name_plural = "what happened to this round"

    def get_queryset(self, request: HttpRequest) -> QuerySet[RoundChange]:
        return super().get_queryset(request).select_related("round", "by")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("positions.view_recruitmentround") or writes(request, obj)

    @admin.display(description="by")
    def by_whom(self, change: RoundChange) -> str:
        return change.by.email

    @admin.display(description="old deadline")
    def old_deadline(self, change: RoundChange) -> str:
        return round_views.deadline_of(change.round, change.old_closes_at)

    @admin.display(description="new deadline")
    def new_deadline(self, change: RoundChange) -> str:
        return round_views.deadline_of(change.round, change.new_closes_at)
