"""What starts the processes elsewhere than under `./run` starts the same ones."""

import re
import subprocess
from pathlib import Path

import psycopg2
import pytest
from honcho.environ import parse_procfile

from jetportal.celery import FIRST, JOBS
from tests.services import ROOT, PostgreSQL

PROCFILE = parse_procfile((ROOT / "deploy" / "Procfile").read_text()).processes
UNITS = {path.stem: path.read_text() for path in (ROOT / "deploy" / "systemd").iterdir()}
COMPOSE = (ROOT / "deploy" / "compose.yaml").read_text()


def words(name: str) -> str:
    """Return what a line of the Procfile runs, from the module on."""
    return re.split(r"python .*?-m ", PROCFILE[name], maxsplit=1)[1]


@pytest.mark.parametrize(
    ("unit", "name"), [("portal-web", "web"), ("portal-worker@", "worker"), ("portal-beat", "beat")]
)
def test_unit_runs_the_line_of_the_procfile(unit: str, name: str):
    (command,) = re.findall(r"^ExecStart=(.*)$", UNITS[unit], re.MULTILINE)

    assert f"-m {words(name)}" in command
    assert "Requires=portal-prepare.service" in UNITS[unit]
    assert "NoNewPrivileges=yes" in UNITS[unit]


@pytest.mark.parametrize("name", PROCFILE)
def test_compose_file_runs_the_line_of_the_procfile(name: str):
    assert f"python -m {words(name)}" in COMPOSE


def test_every_lane_has_a_worker():
    assert "--queues %i" in UNITS["portal-worker@"]
    assert [f"--queues {lane}\n" in COMPOSE for lane in (FIRST, JOBS)] == [True, True]
    assert [f"portal-worker@{lane}" in UNITS["portal-worker@"] for lane in (FIRST, JOBS)] == [
        True,
        True,
    ]


def test_roles_of_the_database_bound_what_may_take_long(tmp_path: Path):
    with PostgreSQL() as server:
        subprocess.run(
            [
                *("psql", "--quiet", "--no-psqlrc", "--dbname"),
                server.url.rpartition("/")[0] + "/postgres",
                *("--set", "portal=jet", "--file", str(ROOT / "deploy" / "postgresql.sql")),
            ],
            check=True,
            capture_output=True,
        )
        place = {"host": "127.0.0.1", "port": server.port, "dbname": "jet"}
        portal = psycopg2.connect(user="jet", **place)
        with portal, portal.cursor() as cursor:
            cursor.execute("CREATE TABLE kept (id int)")
            cursor.execute("SHOW statement_timeout")
            longest = cursor.fetchone()
        backup = psycopg2.connect(user="jet_backup", **place)
        with backup.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM kept")
            seen = cursor.fetchone()
            with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
                cursor.execute("INSERT INTO kept VALUES (1)")
        portal.close()
        backup.close()

    assert (longest, seen) == (("5s",), (0,))
