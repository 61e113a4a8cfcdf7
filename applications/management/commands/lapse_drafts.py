from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from applications.domain import workflow


class Command(BaseCommand):
    help = "Lapse the drafts whose deadline passed 15 minutes ago or earlier."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["dry_run"]:
            self.stdout.write(f"would lapse {workflow.lapsing(now).count()}")
            return
        self.stdout.write(f"lapsed {workflow.lapse_due(at=now)}")
