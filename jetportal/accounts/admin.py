"""Groups, and lost phones: staff see which second factors exist and may remove one, no keys."""

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

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
