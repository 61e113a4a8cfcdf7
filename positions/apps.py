from django.apps import AppConfig


class PositionsConfig(AppConfig):
    name = "positions"
    verbose_name = "Positions and rounds"

    def ready(self) -> None:
        from positions.feeds import readings  # noqa: PLC0415  needs the models

        readings.register()
