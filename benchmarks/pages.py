"""Public pages: from memory beside a bare view, through nginx beside a file, and made anew.

What is compared takes turns (A B A B ...) in one run, and medians are taken: the machine's mood
then touches both alike.
"""

import re
import tempfile
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from statistics import median

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.domain import demonstration
from benchmarks.clients import trusting
from benchmarks.load import Target, answer_length, rate
from benchmarks.procs import cpu_seconds, queries, workers
from benchmarks.stack import Bare, Process, Stack
from jetportal.pagecache.middleware import forget_everything
from jetportal.pagecache.pages import parameters_of
from tests.front import NAME, Nginx
from tests.security.addresses import every_address

TURNS = 3
SECONDS = 0.6  # of each turn
FRESH = 9  # how often a page is made anew
WARM = 3  # requests before anything is counted
THROUGH_FRONT = "X-Forwarded-Proto: https\r\n"
SMALL = "Accept-Encoding: br, gzip\r\n"
FILE = re.compile(r'(?:href|src)="(/static/[^"]+)"')


def measure(stack: Stack, *, seconds: float = SECONDS) -> dict[str, object]:
    demonstration.load(at=timezone.now())
    web, bare = stack.web(), stack.bare()
    front = stack.front(web.port)
    files = Path(tempfile.mkdtemp(prefix="portal-files-", dir=stack.sink.folder))
    beside = stack.front(web.port, **{"/srv/portal/var": str(files)})
    return {
        path: {
            **direct(path, web, bare, seconds),
            **fronted(path, front, beside, files, seconds),
            **made_anew(path),
            **weight(path, front),
        }
        for path in public_pages()
    }


def public_pages() -> list[str]:
    """Return the address of every page that is kept, without parameters."""
    places = defaultdict(lambda: "none", slug="sea-demo")
    addresses = {path for _, path in every_address(places)}
    return sorted(path for path in addresses if parameters_of(path) is not None)


def direct(path: str, web: Process, bare: Bare, seconds: float) -> dict[str, float]:
    """Compare the page from memory with the bare view, each asked for directly."""
    page = Target(web.port, path, NAME, THROUGH_FRONT)
    yardstick = Target(bare.port, "/", NAME)
    for _ in range(WARM * 4):  # every process has made the page
        answer_length(page)
    ratios, costs, bare_costs = [], [], []
    for _ in range(TURNS):
        plain, bare_cost = costed(yardstick, bare, seconds)
        ours, cost = costed(page, web, seconds)
        ratios.append(ours / plain)
        costs.append(cost)
        bare_costs.append(bare_cost)
    return {
        "x_bare": round(median(ratios), 2),
        "cpu_ms": round(median(costs), 3),
        "bare_cpu_ms": round(median(bare_costs), 3),
    }


def costed(target: Target, server: Process | Bare, seconds: float) -> tuple[float, float]:
    """Return answers per second, and milliseconds of CPU for each."""
    pids = workers(server.pid)
    before, begun = cpu_seconds(pids), time.perf_counter()
    answers = rate(target, seconds=seconds)
    count = answers * (time.perf_counter() - begun)
    return answers, (cpu_seconds(pids) - before) / count * 1000


def fronted(
    path: str, front: Nginx, beside: Nginx, files: Path, seconds: float
) -> dict[str, float]:
    """Compare the page through nginx with a file of its size that the same nginx would send."""
    page = Target(front.port, path, NAME, SMALL, trusting(front.certificate))
    size = answer_length(page)
    (files / "static").mkdir(exist_ok=True)
    (files / "static" / f"{size}.html").write_bytes(b"x" * size)
    file = Target(beside.port, f"/static/{size}.html", NAME, "", trusting(beside.certificate))
    ratios = []
    for _ in range(TURNS):
        plain = rate(file, seconds=seconds)
        ratios.append(rate(page, seconds=seconds) / plain)
    return {"x_static": round(median(ratios), 2)}


def made_anew(path: str) -> dict[str, float]:
    """Return what the page costs when it is not in memory, and its queries when it is."""
    client, costs = Client(HTTP_HOST=NAME, HTTP_X_FORWARDED_PROTO="https"), []
    for _ in range(FRESH):
        forget_everything()
        with CaptureQueriesContext(connection) as fresh:
            begun = time.process_time()
            client.get(path)
            costs.append(time.process_time() - begun)
    with CaptureQueriesContext(connection) as kept:
        client.get(path)
    return {
        "queries": queries(kept),
        "miss_queries": queries(fresh),
        "miss_cpu_ms": round(median(costs) * 1000, 1),
    }


def weight(path: str, front: Nginx) -> dict[str, float]:
    """Return how much a first visit transfers, in KB and requests, and how much the next one."""
    trust = trusting(front.certificate)
    page = Target(front.port, path, NAME, SMALL, trust)
    text = Client(HTTP_HOST=NAME, HTTP_X_FORWARDED_PROTO="https").get(path).content.decode()
    files = sorted(set(FILE.findall(text)))
    sizes = [answer_length(replace(page, path=file)) for file in files]
    first = answer_length(page)
    return {
        "requests": 1 + len(files),
        "first_visit_kb": round((first + sum(sizes)) / 1000, 1),
        "next_visit_kb": round(first / 1000, 1),  # the files stay with the browser
    }
