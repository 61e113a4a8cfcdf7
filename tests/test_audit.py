"""The audit of the locked packages, against a database of vulnerabilities of our own."""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from tests.services import ROOT, free_port

KNOWN = {
    "id": "OSV-2026-1",
    "affected": [
        {
            "package": {"name": "pypdf", "ecosystem": "PyPI"},
            "ranges": [
                {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]},
            ],
        }
    ],
}


@pytest.fixture
def audit(monkeypatch) -> ModuleType:
    monkeypatch.chdir(ROOT)
    spec = spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def database(*, vulnerable: str = "", silent: bool = False) -> Iterator[str]:
    """Serve the address of a database that knows of this one package, or never answers."""
    over = threading.Event()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if silent:
                over.wait()
            named = asked["package"]["name"] == vulnerable
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"vulns": [KNOWN]} if named else {}).encode())

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        try:
            yield f"--osv-url=http://127.0.0.1:{server.server_port}/"
        finally:
            over.set()
            server.shutdown()


def test_packages_without_a_known_vulnerability_pass(audit, capsys):
    with database() as url:
        assert audit.main([url]) == 0

    words = capsys.readouterr().out
    assert words.endswith(" packages audited, 0 known vulnerabilities.\n")
    assert int(words.split()[0]) > 80  # both locks


def test_known_vulnerability_is_named_and_fails(audit, capsys):
    with database(vulnerable="pypdf") as url:
        assert audit.main([url]) == 1

    assert ": OSV-2026-1, mended in 99.1\n" in capsys.readouterr().out


def test_database_that_is_away_is_reported_and_fails_nothing(audit, capsys):
    assert audit.main([f"--osv-url=http://127.0.0.1:{free_port()}/"]) == 0

    words = "Not audited: the database of vulnerabilities cannot be reached.\n"
    assert capsys.readouterr().out == words


def test_database_that_is_silent_is_given_up(audit, capsys):
    with database(silent=True) as url:
        assert audit.main([url], seconds=3) == 0

    assert "did not answer within 3 seconds." in capsys.readouterr().out
    assert audit.SECONDS == 60


def test_lock_that_cannot_be_read_is_no_success(audit, monkeypatch):
    monkeypatch.setattr(audit, "LOCKS", ("none.txt",))

    assert audit.main([]) == 2


@pytest.mark.parametrize(("failing", "code"), [("none", 0), ("test", 3), ("audit", 3)])
def test_build_machine_tests_and_audits_and_tells_the_worst(tmp_path: Path, failing, code):
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    stand_in = tmp_path / "run"
    stand_in.write_text(f'#!/bin/sh\necho "$1" >> asked\n[ "$1" != {failing} ] || exit 3\n')
    stand_in.chmod(0o755)

    done = subprocess.run(["sh", tmp_path / ".ci" / "run"], check=False)

    assert (tmp_path / "asked").read_text().split() == ["test", "audit"]
    assert done.returncode == code
