"""The last minutes before a closing instant, and the first seconds after it.

Every person reads a section, saves it, sends, and reads the receipt, over TLS through the front
server, from a connection and an address of their own. Ten minutes are pressed into two.
"""

import asyncio
import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from applications.models import Status
from benchmarks.clients import Browser, Exchange, trusting
from benchmarks.people import Applicant, drafts_of_the_rush, prepare, set_closing
from benchmarks.procs import cpu_seconds, memory_mb, workers
from benchmarks.stack import Process, Stack
from benchmarks.verdicts import SENT, Judged, arrivals, confirmations
from jetportal.mail.models import MailState, OutgoingMail
from tests.applicants import ANSWERS
from tests.front import Nginx
from tests.services import wait_until

# How far ahead of their sending people do the rest, as shares of the time that is pressed.
STEPS = {"read": 0.3, "save": 0.15}
START = 3.0  # seconds to breathe before the first one comes
SECTION = "contact"
MAIL_SECONDS = 300  # how long confirmations are waited for
GOOD = {"read": {200}, "save": {302}, "submit": {302, 409}, "receipt": {200}}
VERSION = re.compile(rb'name="version" value="(\d+)"')


@dataclass
class Seen:
    """What came of the rush, by kind of request."""

    exchanges: dict[str, list[Exchange]] = field(default_factory=dict)
    submits: dict[int, Exchange] = field(default_factory=dict)
    planned: dict[int, float] = field(default_factory=dict)

    def add(self, kind: str, exchange: Exchange) -> Exchange:
        self.exchanges.setdefault(kind, []).append(exchange)
        return exchange

    def errors(self) -> int:
        """Count answers that nobody should see: none at all, of the kind 5xx, or a wrong page."""
        return sum(
            exchange.status not in GOOD[kind]
            for kind, exchanges in self.exchanges.items()
            for exchange in exchanges
        )


def measure(stack: Stack, *, applicants: int, seconds: float) -> dict[str, object]:
    """`seconds` is how long people come ahead of the closing instant."""
    people = prepare(applicants, closes_at=datetime.now(UTC) + timedelta(days=1))
    web, start_seconds = started(stack)
    worker, beat = stack.worker(), stack.beat()
    front = stack.front(web.port)
    begins = seconds * (1 + STEPS["read"]) + START
    closes_at = datetime.now(UTC) + timedelta(seconds=begins)
    set_closing(closes_at)
    cpu = cpu_seconds(workers(web.pid))
    seen = asyncio.run(rush(people, front, closes_at, seconds))
    cpu = cpu_seconds(workers(web.pid)) - cpu
    confirmed = waited_for_mail(closes_at)
    return {
        "applicants": applicants,
        "compressed_to_s": seconds,
        **judged(people, front, seen, closes_at),
        **mailed(stack, confirmed),
        **timed(seen),
        "web_cpu_ms": round(cpu / sum(map(len, seen.exchanges.values())) * 1000, 1),
        "start_s": round(start_seconds, 2),
        "web_mb": largest(workers(web.pid)),
        "worker_mb": largest(workers(worker.pid)),
        "beat_mb": largest(workers(beat.pid)),
    }


def started(stack: Stack) -> tuple[Process, float]:
    """Start the web process; return it and how long its first answer took from nothing."""
    begun = time.monotonic()
    web = stack.web()
    return web, time.monotonic() - begun


async def rush(people: list[Applicant], front: Nginx, closes_at: datetime, before: float) -> Seen:
    seen, trust, closing = Seen(), trusting(front.certificate), closes_at.timestamp()
    offsets = arrivals(len(people), before=before)
    async with asyncio.TaskGroup() as crowd:
        for person, offset in zip(people, offsets, strict=True):
            browser = Browser(person.number, person.session, port=front.port, trust=trust)
            when = {kind: closing + offset - share * before for kind, share in STEPS.items()}
            crowd.create_task(apply(person, browser, seen, {**when, "submit": closing + offset}))
    return seen


async def apply(person: Applicant, browser: Browser, seen: Seen, when: Mapping[str, float]) -> None:
    """Do what one person does, each step at its time; a slow answer delays the next step."""
    place = f"/applications/{person.key}/"
    await until(when["read"])
    page = seen.add("read", await browser.get(f"{place}{SECTION}/"))
    version = VERSION.search(page.body)
    await until(when["save"])
    form = {**ANSWERS[SECTION], "version": [version[1].decode() if version else "0"]}
    seen.add("save", await browser.post(f"{place}{SECTION}/", form))
    await until(when["submit"])
    seen.planned[person.number] = when["submit"]
    answer = seen.add("submit", await browser.post(f"{place}submit/"))
    seen.submits[person.number] = answer
    if answer.status == SENT:
        seen.add("receipt", await browser.get(answer.location))
    await browser.close()


async def until(instant: float) -> None:
    await asyncio.sleep(max(0.0, instant - time.time()))


def waited_for_mail(closes_at: datetime) -> float:
    """Wait until no confirmation waits; return how many seconds after closing the last one left."""
    owed = OutgoingMail.objects.filter(kind="confirmation").exclude(state=MailState.SENT)
    wait_until(lambda: not owed.exists(), "the confirmations", seconds=MAIL_SECONDS)
    sent = OutgoingMail.objects.filter(kind="confirmation").order_by("-sent_at").first()
    return (sent.sent_at - closes_at).total_seconds() if sent and sent.sent_at else 0.0


def judged(
    people: list[Applicant], front: Nginx, seen: Seen, closes_at: datetime
) -> dict[str, object]:
    arrived = arrivals_logged(front)
    rows = {str(row.key): row for row in drafts_of_the_rush()}
    faults: dict[str, int] = {}
    for person in people:
        exchange = seen.submits[person.number]
        judged = Judged(exchange, arrived.get(exchange.path), rows[person.key])
        if fault := judged.fault(closes_at):
            faults[fault] = faults.get(fault, 0) + 1
    taken = sum(exchange.status == SENT for exchange in seen.submits.values())
    return {
        "wrong_verdicts": sum(faults.values()),
        "errors": seen.errors(),
        "in_time": taken,
        "late": len(people) - taken,
        "made_late": made_late(seen, closes_at.timestamp()),
        **({"faults": faults} if faults else {}),
    }


def made_late(seen: Seen, closing: float) -> int:
    """Count people who meant to send in time by a second, and waited too long for pages before."""
    return sum(
        seen.planned[number] < closing - 1 and exchange.sent >= closing
        for number, exchange in seen.submits.items()
    )


def arrivals_logged(front: Nginx) -> dict[str, float]:
    """Return when each sending had arrived, by its path, as the front server wrote it down."""
    time.sleep(1.5)  # it writes its log once a second
    lines = map(json.loads, front.log.read_text().splitlines())
    return {
        line["path"]: float(line["arrived"])
        for line in lines
        if line["method"] == "POST" and line["path"].endswith("/submit/")
    }


def mailed(stack: Stack, last: float) -> dict[str, object]:
    letters = [json.loads(line) for line in stack.sink.received.read_text().splitlines()]
    sent = drafts_of_the_rush().filter(status=Status.SUBMITTED)
    owed = set(sent.values_list("email", flat=True))
    lost, double = confirmations(letters, owed)
    return {
        "lost_confirmations": lost,
        "double_confirmations": double,
        "confirmations": len({letter["id"] for letter in letters}),
        "last_confirmation_s": round(last, 1),
    }


def timed(seen: Seen) -> dict[str, object]:
    found: dict[str, object] = {}
    for kind, exchanges in seen.exchanges.items():
        seconds = sorted(exchange.seconds for exchange in exchanges)
        for share in (50, 95, 99):
            found[f"{kind}_p{share}_s"] = round(percentile(seconds, share), 3)
    return found | {"submits_per_s": busiest(seen)}


def percentile(ordered: list[float], share: int) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]


def busiest(seen: Seen) -> float:
    """Return how many sendings were answered per second in the busiest five seconds."""
    answered = sorted(exchange.answered for exchange in seen.submits.values())
    best = max(sum(at <= x < at + 5 for x in answered) for at in answered)
    return round(best / 5, 1)


def largest(pids: Iterable[int]) -> float:
    return round(max(map(memory_mb, pids)), 1)
