from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from applications.domain import demonstration


class Command(BaseCommand):
    help = "Load the labelled demonstration: two open rounds, sample applications, staff."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what it is, load nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demonstration is loaded only where DEMO=1.")
        if not options["dry_run"]:
            demonstration.load(at=timezone.now())
        site = settings.SITE_URL
        self.stdout.write("Demonstration. Nothing in it is a real round.")
        self.stdout.write(f"  Read and apply:   {site}/")
        self.stdout.write(f"  Sign in:          {site}/accounts/login/ with any address")
        self.stdout.write(f"  Codes and mail:   {site}/development/mail/")
        self.stdout.write(f"  Desk (staff):     {site}/admin/ with one of these addresses:")
        for staff in demonstration.STAFF:
            self.stdout.write(f"    {staff.email:<26} {staff.duty}")
