from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.utils import timezone

from jetportal.mail import again
from jetportal.mail.models import MailState, OutgoingMail


class Command(BaseCommand):
    help = "Set all waiting mail to failed until it is queued again at the desk: after a restore."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count only, hold nothing")

    def handle(self, *args: object, **options: object) -> None:
        if options["dry_run"]:
            waiting = OutgoingMail.objects.filter(state=MailState.QUEUED).count()
            self.stdout.write(f"{waiting} waiting; nothing was held.")
            return
        self.stdout.write(f"{again.hold_waiting(at=timezone.now())} held.")
