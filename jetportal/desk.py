"""The admin site on which coordinators and staff work."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode


class Desk(AdminSite):
    site_header = "JET Program desk"
    site_title = "JET Program desk"
    index_title = "Desk"
    enable_nav_sidebar = False

    def login(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Send to the one sign-in page of the portal; the desk has no password form of its own."""
        if request.user.is_authenticated and not self.has_permission(request):
            return redirect("positions:home")
        after = request.GET.get("next", request.get_full_path())
        return redirect(f"/accounts/login/?{urlencode({'next': after})}")
