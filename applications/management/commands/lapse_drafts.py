from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from applications.domain import windows
from applications.domain.lateness import covered, lapse


class Command(BaseCommand):
    help = "Lapse the drafts whose deadline passed 15 minutes ago or earlier."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["dry_run"]:
            self.stdout.write(f"would lapse {windows.lapsing(now).count()}")
            return
        sent = covered.send_due(at=now)  # what an extension has put in time must not lapse
        self.stdout.write(f"lapsed {lapse.lapse_due(at=now)}")
        if sent:
            self.stdout.write(f"sent {sent} that had arrived before an extended deadline")
