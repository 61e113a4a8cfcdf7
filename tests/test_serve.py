"""`deploy/serve.py` on processes of a test: all stop together, and nothing is left behind."""

import importlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services import ROOT, wait_until

PROGRAM = "import os, time; open(str(os.getpid()), chr(119)); time.sleep({life})"
PROCESS = f'exec "{sys.executable}" -c "{PROGRAM}"'


def serve(folder: Path, *lives: float) -> subprocess.Popen[bytes]:
    """Start one process for each of `lives` (seconds); each leaves a file named by its id."""
    shutil.copy(ROOT / "deploy" / "serve.py", folder)
    lines = [PROCESS.format(life=life) for life in lives]
    numbered = [f"p{number}: {line}\n" for number, line in enumerate(lines)]
    (folder / "Procfile").write_text("".join(numbered))
    return subprocess.Popen(
        [sys.executable, "serve.py"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def started(folder: Path) -> list[int]:
    return [int(path.name) for path in folder.iterdir() if path.name.isdecimal()]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_serve_stops_every_process_when_asked(tmp_path: Path, stop: signal.Signals):
    serving = serve(tmp_path, 60, 60)
    wait_until(lambda: len(started(tmp_path)) == 2, "both processes")

    serving.send_signal(stop)
    serving.communicate(timeout=60)

    assert serving.returncode == 128 + stop
    assert [pid for pid in started(tmp_path) if alive(pid)] == []


def test_serve_stops_every_process_when_nobody_reads_any_more(tmp_path: Path):
    serving = serve(tmp_path, 60, 60)
    wait_until(lambda: len(started(tmp_path)) == 2, "both processes")
    assert serving.stdout is not None

    serving.stdout.close()
    serving.send_signal(signal.SIGTERM)
    serving.wait(timeout=60)

    assert [pid for pid in started(tmp_path) if alive(pid)] == []


def test_serve_asked_to_stop_while_it_starts_waits_for_the_ids(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "deploy")
    together = importlib.import_module("serve").PatientManager()
    together.add_process("p0", "sleep 60")
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as process:
        together.terminate()  # its id is not known yet
        assert process.poll() is None

        together._processes["p0"]["pid"] = process.pid
        assert together._all_started()

        assert process.wait(timeout=20) == -signal.SIGTERM


def test_serve_ends_when_one_process_ends(tmp_path: Path):
    serving = serve(tmp_path, 60, 0)

    serving.communicate(timeout=60)

    assert serving.returncode == 0
    assert [pid for pid in started(tmp_path) if alive(pid)] == []
