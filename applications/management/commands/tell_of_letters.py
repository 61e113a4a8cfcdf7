from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from applications.domain.referees import reference_sweeps


class Command(BaseCommand):
    help = "Tell of requests that were not delivered, remind referees, tell them of changes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count what is due")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        if options["dry_run"]:
            self.stdout.write(f"due: {reference_sweeps.due(at=at)}")
            return
        counts = reference_sweeps.run(at=at)
        self.stdout.write(
            f"failed: {counts.failed}, arrived: {counts.arrived}, "
            f"reminded: {counts.reminded}, told of changes: {counts.told}"
        )
