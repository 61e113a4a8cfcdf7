"""Accounts at the desk: who may enter, in which groups, for which consulate."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from applications.admin.forms import RowsChoice
from applications.models import StaffOffice
from jetportal.accounts.models import User
from jetportal.desklists import DeskList

if TYPE_CHECKING:
    OfficeBase = admin.StackedInline[StaffOffice, User]
    UserFormBase = forms.ModelForm[User]
else:
    OfficeBase, UserFormBase = admin.StackedInline, forms.ModelForm

UNFIT = 422


class OfficeInline(OfficeBase):
    model = StaffOffice
    extra = max_num = 1
    verbose_name = verbose_name_plural = "consulate of a coordinator"

    def formfield_for_dbfield(self, db_field: Any, request: Any, **options: Any) -> Any:
        """Offer the consulates there are, without the icons that edit them."""
        field = super().formfield_for_dbfield(db_field, request, **options)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


class UserForm(UserFormBase):
    groups = RowsChoice(
        Group.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Coordinators need a consulate below.",
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


@admin.register(User)
class UserAdmin(DeskList[User]):
    """Accounts are never deleted: what somebody did stays in the history. There is no password."""

    form = UserForm
    fields = ("email", "is_active", "is_staff", "groups")
    inlines = (OfficeInline,)
    list_display = ("email", "is_staff", "is_active")
    list_filter = ("is_staff", "is_active")
    list_per_page = 50
    ordering = ("-pk",)
    search_fields = ("email__startswith",)
    search_help_text = "The beginning of an e-mail address"
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        return super().get_search_results(request, queryset, search_term.lower())

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Fix the address of an account that exists: the codes that open it go there."""
        return ("email",) if obj else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Leave superusers to superusers."""
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(is_superuser=False)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *more: Any, **named: Any
    ) -> HttpResponse:
        """Answer like the other forms of the desk where something typed is wrong."""
        answer = super().render_change_form(request, context, *more, **named)
        if context.get("errors"):
            answer.status_code = UNFIT
        return answer

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        """Give a new account no password: the way in is a code sent by mail, or a passkey."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
