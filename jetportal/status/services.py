"""The services beneath the portal: database, queue, clocks, disks."""

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from jetportal import health
from jetportal.checks import is_loopback
from jetportal.status.lines import Health, Line, counted, size

ALARM = timedelta(seconds=3)
NEAR = timedelta(seconds=1)
BUSY = 0.8  # of the connections
GIGABYTE = 1024**3
LEAST_FREE, LEAST_SHARE = GIGABYTE, 0.05  # red under either
SOON_SHARE = 0.1

# One question. A role that may not read the settings hears no folder; nothing fails.
POSTGRESQL = """
SELECT clock_timestamp(), pg_database_size(current_database()),
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
       current_setting('max_connections')::int,
       CASE WHEN pg_has_role(current_user, 'pg_read_all_settings', 'member')
            THEN current_setting('data_directory') ELSE '' END
"""
SQLITE = """
SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'),
       (SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()), 0, 0, ''
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database says of itself, and between which two instants of ours it said so."""

    asked_at: datetime
    answered_at: datetime
    clock: datetime
    bytes: int
    connections: int
    most_connections: int
    folder: str

    @property
    def apart(self) -> timedelta:
        """How far its clock lies outside the time in which it answered; negative: it is behind."""
        if self.clock < self.asked_at:
            return self.clock - self.asked_at
        return max(self.clock - self.answered_at, timedelta(0))


def facts() -> Facts:
    with connection.cursor() as cursor:
        asked_at = timezone.now()  # noqa: TID251  the clock itself is looked at
        cursor.execute(POSTGRESQL if connection.vendor == "postgresql" else SQLITE)
        clock, *more = cursor.fetchall()[0]
        answered_at = timezone.now()  # noqa: TID251
    if isinstance(clock, str):
        clock = datetime.fromisoformat(clock)
    return Facts(asked_at, answered_at, clock.astimezone(UTC), *more)


def database(known: Facts) -> Line:
    took = (known.answered_at - known.asked_at) / timedelta(milliseconds=1)
    says = f"Answered in {took:.0f}\u00a0ms. It holds {size(known.bytes)}."
    if not known.most_connections:
        return Line("Database", Health.WELL, says)
    says += f" {known.connections} of {known.most_connections} connections are in use."
    full = known.connections >= known.most_connections * BUSY
    return Line(
        "Database",
        Health.LOOK if full else Health.WELL,
        says,
        "When none is left, pages break. Raise max_connections, or run fewer threads.",
    )


def clocks(known: Facts) -> Line:
    """Compare the application's clock with that of the database; 3 seconds are an alarm."""
    apart = known.apart
    health_ = Health.RED if abs(apart) >= ALARM else Health.LOOK if abs(apart) >= NEAR else None
    if health_ is None:
        says = "Application and database agree within a second."
        return Line("Clocks", Health.WELL, says)
    side = "ahead of" if apart > timedelta(0) else "behind"
    seconds = abs(apart) / timedelta(seconds=1)
    says = f"The database is {seconds:.1f}\u00a0seconds {side} the application."
    return Line(
        "Clocks",
        health_,
        says,
        "Deadlines are judged by the clock of the machine in front. Mend NTP on both machines now.",
    )


def front_clock(stamp: datetime | None, *, at: datetime) -> Line:
    """Compare the front server's stamp of this very request with our clock.

    `stamp` is what it wrote, believed or not; None where no trusted server stands in front.
    """
    part = "Clock of the front server"
    if stamp is None:
        return Line(part, Health.WELL, "No server in front stamps requests: our own clock decides.")
    apart = stamp - at
    if abs(apart) < ALARM:
        return Line(part, Health.WELL, "This request was stamped within three seconds of our time.")
    side = "ahead" if apart > timedelta(0) else "behind, or the request waited that long"
    return Line(
        part,
        Health.RED,
        f"It is {abs(apart) / timedelta(seconds=1):.1f}\u00a0seconds {side}.",
        "Every deadline is judged by this clock. Mend NTP on that machine, then look again.",
    )


def queue() -> Line:
    waiting = health.messages_waiting()
    if waiting is None:
        return Line(
            "Queue",
            Health.RED,
            "Redis does not answer.",
            "Nothing is lost and nobody is refused; mail waits. Start Redis; until then run "
            "./run manage deliver_mail again and again.",
        )
    says = f"{counted(waiting, 'message')} in it." if waiting else "Nothing waits in it."
    return Line("Queue", Health.WELL, f"Answers. {says}")


def disks(known: Facts) -> list[Line]:
    return [documents_disk(), database_disk(known)]


def documents_disk() -> Line:
    part = "Disk of the documents"
    if settings.BUCKET:
        return Line(part, Health.WELL, "Documents are in a bucket; its room cannot be told here.")
    folder = Path(settings.MEDIA_ROOT)
    return disk(part, folder if folder.exists() else folder.parent)


def database_disk(known: Facts) -> Line:
    """Tell the room of the database's own disk, where it is on this machine and may be read."""
    part = "Disk of the database"
    place = connection.settings_dict
    folder = Path(known.folder)
    if connection.vendor == "sqlite":
        folder = Path(str(place["NAME"])).parent
    elif not known.folder or not here(str(place["HOST"])) or not os.access(folder, os.F_OK):
        return Line(
            part, Health.WELL, "Cannot be told from here: look at the machine of the database."
        )
    return disk(part, folder)


def here(host: str) -> bool:
    """Tell whether a database at `host` is on this machine: empty, a folder, or its own name."""
    return not host or host.startswith("/") or is_loopback(host)


def disk(part: str, folder: Path) -> Line:
    try:
        room = shutil.disk_usage(folder)
    except OSError:
        return Line(part, Health.RED, "The folder is not there.", "Mount it, or set DOCUMENTS_DIR.")
    share = room.free / room.total if room.total else 0.0
    if room.free < LEAST_FREE or share < LEAST_SHARE:
        health_ = Health.RED
    else:
        health_ = Health.LOOK if share < SOON_SHARE else Health.WELL
    return Line(
        part,
        health_,
        f"{size(room.free)} of {size(room.total)} are free.",
        "When it is full, files are refused and then nothing can be saved. Make room.",
    )
