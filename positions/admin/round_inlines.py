"""What hangs below a round at the desk: its posts."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import ForeignKey
from django.http import HttpRequest

from positions.admin.round_forms import PostForm, Posts
from positions.models import RecruitmentRound, RoundKind, Vacancy

if TYPE_CHECKING:
    PostInlineBase = admin.StackedInline[Vacancy, RecruitmentRound]
else:
    PostInlineBase = admin.StackedInline


def writes(request: HttpRequest, round_: RecruitmentRound | None) -> bool:
    return request.user.has_perm(f"positions.{'change' if round_ else 'add'}_recruitmentround")


class PostInline(PostInlineBase):
    """The posts of an SEA round; of an annual cycle, ALT and CIR, to look at."""

    model = Vacancy
    form = PostForm
    formset = Posts
    fields = ("posts", "sport", "organization", "prefecture", "note")
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
