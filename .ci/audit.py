# ruff: noqa: INP001, T201  (a script that tells)
"""Ask whether a locked package is known to be vulnerable: `./run audit`.

Ends with 1 where one is: `./run lock --upgrade` takes in what mends it. Where the database of
vulnerabilities does not answer within a minute, it says so and ends with 0: that the network is
away says nothing about the packages.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

LOCKS = ("requirements.txt", "requirements-dev.txt")  # the second holds only what tests need
SECONDS = 60
TO_CONNECT = 10  # seconds until one request is given up
AWAY = re.compile(r"ConnectionError|Timeout|HTTPError|SSLError|JSONDecodeError|ServiceError")
VULNERABLE, BROKEN = 1, 2


class Away(Exception):
    """The database of vulnerabilities did not answer."""


def main(words: list[str], *, seconds: float = SECONDS) -> int:
    """Audit the locks and return the exit status; `words` go on to pip-audit."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            return _tell(_ask(Path(folder), words, seconds))
    except Away as problem:
        print(f"Not audited: the database of vulnerabilities {problem}.")
        return 0


def _ask(folder: Path, words: list[str], seconds: float) -> list[dict[str, Any]] | None:
    """Return what is known of each package, None where pip-audit itself fails. Raises Away."""
    found = folder / "found.json"
    command = [
        *(sys.executable, "-m", "pip_audit", "--progress-spinner=off", "--format=json"),
        *("--vulnerability-service=osv", f"--timeout={TO_CONNECT}", f"--cache-dir={folder}/cache"),
        *("--require-hashes", "--disable-pip", f"--output={found}"),
        *(f"--requirement={name}" for name in LOCKS),
        *words,
    ]
    said = _run(command, seconds)
    if found.exists():
        packages: list[dict[str, Any]] = json.loads(found.read_text())["dependencies"]
        return packages
    if AWAY.search(said):
        raise Away("cannot be reached")
    print(said, file=sys.stderr)
    return None


def _run(command: list[str], seconds: float) -> str:
    """Run it, with everything it starts, for so long at most; return what it complains of."""
    asked = subprocess.Popen(  # noqa: S603  words of our own
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        return asked.communicate(timeout=seconds)[1]
    except subprocess.TimeoutExpired:
        os.killpg(asked.pid, signal.SIGKILL)
        asked.communicate()
        raise Away(f"did not answer within {seconds:g} seconds") from None


def _tell(packages: list[dict[str, Any]] | None) -> int:
    if packages is None:
        return BROKEN
    known = [(package, found) for package in packages for found in package.get("vulns", [])]
    for package, found in known:
        mended = ", ".join(found["fix_versions"]) or "no version yet"
        print(f"{package['name']} {package['version']}: {found['id']}, mended in {mended}")
    print(f"{len(packages)} packages audited, {len(known)} known vulnerabilities.")
    return VULNERABLE if known else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
