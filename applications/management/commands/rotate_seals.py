"""Seal everything with the first of SEALING_KEYS; the exit code tells of what no key opens."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from applications.domain.keeping import seals


class Command(BaseCommand):
    help = "Seal everything that is stored sealed with the first of SEALING_KEYS. May be repeated."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run: bool = options["dry_run"]
        verb = "to seal anew" if dry_run else "sealed anew"
        lost = 0
        for counts in seals.rotate(dry_run=dry_run):
            lost += counts.lost
            self.stdout.write(
                f"{counts.place}: {counts.read} read, {counts.anew} {verb}, "
                f"{counts.lost} that no key opens"
            )
        if lost:
            sys.exit(1)
