from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"
    verbose_name = "Applications"

    def ready(self) -> None:
        from applications import surfaces  # noqa: PLC0415  needs the models
        from applications.domain.form import likeness  # noqa: PLC0415  needs the models

        surfaces.register()
        likeness.register()
