"""The portal's own processes, started for a test on that test's database, queue and mail server."""

import os
import sys
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from tests.services import OF_A_TEST, Server, answers, free_port


def portal_environment(**changes: str) -> dict[str, str]:
    """Return an environment in which a process shares this test's database, files and queue.

    `changes` are variables of the portal, such as `EMAIL_URL=receiver.url`. Rows are shared only
    with tests that commit: `django_db(transaction=True)`.
    """
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    addresses = {"DATABASE_URL": _database_url(), "REDIS_URL": settings.REDIS_URL}
    addresses[OF_A_TEST] = str(settings.MEDIA_ROOT)
    return {**inherited, **addresses, "DJANGO_SETTINGS_MODULE": "tests.settings", **changes}


def _database_url() -> str:
    database = connection.settings_dict
    name = str(database["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(name)}"
    return f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{name}"


class PortalProcess(Server):
    def __init__(self, **changes: str) -> None:
        super().__init__()
        self.variables = portal_environment(**changes)

    def environment(self) -> dict[str, str]:
        return self.variables


class CeleryWorker(PortalProcess):
    """`CeleryWorker(EMAIL_URL=receiver.url)`: the worker of the Procfile, without beat."""

    def command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "celery", "--app", "jetportal.celery:app", "--quiet"),
            *("worker", "--pool", "solo", "--without-gossip", "--without-mingle"),
            *("--pidfile", str(self.folder / "pid")),
        ]

    def ready(self) -> bool:
        """Hold once all code is loaded; the queue may be away."""
        return (self.folder / "pid").exists()


class WebServer(PortalProcess):
    """`WebServer(REDIS_URL=...)`: gunicorn on a free port, at `url`."""

    def __init__(self, **changes: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        super().__init__(**{"SITE_URL": self.url, **changes})

    def command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"),
            *("--bind", f"127.0.0.1:{self.port}", "jetportal.wsgi:application"),
        ]

    def ready(self) -> bool:
        return answers(self.port)
