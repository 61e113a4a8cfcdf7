"""The desk's list as CSV for spreadsheets: no sensitive answers, no formulas."""

import csv
import logging
from collections.abc import Iterator
from datetime import UTC

from applications.domain.names import names_of
from applications.models import Application, Status
from applications.models.application import ApplicationQuerySet
from jetportal.accounts.models import User
from jetportal.turning import unturned
from positions.deadlines import HST

logger = logging.getLogger(__name__)

BOM = "\ufeff"  # so that spreadsheets read UTF-8
CHUNK = 500
# A cell that begins with one of these is run as a formula by spreadsheets.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
HEAD = (
    "Reference",
    "Round",
    "Position",
    "Interview location",
    "Family name",
    "First name",
    "E-mail",
    "Status",
    "Status since (HST)",
    "Received (HST)",
    "Received (UTC)",
)


def neutralized(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula; drop turning marks."""
    text = unturned(text)
    return f"'{text}" if text.startswith(FORMULA) else text


class _Echo:
    """A file that hands each written line back, so that it can be streamed."""

    def write(self, line: str) -> str:
        return line


def lines(applications: ApplicationQuerySet, *, by: User) -> Iterator[str]:
    """Write the list line by line; the log is told who took how many, and nothing else."""
    writer = csv.writer(_Echo())
    count = 0
    try:
        yield BOM + writer.writerow(HEAD)
        for application in applications.iterator(chunk_size=CHUNK):
            count += 1
            yield writer.writerow([neutralized(cell) for cell in cells(application)])
    finally:
        logger.info("applications exported account=%s rows=%s", by.pk, count)


def cells(application: Application) -> tuple[str, ...]:
    """Return one row as text; times to the second, in a form that sorts."""
    family, first = names_of(application)
    received = application.submitted_at
    if received is None:
        raise ValueError("only what was sent is exported")
    return (
        application.reference_shown,
        application.round.title,
        application.position_id or "",
        str(application.consulate),
        family,
        first,
        application.email,
        str(Status(application.status).label),
        f"{application.status_at.astimezone(HST):%Y-%m-%d %H:%M:%S}",
        f"{received.astimezone(HST):%Y-%m-%d %H:%M:%S}",
        f"{received.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
    )
