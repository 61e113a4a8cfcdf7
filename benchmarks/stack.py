"""The portal as it is deployed: its Procfile, its nginx, PostgreSQL, Redis and a mail server.

All of it is private, on free ports of the loopback interface, and gone afterwards.
"""

import os
import platform
import subprocess
import sys
from contextlib import ExitStack, suppress
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.request import Request, urlopen

import django
from django.core.management import call_command
from honcho.environ import parse_procfile

from tests.front import NAME, PROGRAM, Nginx, behind_the_front
from tests.services import ROOT, PostgreSQL, Redis, Server, ServerT, answers, free_port

PROCFILE = parse_procfile((ROOT / "deploy" / "Procfile").read_text()).processes


class DurablePostgreSQL(PostgreSQL):
    """As in production: what is committed is on the disk."""

    def command(self) -> list[str]:
        durable = ("--fsync=on", "--synchronous_commit=on", "--full_page_writes=on")
        return [*super().command(), *durable, "--shared_buffers=256MB", "--max_connections=200"]


class Sink(Server):
    """A mail server in a process of its own, which writes down what it accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.received = self.folder / "received"

    def command(self) -> list[str]:
        return [sys.executable, "-m", "benchmarks.sink", str(self.port), str(self.received)]

    def ready(self) -> bool:
        return answers(self.port)


class Process(Server):
    """One line of the Procfile, listening on `port` if it is the web process."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.port = name, free_port()

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def command(self) -> list[str]:
        line = PROCFILE[self.name].replace("var/celerybeat-schedule", f"{self.folder}/schedule")
        return ["sh", "-c", line]

    def environment(self) -> dict[str, str]:
        programs = Path(sys.executable).parent
        path = f"{programs}:{os.environ['PATH']}"
        return {**os.environ, "PATH": path, "BIND": f"127.0.0.1:{self.port}"}

    def ready(self) -> bool:
        return self.healthy() if self.name == "web" else self.running()

    def healthy(self) -> bool:
        """Tell whether the web process answers, not only listens."""
        address = f"http://127.0.0.1:{self.port}/health/"
        request = Request(address, headers={"Host": NAME, "X-Forwarded-Proto": "https"})
        with suppress(OSError), urlopen(request, timeout=5) as response:
            return bool(response.status == HTTPStatus.OK)
        return False


class Bare(Server):
    """The bare view under the same worker class, numbers and settings as the web process."""

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"),
            *("--bind", f"127.0.0.1:{self.port}", "benchmarks.bare:application()"),
        ]

    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"]}

    def ready(self) -> bool:
        return answers(self.port)


class Stack:
    """`with Stack() as stack`: services first, then Django in this process, then `serve`."""

    def __init__(self, **variables: str) -> None:
        self.variables = variables
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        self.database = self._started(DurablePostgreSQL())
        self.redis = self._started(Redis())
        self.sink = self._started(Sink())
        os.environ.update(self._settings())
        django.setup()
        for command in ("migrate", "createcachetable", "load_catalogue", "ensure_roles"):
            call_command(command, verbosity=0, stdout=sys.stderr)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.close()

    def _started(self, server: ServerT) -> ServerT:
        self._closing.enter_context(server)
        return server

    def _settings(self) -> dict[str, str]:
        """Every variable of the portal, so that nothing of a developer's .env is used."""
        defaults = {
            "DJANGO_SETTINGS_MODULE": "jetportal.settings",
            "SECRET_KEY": "only-for-benchmarks-" + "x" * 50,
            "SEALING_KEYS": "",
            "DEBUG": "0",
            "DEMO": "0",
            "DATABASE_URL": f"{self.database.url.removesuffix('/portal')}/postgres",
            "REDIS_URL": f"{self.redis.url}/0",
            "EMAIL_URL": self.sink.url,
            "DEFAULT_FROM_EMAIL": "JET Program portal <portal@jet.example>",
            "SUPPORT_EMAIL": "portal@jet.example",
            "DOCUMENTS_DIR": str(self.database.folder / "documents"),
            "LOG_LEVEL": "WARNING",
        }
        return behind_the_front(**{**defaults, **self.variables})

    def web(self) -> Process:
        return self._started(Process("web"))

    def worker(self) -> Process:
        return self._started(Process("worker"))

    def beat(self) -> Process:
        return self._started(Process("beat"))

    def front(self, *ports: int, **changes: str) -> Nginx:
        return self._started(Nginx(*ports, workers=2, changes=changes))

    def bare(self) -> "Bare":
        return self._started(Bare())


def versions() -> dict[str, str]:
    """Name what was measured with, as each program tells it."""
    postgresql = DurablePostgreSQL().bin / "postgres"
    told = {
        "PostgreSQL": _said(str(postgresql), "--version").split()[2],
        "Redis": _said("redis-server", "--version").split()[2].removeprefix("v="),
        "nginx": _said(PROGRAM, "-v").rpartition("/")[2],
    }
    own = {"Python": platform.python_version(), "Django": django.__version__}
    return {**own, **{name: words.strip() for name, words in told.items()}}


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout or done.stderr
