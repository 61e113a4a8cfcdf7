"""From the facts of a notice to a draft SEA round: title, address, posts, deadline.

A notice comes from a contracting organization; what it leaves open stays "to be announced".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Self
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from positions.addresses import address_part
from positions.clockwords import ZONE_NAMES
from positions.deadlines import ZONES, abbreviation, deadline_in_words, last_minute
from positions.domain import drafts, likeness, rounds
from positions.domain.errors import Refused
from positions.models import (
    ContractingOrganization,
    PositionCode,
    RecruitmentRound,
    RoundKind,
    Sport,
    Vacancy,
)

COPIED = (
    *("summary", "documents_asked", "special_requirements", "interview_mode", "zone"),
    *("closing_soon_hours", *rounds.LIMITS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What staff read in a notice. Empty texts and None: the notice does not say.

    `sport` and `organization` are names, known to us or new. `closes_weekday` (Monday is 0) is the
    one the notice names, to be held against the date. `source` is the address of a past round whose
    limits and further posts are taken over.
    """

    departure_season: str
    posts: int
    closes_weekday: int
    closes_on: date
    closes_time: time
    zone: str
    sport: str = ""
    organization: str = ""
    prefecture: str = ""
    documents_asked: str = ""
    special_requirements: str = ""
    opens: datetime | None = None
    slug: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A round as a notice makes it, with its posts, none of them stored."""

    round: RecruitmentRound
    posts: tuple[Vacancy, ...]

    @classmethod
    def of(cls, notice: Notice, *, at: datetime) -> Self:
        """Make the draft. Raises Refused beside the fact that cannot be."""
        drafts.require_catalogue(RoundKind.SEA)
        source = _source(notice)
        round_ = RecruitmentRound(kind=RoundKind.SEA)
        for name in COPIED if source else ():
            setattr(round_, name, getattr(source, name))
        round_.departure_season = notice.departure_season
        posts = tuple(_posts(notice, source))
        round_.title = title_for(notice.departure_season, posts)
        round_.documents_asked = notice.documents_asked
        round_.special_requirements = notice.special_requirements
        rounds.require_weekday(notice.closes_on, notice.closes_weekday)
        rounds.set_window(
            round_,
            opens=notice.opens,
            day=notice.closes_on,
            clock=notice.closes_time,
            zone=notice.zone,
            at=at,
        )
        round_.slug = _free_address(notice)
        return cls(round_, posts)


def title_for(departure_season: str, posts: Sequence[Vacancy] = ()) -> str:
    """Make a title by which two rounds of one season can be told apart, as far as is known.

    It names the sports and the prefectures of the posts, of these what there is room for.
    """
    sports = ", ".join(dict.fromkeys(post.sport.name for post in posts if post.sport))
    places = ", ".join(dict.fromkeys(post.place for post in posts if post.place))
    room = RecruitmentRound._meta.get_field("title").max_length or 0
    for known in ((sports, places), (sports,), (places,)):
        parts = filter(None, [PositionCode.SEA.label, *known, f"{departure_season} departures"])
        title = ", ".join(parts)
        if len(title) <= room:
            return title
    return f"{PositionCode.SEA.label}, {departure_season} departures"


def deadline_sentence(closes_at: datetime, zone: ZoneInfo) -> str:
    """Write the deadline with its weekday, date, time and the full name of its zone."""
    short = abbreviation(last_minute(closes_at).astimezone(zone))
    name = ZONE_NAMES.get(short, f"time in {ZONES.get(zone.key, zone.key)}")
    return f"Applications must reach us by {deadline_in_words(closes_at, zone)} ({name})."


@transaction.atomic(durable=True)
def take_in(notice: Notice, *, at: datetime) -> RecruitmentRound:
    """Store the draft round of a notice with its posts, and a sport or organization new to us.

    A round like a past one begins with the settings of that, too.

    Raises Refused as `Draft.of` does.
    """
    draft = Draft.of(notice, at=at)
    round_ = draft.round
    try:
        with transaction.atomic():
            round_.save()
    except IntegrityError as problem:  # somebody took the address a moment ago
        raise _taken(round_.slug) from problem
    for post in draft.posts:
        _store(post)
        drafts.save_post(round_, post)
    if past := _source(notice):
        likeness.copy_settings(past, round_)
    return round_


def _source(notice: Notice) -> RecruitmentRound | None:
    if not notice.source:
        return None
    found: RecruitmentRound | None = RecruitmentRound.objects.filter(slug=notice.source).first()
    return found


def _free_address(notice: Notice) -> str:
    """Return the address asked for, or the one the season makes; a taken one is refused."""
    if not drafts.YEAR.search(notice.departure_season):
        raise Refused("Name the year of departure as well: summer 2027.", field="departure_season")
    slug = notice.slug or drafts.wanted_address(RoundKind.SEA, notice.departure_season)
    drafts.require_address(RoundKind.SEA, slug)
    if RecruitmentRound.objects.filter(slug=slug).exists():
        raise _taken(slug)
    return slug


def _taken(slug: str) -> Refused:
    free = drafts.free_address(slug)
    return Refused(
        f"There is a round at {slug} already. Look whether it is this one; if the notice is "
        f"another, write {free}.",
        field="slug",
    )


def _posts(notice: Notice, source: RecruitmentRound | None) -> list[Vacancy]:
    organization = _organization(notice)
    first = Vacancy(
        posts=notice.posts,
        sport=_sport(notice.sport),
        organization=organization,
        prefecture="" if organization else notice.prefecture,
    )
    further = source.vacancies.select_related("sport", "organization")[1:] if source else ()
    copies = [
        Vacancy(
            posts=post.posts,
            sport=post.sport,
            organization=post.organization,
            prefecture=post.prefecture,
            note=post.note,
        )
        for post in further
    ]
    return [first, *copies]


def _sport(name: str) -> Sport | None:
    """Find the sport of that name, in whatever letters and hyphens; a new one is not stored yet."""
    if not name:
        return None
    part = address_part(name)
    known = next((sport for sport in Sport.objects.all() if address_part(sport.name) == part), None)
    return known or Sport(name=name)


def _organization(notice: Notice) -> ContractingOrganization | None:
    if not notice.organization:
        return None
    if not notice.prefecture:
        raise Refused("Say in which prefecture it is.", field="prefecture")
    facts = {"name": notice.organization, "prefecture": notice.prefecture}
    known = ContractingOrganization.objects.filter(
        name__iexact=notice.organization, prefecture=notice.prefecture
    )
    return known.first() or ContractingOrganization(**facts)


def _store(post: Vacancy) -> None:
    """Store what a post names for the first time; somebody else may have done so meanwhile."""
    if post.sport and post.sport.pk is None:
        post.sport, _created = Sport.objects.get_or_create(
            name__iexact=post.sport.name, defaults={"name": post.sport.name}
        )
    if post.organization and post.organization.pk is None:
        name, prefecture = post.organization.name, post.organization.prefecture
        post.organization, _created = ContractingOrganization.objects.get_or_create(
            name__iexact=name, prefecture=prefecture, defaults={"name": name}
        )
