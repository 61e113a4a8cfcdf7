"""The database of a process that runs tests: a copy of one that is migrated once a run."""

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from tests.services import FOLDER

MIGRATED = "migrated"


def use_a_copy() -> None:
    """Point this process at a database of its own, as empty as migrations leave it.

    Migrating takes seconds and copying does not, so the first process migrates for all of them.
    """
    name = _own_name()
    with _one_after_the_other() as done:
        if not done.exists():
            _migrate()
            done.touch()
        _copy(name)
    _point_at(name)
    if connection.vendor == "postgresql":
        connection.ops.sql_flush = empty_every_table


def empty_every_table(style: object, tables: Sequence[str], **options: object) -> list[str]:
    """Return the SQL with which the framework empties the tables after a test that commits.

    Its own cuts every file of some eighty tables, most of which are empty; deleting a few rows
    takes a tenth of that. As there, nobody reads or writes in between, and sequences go on.
    """
    names = [connection.ops.quote_name(table) for table in tables]
    return [
        f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE",
        "SET LOCAL session_replication_role = replica",  # all go: no row needs to ask for others
        *(f"DELETE FROM {name}" for name in names),
    ]


@contextmanager
def _one_after_the_other() -> Iterator[Path]:
    """Let one process of the run in at a time; yield the file that says it is migrated."""
    folder = Path(os.environ[FOLDER])
    with (folder / f"{MIGRATED}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder / f"{MIGRATED}.done"


def _own_name() -> str:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    return _beside(f"test_{worker}")


def _beside(name: str) -> str:
    """Name a database that is not the one of the settings, which no test may touch."""
    if connection.vendor == "sqlite":
        return str(Path(os.environ[FOLDER]) / f"{name}.sqlite3")
    return name


def _migrate() -> None:
    connection.settings_dict["TEST"]["NAME"] = _beside(MIGRATED)
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()


def _copy(name: str) -> None:
    if connection.vendor == "sqlite":
        shutil.copy(_beside(MIGRATED), name)
        return
    quoted: Any = connection.ops.quote_name
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {quoted(name)} TEMPLATE {quoted(_beside(MIGRATED))}")


def _point_at(name: str) -> None:
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name
