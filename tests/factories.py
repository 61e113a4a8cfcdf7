"""Rows for tests: every argument optional, every value fixed and plausible."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from positions.deadlines import last_minute
from positions.models import (
    PositionCode,
    PositionType,
    RecruitmentRound,
    RoundKind,
    Vacancy,
)

PUBLISHED_AT = datetime(2025, 1, 15, 20, 0, tzinfo=UTC)
OPENS_AT = datetime(2025, 2, 1, 10, 0, tzinfo=UTC)  # midnight in Hawaii
CLOSES_AT = datetime(2025, 3, 15, 10, 0, tzinfo=UTC)  # after Friday, March 14, 11:59 PM HST
TICK = timedelta(microseconds=1)


def make_position_type(code: str = "SEA") -> PositionType:
    """Return the position type of this code; only `load_catalogue` knows all its words."""
    values = {
        "name": PositionCode(code).label,
        "name_ja": "スポーツ国際交流員",
        "summary": "International exchange through a designated sport.",
        "share": "outside the yearly cycle",
        "placed_in": "Sporting facilities or boards of education.",
        "duties_set_by": "The supervisor at each contracting organization.",
        "recruited": "only on notice",
        "english": "good working English",
        "japanese": "none needed",
        "order": PositionCode.values.index(code) + 1,
    }
    return PositionType.objects.get_or_create(code=code, defaults=values)[0]


def make_round(
    *,
    slug: str = "sea-2025-summer",
    opens_at: datetime | None = OPENS_AT,
    closes_at: datetime = CLOSES_AT,
    zone: str = "Pacific/Honolulu",
    positions: Sequence[str] | None = None,
    posts: int | None = 2,
    **changes: object,
) -> RecruitmentRound:
    """Store a published round with a vacancy per position; ALT and CIR where the slug is annual."""
    kind = RoundKind(slug.partition("-")[0])
    local = last_minute(closes_at).astimezone(ZoneInfo(zone))
    values = {
        "title": f"Round {slug}",
        "departure_season": "summer 2025",
        "published_at": PUBLISHED_AT,
        **changes,
    }
    round_ = RecruitmentRound.objects.create(
        slug=slug,
        kind=kind,
        opens_at=opens_at,
        closes_at=closes_at,
        closes_on=local.date(),
        closes_time=local.time(),
        zone=zone,
        **values,
    )
    for code in positions or (["SEA"] if kind == RoundKind.SEA else ["ALT", "CIR"]):
        make_vacancy(round_, code, posts=posts if code == "SEA" else None)
    return round_


def make_vacancy(
    round_: RecruitmentRound, code: str = "SEA", *, number: int = 1, **changes: object
) -> Vacancy:
    return Vacancy.objects.create(
        key=Vacancy.key_for(round_.slug, code, number),
        round=round_,
        position=make_position_type(code),
        number=number,
        **changes,
    )
