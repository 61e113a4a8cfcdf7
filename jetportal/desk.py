"""The admin site on which coordinators and staff work."""

from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path

from jetportal.accounts.adapter import is_local
from jetportal.deskhome import collected

OF_LIBRARIES = ("allauth.", "django.contrib.auth.")


class Desk(AdminSite):
    site_header = "JET Program desk"
    site_title = "JET Program desk"
    index_title = "Desk"
    enable_nav_sidebar = False

    def register(
        self,
        model_or_iterable: Any,
        admin_class: "type[ModelAdmin[Any]] | None" = None,
        **more: Any,
    ) -> None:
        """Leave out the libraries' own pages: theirs show the keys of second factors, for one."""
        if admin_class is None or not admin_class.__module__.startswith(OF_LIBRARIES):
            super().register(model_or_iterable, admin_class, **more)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        from jetportal.status import page  # noqa: PLC0415  it knows models, which are loaded later

        return [path("status/", self.admin_view(page.show), name="status"), *super().get_urls()]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show what waits for this person above the list of everything there is."""
        return super().index(request, {**collected(request), **(extra_context or {})})

    def login(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Go on to the desk: its door sends whoever must still sign in to the one page for that."""
        wanted = request.GET.get("next", "")
        return redirect(wanted if is_local(wanted) else "admin:index")
