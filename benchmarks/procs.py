"""What is counted: CPU time, memory and children of processes, queries of a request."""

import os
from collections.abc import Iterable
from pathlib import Path

from django.test.utils import CaptureQueriesContext

BOUNDS = ("BEGIN", "COMMIT", "ROLLBACK")  # of a transaction: no questions
TICK = os.sysconf("SC_CLK_TCK")
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6


def family(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found = [pid]
    for member in found:
        found += parents.get(member, [])
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return the CPU time that these processes have used so far."""
    return sum(_cpu(pid) for pid in pids)


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory_mb(pid: int) -> float:
    """Return the resident memory of one process, shared pages included."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_MB


def workers(pid: int) -> list[int]:
    """Return the processes that do the work: the descendants, or the process itself."""
    return family(pid)[1:] or [pid]


def machine() -> str:
    cpu = Path("/proc/cpuinfo").read_text().partition("model name\t: ")[2].partition("\n")[0]
    memory = Path("/proc/meminfo").read_text().split()[1]
    return f"{os.cpu_count()} cores ({cpu}), {int(memory) // 1_000_000} GB"


def queries(captured: CaptureQueriesContext) -> int:
    return sum(query["sql"] not in BOUNDS for query in captured.captured_queries)
