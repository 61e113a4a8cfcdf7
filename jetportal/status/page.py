"""The status page of the desk: every part of the portal on one page, the worst on top."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.domain.lateness import closing_night
from applications.domain.lateness.closing_night import Minute, Night
from jetportal.deskhome import bring_home
from jetportal.middleware import STAMP, from_trusted_proxy
from jetportal.requests import SignedInRequest
from jetportal.status import processes, services
from jetportal.status.lines import Health, Line
from positions.deadlines import HST, deadline_in_words

PERMISSION = "heartbeats.see_status"
STEP, HEIGHT = 10, 120  # of the chart, in its own units
VERDICTS = ("in_time", "late", "refused")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of one minute's bar."""

    verdict: str
    x: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class NightPanel:
    night: Night
    deadline: str
    blocks: tuple[Block, ...]
    rows: tuple[tuple[str, Minute], ...]
    most: int
    sums: dict[str, int]


@require_safe
def show(request: SignedInRequest) -> HttpResponse:
    """Ask every part once; the page is as true as the moment it was made."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    at = timezone.now()  # noqa: TID251  an arrival may be old; this is about now
    lines = every_line(request, at=at)
    red = [line for line in lines if line.health == Health.RED]
    context = {
        **admin.site.each_context(request),
        "title": "Status",
        "lines": lines,
        "red": red,
        "look": [line for line in lines if line.health == Health.LOOK],
        "seen_at": f"{at.astimezone(HST):%I:%M:%S}\u00a0{at.astimezone(HST):%p} HST".lstrip("0"),
        "panels": [panel(night) for night in closing_night.nights(at=at)],
    }
    return render(request, "admin/status/status.html", context)


def every_line(request: HttpRequest, *, at: datetime) -> list[Line]:
    known = services.facts()
    return [
        services.database(known),
        services.queue(),
        *processes.processes(at=at),
        *processes.mail(at=at),
        services.clocks(known),
        services.front_clock(stamp(request), at=at),
        *services.disks(known),
    ]


def stamp(request: HttpRequest) -> datetime | None:
    """Return what a trusted front server wrote into this request, however far off it is."""
    match = STAMP.fullmatch(request.headers.get("X-Request-Start", "").strip())
    if match is None or not from_trusted_proxy(request):
        return None
    return datetime.fromtimestamp(float(f"{match[1]}.{match[2] or 0}"), UTC)


def panel(night: Night) -> NightPanel:
    most = max(minute.total for minute in night.minutes)
    return NightPanel(
        night=night,
        deadline=deadline_in_words(night.round.closes_at, night.round.zoneinfo),
        blocks=tuple(
            block
            for place, minute in enumerate(night.minutes)
            for block in blocks(minute, place * STEP, most)
        ),
        rows=tuple((wall(minute.at, night), minute) for minute in night.minutes if minute.total),
        most=most,
        sums={verdict: night.sum_of(verdict) for verdict in VERDICTS},
    )


def blocks(minute: Minute, x: int, most: int) -> list[Block]:
    """Stack the verdicts of one minute, those in time at the bottom."""
    drawn, y = [], float(HEIGHT)
    for verdict in VERDICTS:
        height = round(HEIGHT * getattr(minute, verdict) / max(most, 1), 2)
        y = round(y - height, 2)
        if height:
            drawn.append(Block(verdict.replace("_", "-"), x, y, height))
    return drawn


def wall(at: datetime, night: Night) -> str:
    local = at.astimezone(night.round.zoneinfo)
    return f"{local.hour % 12 or 12}:{local:%M}\u00a0{local:%p}"


def home(request: HttpRequest) -> dict[str, object]:
    """Lead to the page from the home of the desk; no query."""
    return {"status_url": reverse("admin:status")} if request.user.has_perm(PERMISSION) else {}


bring_home(home)
