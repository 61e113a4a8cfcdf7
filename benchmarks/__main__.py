"""`python -m benchmarks [rush|pages|scale]`; without a name, all of them and one table."""

import argparse
import importlib
import json
import resource
import signal
import subprocess
import sys

from benchmarks import table
from benchmarks.stack import Stack

NAMES = ("pages", "rush", "scale")
AT_HOME = {"DEMO": "1", "ALLOWED_HOSTS": "127.0.0.1", "SITE_URL": "http://127.0.0.1"}


def options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=NAMES, help="all where none is named")
    parser.add_argument("--json", action="store_true", help="print one object of named figures")
    parser.add_argument("--write", action="store_true", help="write the table to README.md")
    parser.add_argument("--applicants", type=int, default=2000, help="people of the rush")
    parser.add_argument(
        "--seconds", type=float, default=120, help="into which ten minutes of the rush are pressed"
    )
    parser.add_argument("--turn", type=float, default=0.6, help="seconds of each count of pages")
    parser.add_argument(
        "--rows", default="1000,10000,100000", help="applications stored, with commas between"
    )
    return parser.parse_args(words)


def one(chosen: argparse.Namespace) -> dict[str, object]:
    """Run one benchmark on servers of its own."""
    variables = AT_HOME if chosen.name == "scale" else {}
    given: dict[str, dict[str, object]] = {
        "rush": {"applicants": chosen.applicants, "seconds": chosen.seconds},
        "pages": {"seconds": chosen.turn},
        "scale": {"rows": [int(count) for count in chosen.rows.split(",")]},
    }
    with Stack(**variables) as stack:  # then there are settings, and models can be loaded
        figures: dict[str, object] = importlib.import_module(f"benchmarks.{chosen.name}").measure(
            stack, **given[chosen.name]
        )
    return figures


def all_of_them(words: list[str]) -> dict[str, object]:
    """Run each in a process of its own, so that none finds what another has left behind."""
    found = {}
    for name in NAMES:
        command = [sys.executable, "-m", "benchmarks", name, "--json", *words]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found[name] = json.loads(done.stdout)
    return found


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a connection for each person
    words = sys.argv[1:]
    chosen = options(words)
    figures: dict[str, object]
    if chosen.name:
        figures = {chosen.name: one(chosen)}
    else:
        figures = all_of_them([word for word in words if word not in {"--json", "--write"}])
    if chosen.json:
        print(json.dumps(figures[chosen.name] if chosen.name else figures, indent=2))
        return
    text = table.written(figures)
    print(text)
    if chosen.write:
        table.keep(text)


if __name__ == "__main__":
    main()
