from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "jetportal.accounts"
    label = "accounts"

    def ready(self) -> None:
        from jetportal.accounts import receivers  # noqa: F401, PLC0415  they register themselves
