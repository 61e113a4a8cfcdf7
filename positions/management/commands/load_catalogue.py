"""Load the official lists; run at every start and after every change of the file."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from positions.domain import catalogue


class Command(BaseCommand):
    help = "Load positions, duties, requirements, consulates and rounds of history from the file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Report, and change nothing.")

    def handle(self, *args: Any, dry_run: bool = False, **options: Any) -> None:
        with transaction.atomic():
            done = catalogue.load()
            transaction.set_rollback(dry_run)
        counts = ", ".join(f"{done[word]} {word}" for word in ("created", "changed", "removed"))
        ending = " (dry run: nothing was written)" if dry_run else ""
        self.stdout.write(f"Catalogue: {counts}{ending}.")
