"""The public pages: translate an address into values and words. None of them knows a session."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jetportal.pagecache.pages import kept_page, public_page
from jetportal.pagecache.windows import Window
from jetportal.requests import TimedRequest
from positions import listing
from positions.clocks import clocks_for, face
from positions.deadlines import HST, ZONES, last_minute
from positions.domain import catalogue, shelf
from positions.domain.shelf import Shelf
from positions.example import EXAMPLE, LAST_MINUTE, PLACES
from positions.feeds import posting
from positions.feeds.facts import absolute, plain
from positions.filters import chosen_values, filters
from positions.forms import PLACES as PREFECTURES
from positions.forms import POSITIONS, SPORTS, STATES, RoundFilter, ZoneChoice
from positions.models import (
    ChangeKind,
    Consulate,
    PositionType,
    RecruitmentRound,
    Requirement,
    RoundChange,
    RoundKind,
)

HOME = ("positions:home", "Home")


def _trail(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    return [(reverse(name), words) for name, words in (HOME, *steps)]


def _zones(choice: ZoneChoice, **hidden: str) -> dict[str, Any]:
    """Return what the zone picker takes; `hidden` are the parameters it keeps."""
    return {
        "zones": ZONES.items(),
        "zone": choice.chosen("zone"),
        "hidden": [(name, value) for name, value in hidden.items() if value],
        "understood": choice.understood,
    }


@require_safe
@kept_page(zone=ZONES)
def home(request: TimedRequest) -> HttpResponse:
    at, choice = request.received_at, ZoneChoice(request.GET)
    current = shelf.current(at)
    zone = choice.zoneinfo
    first = next(iter(current.accepting), None)
    told = first or next(iter(current.upcoming), None) or current.last_closed
    context = {
        "first": first,
        "clocks": clocks_for(first, at=at, zone=zone, extension=extension_of(first))
        if first
        else None,
        "also_open": listing.rows(current.accepting[1:], at=at, zone=zone),
        "coming_up": listing.rows(current.upcoming, at=at, zone=zone),
        "cards": listing.cards(PositionType.objects.all(), current, at=at),
        **_one_minute(told, zone),
        **_zones(choice),
    }
    return public_page(request, "positions/home.html", context, current.window)


def _one_minute(told: RecruitmentRound | None, zone: ZoneInfo | None) -> dict[str, Any]:
    """Show the last minute of a round, or of the example, in each of PLACES and for the reader."""
    instant = last_minute(told.closes_at) if told else LAST_MINUTE
    deciding = told.zoneinfo if told else HST
    names = [*PLACES, zone.key] if zone and zone.key not in PLACES else list(PLACES)
    return {
        "caption": f"The last minute of: {told.title}" if told else EXAMPLE,
        "deciding_face": face(instant, deciding),
        "faces": [face(instant, ZoneInfo(name), beside=deciding) for name in names],
    }


@require_safe
@kept_page()
def positions(request: TimedRequest) -> HttpResponse:
    current = shelf.current(request.received_at)
    types = list(PositionType.objects.all())
    context = {
        "nav": "positions",
        "trail": _trail(),
        "cards": listing.cards(types, current, at=request.received_at),
        "types": types,
        "terms": catalogue.appointment_terms(),
        "consulates": Consulate.objects.all(),
    }
    return public_page(request, "positions/positions.html", context, current.window)


@require_safe
@kept_page(zone=ZONES)
def position(request: TimedRequest, slug: str) -> HttpResponse:
    """Show one position with its duties, its requirements and its rounds. The slug is known."""
    at, choice = request.received_at, ZoneChoice(request.GET)
    code = POSITIONS[slug]
    found = PositionType.objects.prefetch_related("duties", "requirements").filter(pk=code).first()
    if found is None:
        raise Http404("The catalogue is not loaded.")
    kind = RoundKind.SEA if code == "SEA" else RoundKind.ANNUAL
    rounds = shelf.everything(at, kind=kind)
    zone = choice.zoneinfo
    context = {
        "nav": "positions",
        "trail": _trail(("positions:positions", "Positions")),
        "position": found,
        "accepting": listing.rows(_with_code(rounds.accepting, code), at=at, zone=zone),
        "upcoming": listing.rows(_with_code(rounds.upcoming, code), at=at, zone=zone),
        "past": _past_by_sport(_with_code(rounds.past, code), at=at, zone=zone),
        "last_closed": _last_closed(_with_code(rounds.past, code)),
        **_zones(choice),
    }
    return public_page(request, "positions/position.html", context, rounds.window)


def _past_by_sport(
    past: list[RecruitmentRound], *, at: datetime, zone: ZoneInfo | None
) -> list[tuple[str, list[listing.RoundRow]]]:
    """Return rows of past rounds under the sports they name; what names none comes last."""
    groups = [
        (name, shelf.matching(past, sport=sport)) for sport, name in shelf.sports_of(past).items()
    ]
    rest = [round_ for round_ in past if not shelf.sports_of([round_])]
    named = [*groups, ("Sport to be announced" if groups else "", rest)]
    return [(name, listing.rows(found, at=at, zone=zone)) for name, found in named if found]


def _last_closed(past: list[RecruitmentRound]) -> str:
    closed = [round_ for round_ in past if round_.cancelled_at is None]
    return f"The last round closed on {closed[0].deadline}." if closed else ""


def _with_code(rounds: Iterable[RecruitmentRound], code: str) -> list[RecruitmentRound]:
    return [round_ for round_ in rounds if code in listing.codes_of(round_)]


@require_safe
@kept_page(state=STATES, position=POSITIONS, sport=SPORTS, prefecture=PREFECTURES, zone=ZONES)
def rounds(request: TimedRequest) -> HttpResponse:
    found = shelf.everything(request.received_at)
    context = rounds_context(found, request.GET, at=request.received_at)
    return public_page(request, "positions/rounds.html", context, found.window)


def rounds_context(found: Shelf, query: Mapping[str, str], *, at: datetime) -> dict[str, Any]:
    """Return what the list shows at `at` of the rounds `found`, as the address asks for it."""
    every = [*found.listed, *found.archived]
    sports, prefectures = shelf.sports_of(every), shelf.prefectures_of(every)
    choice = RoundFilter(query, sport=sports, prefecture=prefectures)
    by_state = {
        "": found.listed,
        "open": found.accepting,
        "upcoming": found.upcoming,
        "past": found.past,
        "archived": found.archived,
    }
    shown = shelf.matching(
        by_state[choice.chosen("state")],
        sport=choice.chosen("sport"),
        prefecture=choice.chosen("prefecture"),
    )
    if slug := choice.chosen("position"):
        shown = _with_code(shown, POSITIONS[slug])
    return {
        "nav": "rounds",
        "trail": _trail(),
        "filters": filters(
            choice, sports=sports, prefectures=prefectures, archived=bool(found.archived)
        ),
        "rows": listing.rows(shown, at=at, zone=choice.zoneinfo),
        **_zones(choice, **chosen_values(choice)),
    }


@require_safe
@kept_page(zone=ZONES)
def round_page(request: TimedRequest, slug: str) -> HttpResponse:
    at, choice = request.received_at, ZoneChoice(request.GET)
    found = RecruitmentRound.objects.published(at).with_vacancies().filter(slug=slug).first()
    if found is None:
        raise Http404("There is no such round.")
    context = {
        **round_context(found, at=at, zone=choice.zoneinfo),
        **_zones(choice),
        "posting": posting.script(found, at),
    }
    window = Window.around(found.changes_at(), at)
    return public_page(request, "positions/round.html", context, window)


def round_context(
    round_: RecruitmentRound, *, at: datetime, zone: ZoneInfo | None
) -> Mapping[str, Any]:
    """Return what the page of a round shows at `at`; it serves the preview of a draft as well.

    The round comes from `with_vacancies()`.
    """
    vacancies = list(round_.vacancies.all())
    posts = listing.posts_in_words(round_).rstrip(".")
    return {
        "nav": "rounds",
        "trail": _trail(("positions:rounds", "Rounds")),
        "round": round_,
        "description": f"{posts}. Apply by {plain(round_.deadline)}.",
        "codes": listing.codes_of(round_),
        "clocks": clocks_for(round_, at=at, zone=zone, extension=extension_of(round_)),
        "accepting": round_.accepts(at),
        "cancelled": _last_change(round_, ChangeKind.CANCELLED),
        "stations": listing.stations(round_, at=at),
        "vacancies": [(vacancy, listing.place_in_words(vacancy)) for vacancy in vacancies],
        "requirements": _requirements(listing.codes_of(round_)),
    }


def extension_of(round_: RecruitmentRound) -> RoundChange | None:
    """Return the change that last moved the deadline, from the changes that came with the round."""
    return _last_change(round_, ChangeKind.EXTENDED)


def _last_change(round_: RecruitmentRound, kind: ChangeKind) -> RoundChange | None:
    return next((change for change in reversed(round_.changes.all()) if change.kind == kind), None)


def _requirements(codes: list[str]) -> list[tuple[str, str, str]]:
    """List topic, positions and text; what holds for every position of the round names none."""
    told: dict[tuple[str, str], list[str]] = {}
    for rule in Requirement.objects.filter(position_type__in=codes).order_by("number"):
        told.setdefault((rule.topic, rule.text), []).append(rule.position_type_id)
    return [
        (topic, "" if len(for_codes) == len(codes) else ", ".join(for_codes), text)
        for (topic, text), for_codes in told.items()
    ]


@require_safe
@kept_page(zone=ZONES)
def deadlines(request: TimedRequest) -> HttpResponse:
    choice = ZoneChoice(request.GET)
    context = {
        "nav": "deadlines",
        "trail": _trail(),
        **_one_minute(None, choice.zoneinfo),
        **_zones(choice),
    }
    return public_page(request, "positions/deadlines.html", context)


@require_safe
@kept_page()
def accessibility(request: TimedRequest) -> HttpResponse:
    return public_page(request, "positions/accessibility.html", {"trail": _trail()})


@require_safe
@kept_page()
def privacy(request: TimedRequest) -> HttpResponse:
    return public_page(request, "positions/privacy.html", {"trail": _trail()})


@require_safe
@never_cache
def server_time(request: TimedRequest) -> JsonResponse:
    """Tell the instant by the clock that decides, so that a countdown can follow it."""
    return JsonResponse({"now": request.received_at.isoformat()})


@require_safe
def robots(request: TimedRequest) -> HttpResponse:
    closed = ("/admin/", "/accounts/", "/applications/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    lines += ["", f"Sitemap: {absolute('positions:sitemap')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
