from django.core.management.base import BaseCommand, CommandError

from jetportal.preflight import unreachable


class Command(BaseCommand):
    help = "Connect to the database, the queue and the mail server, and name what does not answer."

    def handle(self, *args: object, **options: object) -> None:
        if sentences := list(unreachable()):
            raise CommandError("\n".join(sentences))
        self.stdout.write("The database, the queue and the mail server answer.")
