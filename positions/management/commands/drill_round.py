"""Take a round to its opening and its closing, in memory, and compare every place that tells them.

    manage.py drill_round sea-2027-summer

Writes nothing. Exits with an error if anything is red.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from positions.domain import preflight
from positions.models import RecruitmentRound


class Command(BaseCommand):
    help = (
        "Compare every place that tells the deadline of a round, at four instants. Writes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the address of the round, for example sea-2027-summer")

    def handle(self, *args: Any, slug: str, **options: Any) -> None:
        round_ = RecruitmentRound.objects.with_vacancies().filter(slug=slug).first()
        if round_ is None:
            raise CommandError(f"There is no round at {slug}.")
        report = preflight.report(round_, at=timezone.now())
        for check in report.checks:
            words = check.found if check.green else f"{check.found} {check.mend}"
            self._line(words, name=check.name, green=check.green)
        for drill in report.drills:
            state = "open" if drill.moment.accepts else "closed"
            self.stdout.write(f"{drill.moment.name}, {drill.moment.at.isoformat()}: {state}")
            for reading in drill.readings:
                self._line(reading.fault, name=reading.surface, green=reading.green)
        if not report.green:
            raise CommandError(f"Red: {len(report.faults)} to mend.")
        self.stdout.write("Green: every place tells one deadline.")

    def _line(self, words: str, *, name: str, green: bool) -> None:
        color = "green" if green else "RED  "
        self.stdout.write(f"  {color} {name}{': ' if words else ''}{words}")
