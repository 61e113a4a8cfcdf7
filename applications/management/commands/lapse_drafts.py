from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from applications.domain import workflow
from applications.models import Application, Status
from positions.deadlines import LAPSE_AFTER


class Command(BaseCommand):
    help = "Lapse the drafts of rounds that closed 15 minutes ago or earlier."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["dry_run"]:
            due = Application.objects.filter(
                status=Status.DRAFT, round__closes_at__lte=now - LAPSE_AFTER
            )
            self.stdout.write(f"would lapse {due.count()}")
            return
        self.stdout.write(f"lapsed {workflow.lapse_due(at=now)}")
