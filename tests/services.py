"""Servers of a test run: private, on free ports of the loopback interface, gone when it ends."""

import atexit
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30
STOP_SECONDS = 10
PROVIDED = "TEST_SERVICES"  # set in the environment of whoever finds the servers already there
FOLDER = "TEST_FOLDER"  # of files of the run, gone when it ends
OF_A_TEST = "TEST_DOCUMENTS"  # set in that of a process, to the folder with the files of its test


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def wait_until(condition: Callable[[], object], what: str, *, seconds: float = 20) -> None:
    """Return as soon as `condition` holds; raise TimeoutError naming `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(0.02)


class Server(ABC):
    """A child process that is started, awaited, and stopped by its own process id.

    Output goes to `output` (a file in a temporary folder), to be read when a test fails.
    """

    stop_signal = signal.SIGTERM
    user: str | None = None

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="portal-"))
        self.output = self.folder / "output"

    @abstractmethod
    def command(self) -> list[str]:
        """Return the program with its arguments."""

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    def ready(self) -> bool:
        return self.running()

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> Self:
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                self.command(),
                env=self.environment(),
                cwd=self.folder if self.user else ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C reaches the tests first, which then stop us
                user=self.user,
                group=self.user,
                extra_groups=[] if self.user else None,
            )
        self._await()
        return self

    def stop(self) -> None:
        """Ask the process to end; kill its group when it does not."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self) -> None:
        """End the process and its children as a power cut would, without a last word."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(STOP_SECONDS)
            self.process = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _await(self) -> None:
        name = type(self).__name__
        try:
            wait_until(lambda: not self.running() or self.ready(), name, seconds=START_SECONDS)
        except TimeoutError:
            self.kill()
        if not self.running():
            words = self.output.read_text()
            self.close()
            raise RuntimeError(f"{name} did not start:\n{words}")


ServerT = TypeVar("ServerT", bound=Server)


class PostgreSQL(Server):
    """A cluster of its own. It refuses to run as root, so then it runs as the user `postgres`."""

    stop_signal = signal.SIGINT  # the fast way down: end sessions, then stop

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()
        self.url = f"postgres://portal@127.0.0.1:{self.port}/portal"
        self.bin = _postgresql_programs()
        self.data = self.folder / "data"
        if os.getuid() == 0:
            self.user = "postgres"
            shutil.chown(self.folder, "postgres", pwd.getpwnam("postgres").pw_gid)

    def command(self) -> list[str]:
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": 100,
        }
        flags = [f"--{name}={value}" for name, value in settings.items()]
        return [str(self.bin / "postgres"), "-D", str(self.data), *flags]

    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}

    def ready(self) -> bool:
        program = [str(self.bin / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(program, check=False).returncode == 0

    def start(self) -> Self:
        if not self.data.exists():
            self._create()
        return super().start()

    def _create(self) -> None:
        subprocess.run(
            [
                *(str(self.bin / "initdb"), "-D", str(self.data), "-U", "portal", "--auth=trust"),
                *("--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"),
            ],
            check=True,
            env=self.environment(),
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            user=self.user,
            group=self.user,
            extra_groups=[] if self.user else None,
        )


class Redis(Server):
    """Without persistence: after `stop`, `start` brings it back on the same port, empty."""

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        return [
            *("redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--databases", "64"),
            *("--save", "", "--appendonly", "no", "--dir", str(self.folder)),
        ]

    def ready(self) -> bool:
        return answers(self.port)


def provide() -> None:
    """Start what the settings of the tests point at and name it in the environment, once a run.

    Parallel workers and started processes of the portal inherit the environment, hence the servers.
    Every variable the settings read is set, so that nothing of a developer's `.env` is used.
    """
    if PROVIDED in os.environ:
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped
    folder = Path(tempfile.mkdtemp(prefix="portal-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    redis = _for_this_run(Redis())
    if os.environ.get("TEST_DATABASE") == "sqlite":
        database = f"sqlite:///{folder}/db.sqlite3"
    else:
        database = _for_this_run(PostgreSQL()).url
    os.environ.update(
        {
            PROVIDED: redis.url,
            FOLDER: str(folder),
            "SECRET_KEY": "only-for-tests-" + "x" * 50,
            "SEALING_KEYS": "b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMhISE=",
            "DEBUG": "0",
            "DEMO": "0",
            "SITE_URL": "http://testserver",
            "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
            "TRUSTED_PROXIES": "",
            "DATABASE_URL": database,
            "REDIS_URL": f"{redis.url}/0",
            "EMAIL_URL": "memorymail://",
            "DEFAULT_FROM_EMAIL": "JET Program portal <portal@jet.example>",
            "SUPPORT_EMAIL": "portal@jet.example",
            "DOCUMENTS_DIR": f"{folder}/documents",
            "LOG_LEVEL": "WARNING",
        }
    )


def _for_this_run(server: ServerT) -> ServerT:
    atexit.register(server.close)
    return server.start()


def _postgresql_programs() -> Path:
    """Find the folder of PostgreSQL's server programs, which Debian keeps off the PATH."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    return max(folders, key=lambda folder: int(folder.parent.name))


@contextmanager
def paused(server: Server) -> Iterator[None]:
    """Freeze a server for the block: it keeps its port and connections but answers nothing."""
    assert server.process is not None
    server.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        server.process.send_signal(signal.SIGCONT)
