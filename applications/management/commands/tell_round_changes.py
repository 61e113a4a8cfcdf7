from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from applications.domain import changes


class Command(BaseCommand):
    help = "Queue the mail about extended and cancelled rounds for those who are not told yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, queue nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["dry_run"]:
            self.stdout.write(f"{changes.due(now).count()} changes to tell about")
            return
        counts = changes.tell_due(at=now)
        self.stdout.write(f"told {counts.told}, finished with {counts.finished} changes")
