"""Make the groups of staff; safe to run at every start."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from applications.domain import roles


class Command(BaseCommand):
    help = "Make the groups of staff with their permissions; a second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would change, only")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            changes = roles.ensure_roles(dry_run=options["dry_run"])
        except LookupError as problem:
            raise CommandError(f"{problem} Run migrate first.") from problem
        for change in changes:
            given, taken = len(change.given), len(change.taken)
            state = "new" if change.created else "there"
            self.stdout.write(f"{change.name}: {state}, {given} given, {taken} taken")
