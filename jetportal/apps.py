from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PortalConfig(AppConfig):
    """The roof: start-up checks and commands that may know everybody."""

    name = "jetportal"

    def ready(self) -> None:
        from jetportal import checks  # noqa: F401, PLC0415  registers itself when apps are loaded


class DeskConfig(AdminConfig):
    """The Django admin, with our site in place of the stock one."""

    default_site = "jetportal.desk.Desk"
