"""Groups, and lost phones: staff see which second factors exist and may remove one, no keys."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import date
from django.urls import URLPattern, path
from django.utils import timezone

from jetportal.accounts.models import SignIn, SignInEvent, SignInMethod
from jetportal.desklists import DeskList


@admin.register(Authenticator)
class AuthenticatorAdmin(DeskList[Authenticator]):
    list_display = ("user_email", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    show_full_result_count = False
    fields = ("user_email", "type", "created_at", "last_used_at")
    readonly_fields = fields

    @admin.display(description="E-mail address", ordering="user__email")
    def user_email(self, authenticator: Authenticator) -> str:
        return str(authenticator.user.email)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Authenticator]:
        """Leave those of superusers to superusers."""
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.exclude(user__is_superuser=True)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        return False


@admin.register(Group)
class Groups(DeskList[Group], GroupAdmin):
    """The stock page of groups, as a list of this desk."""


@admin.register(SignIn)
class SignInAdmin(DeskList[SignIn]):
    """The log of sign-ins by staff, to read."""

    list_display = ("when", "who", "what", "by_what", "network")
    list_display_links = None
    list_filter = ("event", "method")
    list_select_related = ("account",)
    list_per_page = 50
    ordering = ("-at", "-pk")
    sortable_by = ()
    search_fields = ("account__email",)
    search_help_text = "E-mail address of staff"
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SignIn | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SignIn | None = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = {"title": "Sign-ins of staff"}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.changelist_view)
        return [path("", view, name="accounts_signin_changelist")]

    @admin.display(description="When, HST")
    def when(self, row: SignIn) -> str:
        return date(timezone.localtime(row.at), "D, M j, Y, g:i:s A")

    @admin.display(description="Account")
    def who(self, row: SignIn) -> str:
        return row.account.email if row.account else "Nobody of the staff has the address"

    @admin.display(description="What")
    def what(self, row: SignIn) -> str:
        return str(SignInEvent(row.event).label)

    @admin.display(description="By")
    def by_what(self, row: SignIn) -> str:
        return str(SignInMethod(row.method).label)
