"""Look for rows that contradict each other; the exit code tells whether there are any."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from applications.domain import soundness


class Command(BaseCommand):
    help = "Look for rows that contradict each other, after a restore or a repair by hand."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(soundness.faults())
        for fault in found:
            self.stdout.write(fault)
        if found:
            sys.exit(1)
        self.stdout.write("No row contradicts another.")
