"""What can be known about `./run` without running all of it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services import ROOT

RUN = (ROOT / "run").read_text()
LOCKS = ("requirements.txt", "requirements-dev.txt")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "run", *words],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_run_is_a_script_of_the_plain_shell():
    checked = subprocess.run(["sh", "-n", ROOT / "run"], capture_output=True, check=False)

    assert RUN.startswith("#!/bin/sh\n")
    assert (checked.returncode, checked.stderr) == (0, b"")


def test_run_help_lists_every_verb():
    verbs = set(re.findall(r"^    (\w+)\) ", RUN, re.MULTILINE)) - {"serve"}

    listed = set(re.findall(r"^\./run (\w+)", run("help").stdout, re.MULTILINE))

    assert listed == verbs | {"help"}


def test_run_refuses_an_unknown_verb_in_one_sentence():
    result = run("fly")

    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == './run knows no "fly"; ./run help lists what it knows.\n'


def test_run_manage_makes_the_folders_of_a_fresh_checkout(tmp_path: Path):
    """Something that does nothing stands in for Python: what is there, the script has made."""
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    (tmp_path / "requirements.txt").touch()
    shutil.copy(ROOT / "run", tmp_path)

    managed = subprocess.run([tmp_path / "run", "manage", "check"], check=False)

    assert managed.returncode == 0
    assert (tmp_path / "var" / "broker" / "messages").is_dir()
    assert (tmp_path / "var" / "mail").is_dir()


@pytest.mark.parametrize(
    ("before", "added"),
    [
        ("SECRET_KEY=x\nDEMO=1", True),
        ("SECRET_KEY=x\nDEMO=0", False),
        ("SECRET_KEY=x\nDEMO=1\nSEALING_KEYS=mine", False),
        ("SECRET_KEY=x\nDEMO=1\nSEALING_KEYS_FILE=/etc/key", False),
    ],
)
def test_key_that_seals_is_added_to_a_demonstration_alone(tmp_path: Path, before: str, added: bool):
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\n[ "$1" = - ] && exec {sys.executable} "$@"\nexit 0\n')
    python.chmod(0o755)
    (tmp_path / "requirements.txt").touch()
    (tmp_path / ".env").write_text(before)
    shutil.copy(ROOT / "run", tmp_path)
    names = {"SEALING_KEYS", "SECRET_KEY", "DEMO"}
    kept = {name: value for name, value in os.environ.items() if name not in names}

    subprocess.run([tmp_path / "run", "manage", "check"], check=True, env=kept)

    after = (tmp_path / ".env").read_text().removeprefix(before)
    assert bool(re.fullmatch(r"\nSEALING_KEYS=[\w-]{43}=\n", after)) is added
    assert bool(after) is added


@pytest.mark.parametrize("name", LOCKS)
def test_lock_holds_a_hash_for_every_package_and_names_no_host(name: str):
    text = (ROOT / name).read_text()
    packages = re.findall(r"^[a-z0-9].*==.* \\\n    --hash=sha256:", text, re.MULTILINE)

    assert len(packages) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE))
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


@pytest.mark.parametrize("name", LOCKS)
def test_lock_holds_every_package_of_its_source(name: str):
    source = (ROOT / name.replace(".txt", ".in")).read_text()
    wanted = set(re.findall(r"^([a-z][a-z0-9-]*)", source, re.MULTILINE))

    locked = set(re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==", (ROOT / name).read_text(), re.MULTILINE))

    assert wanted - locked == set()


def test_procfile_starts_web_worker_and_beat_as_the_processes_themselves():
    lines = (ROOT / "deploy" / "Procfile").read_text().splitlines()

    assert [line.split(":")[0] for line in lines] == ["web", "worker", "beat"]
    assert [line.split()[1:3] for line in lines] == [["exec", "python"]] * 3


def test_build_machine_calls_the_suite_and_the_audit():
    script = (ROOT / ".ci" / "run").read_text()

    assert re.findall(r"^\./run .*$", script, re.MULTILINE) == [
        "./run test </dev/null || worst=$?",
        "./run audit </dev/null || worst=$?",
    ]
    assert script.splitlines()[-1] == 'exit "$worst"'
