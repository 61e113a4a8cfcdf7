"""One table of all figures, and the file that keeps it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.procs import machine
from benchmarks.stack import versions

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
WORDS = {
    "applicants": "applicants",
    "compressed_to_s": "ten minutes pressed into, s",
    "in_time": "sent in time",
    "late": "came too late",
    "made_late": "of them, made late by slow pages before",
    "wrong_verdicts": "wrong verdicts",
    "errors": "errors",
    "confirmations": "confirmations",
    "lost_confirmations": "lost confirmations",
    "double_confirmations": "double confirmations",
    "last_confirmation_s": "last confirmation after closing, s",
    "submits_per_s": "sendings per second, busiest five seconds",
    "web_cpu_ms": "CPU of the web processes per request, ms",
    "start_s": "start of the web process to its first answer, s",
    "web_mb": "memory of a web process, MB",
    "worker_mb": "memory of the worker, MB",
    "beat_mb": "memory of the clock, MB",
}
PAGE = {
    "x_bare": "x bare",
    "cpu_ms": "CPU, ms",
    "queries": "queries",
    "x_static": "x file by nginx",
    "miss_cpu_ms": "anew: CPU, ms",
    "miss_queries": "anew: queries",
    "requests": "requests",
    "first_visit_kb": "first visit, KB",
    "next_visit_kb": "next, KB",
}


def written(figures: Mapping[str, Any]) -> str:
    """Return the figures as tables in Markdown, with what they were measured on."""
    lines = [f"{datetime.now(UTC):%B %-d, %Y}, {machine()}.", ""]
    lines += [", ".join(f"{name} {version}" for name, version in versions().items()) + ".", ""]
    parts = {"rush": rush, "pages": pages, "scale": scale}
    for name, found in figures.items():
        lines += [f"### {name.capitalize()}", "", *parts[name](found), ""]
    return "\n".join(lines)


def row(cells: list[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def head(*cells: str) -> list[str]:
    return [row([*cells]), row(["---"] * len(cells))]


def rush(found: Mapping[str, Any]) -> Iterator[str]:
    yield from head("Figure", "Value")
    for name, value in found.items():
        if not name.endswith(("p50_s", "p95_s", "p99_s")):
            yield row([WORDS.get(name, name), value])
    yield ""
    yield from head("Request", "p50, s", "p95, s", "p99, s")
    for kind in ("read", "save", "submit", "receipt"):
        yield row([kind, *(found.get(f"{kind}_p{share}_s", "") for share in (50, 95, 99))])


def pages(found: Mapping[str, Any]) -> Iterator[str]:
    yield from head("Page", *PAGE.values())
    for path, figures in found.items():
        yield row([f"`{path}`", *(figures[name] for name in PAGE)])


def scale(found: Mapping[str, Any]) -> Iterator[str]:
    counts = list(dict.fromkeys(count for by_rows in found.values() for count in by_rows))
    yield from head("Page or job", *(f"{int(c):,} rows: ms" for c in counts), "queries")
    for name, by_rows in found.items():
        asked = dict.fromkeys(by_rows[count]["queries"] for count in counts if count in by_rows)
        times = [by_rows.get(count, {}).get("ms", "") for count in counts]
        yield row([name, *times, " / ".join(map(str, asked))])


def keep(text: str) -> None:
    """Write the table into README.md, in the place of the former one."""
    before, _, rest = README.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    README.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")
