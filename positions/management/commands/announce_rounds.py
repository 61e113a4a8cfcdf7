from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from positions.domain import announcements
from positions.models import Announcement

EVERYTHING = 1_000_000  # batches: no limit by hand


class Command(BaseCommand):
    help = "Go on with announcements that staff have begun, and tell watchers of changed rounds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["dry_run"]:
            changes = announcements.untold_changes().count()
            unfinished = Announcement.objects.due(now).count()
            self.stdout.write(f"would begin {changes} and go on with {unfinished}")
            return
        begun = announcements.tell_changes(at=now)
        told = announcements.carry_on(at=now, batches=EVERYTHING)
        self.stdout.write(f"begun {begun}, told {told}")
