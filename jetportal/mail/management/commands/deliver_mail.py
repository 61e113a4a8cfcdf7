from argparse import ArgumentParser
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from jetportal.mail import outbox
from jetportal.mail.models import OutgoingMail


class Command(BaseCommand):
    help = "Send the mail that is due, without the queue. Exits with 1 when some did not leave."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count only, send nothing")

    def handle(self, *args: object, **options: object) -> None:
        if options["dry_run"]:
            waiting = OutgoingMail.objects.due(timezone.now()).count()
            self.stdout.write(f"{waiting} due; nothing was sent.")
            return
        counts = outbox.deliver_due(now=timezone.now, limit=1_000_000, time=timedelta(hours=1))
        report = f"{counts.sent} sent, {counts.retried} to be tried again, {counts.failed} failed."
        left = OutgoingMail.objects.due(timezone.now()).count()
        if counts.retried or counts.failed or left:
            raise CommandError(f"{report} {left} still due.")
        self.stdout.write(report)
