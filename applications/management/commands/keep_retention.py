from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from applications.domain.keeping import retention


class Command(BaseCommand):
    help = "Remove drafts and files, and erase applications, that their round keeps no longer."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["dry_run"]:
            self.stdout.write(f"would do: {retention.due(at=now)}")
            return
        done = retention.Counts()
        while (step := retention.run(at=now)).total:
            done = retention.Counts(
                done.drafts + step.drafts, done.files + step.files, done.erased + step.erased
            )
        self.stdout.write(f"done: {done}")
