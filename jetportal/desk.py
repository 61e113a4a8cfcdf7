"""The admin site on which coordinators and staff work."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from jetportal.accounts.adapter import is_local


class Desk(AdminSite):
    site_header = "JET Program desk"
    site_title = "JET Program desk"
    index_title = "Desk"
    enable_nav_sidebar = False

    def login(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Go on to the desk: its door sends whoever must still sign in to the one page for that."""
        wanted = request.GET.get("next", "")
        return redirect(wanted if is_local(wanted) else "admin:index")
