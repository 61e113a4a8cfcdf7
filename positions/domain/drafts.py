"""What a new round begins with: its address and its vacancies."""

import json
import re
from hashlib import sha256

from django.db.models import Max
from django.utils.text import slugify

from positions.domain.errors import Refused
from positions.models import PositionCode, PositionType, RecruitmentRound, RoundKind, Vacancy

# What a round promises its applicants, besides its posts.
PROMISED = (
    *("slug", "kind", "title", "departure_season", "summary", "documents_asked"),
    *("special_requirements", "opens_at", "closes_at", "zone", "interview_mode", "interviews"),
    *("results", "closing_soon_hours", "purpose_max_words", "purpose_max_characters"),
    *("documents_max_megabytes",),
)
YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
LONGEST_ADDRESS = 60
ANNUAL = (PositionCode.ALT, PositionCode.CIR)
POSITIONS = {RoundKind.SEA: (PositionCode.SEA,), RoundKind.ANNUAL: ANNUAL}


def address_for(kind: str, departure_season: str) -> str:
    """Make a free address from a season: "sea-2027-summer"; "-2" is added where it is taken.

    Raises Refused where the season has no letter or figure to make one from.
    """
    return free_address(wanted_address(kind, departure_season))


def wanted_address(kind: str, departure_season: str) -> str:
    """Make the address that a season asks for, taken or not. Raises Refused as `address_for`."""
    year = YEAR.search(departure_season)
    words = slugify(YEAR.sub("", departure_season, count=1))
    parts = [year.group() if year else "", "" if kind == RoundKind.ANNUAL and year else words]
    wanted = "-".join(filter(None, [kind, *parts]))[: LONGEST_ADDRESS - 4].rstrip("-")
    if wanted == kind:
        raise Refused("Write the address: the season gives none.", field="slug")
    return wanted


def free_address(wanted: str) -> str:
    """Return `wanted`, or where it is taken the first of "-2", "-3" and so on that is free."""
    wanted = wanted[: LONGEST_ADDRESS - 4].rstrip("-")
    slugs = RecruitmentRound.objects.filter(slug__startswith=wanted)
    taken = set(slugs.values_list("slug", flat=True))
    names = (f"{wanted}-{number}" if number > 1 else wanted for number in range(1, 1000))
    return next(name for name in names if name not in taken)


def require_address(kind: str, slug: str) -> None:
    """Raise Refused unless `slug` begins with `kind` and goes on after it."""
    if not slug.startswith(f"{kind}-") or not slug.removeprefix(f"{kind}-").strip("-_"):
        example = "sea-2027-summer" if kind == RoundKind.SEA else "annual-2027"
        raise Refused(f"The address begins with {kind}-, for example {example}.", field="slug")


def require_catalogue(kind: str) -> None:
    """Raise Refused while the catalogue lacks a position of rounds of `kind`."""
    codes = POSITIONS[RoundKind(kind)]
    if PositionType.objects.filter(pk__in=codes).count() < len(codes):
        words = " and ".join(codes)
        raise Refused(f"The catalogue does not describe {words} yet. Load it first.", field="kind")


def add_cycle_positions(round_: RecruitmentRound) -> None:
    """Give an annual cycle its two vacancies, ALT and CIR, where they are missing."""
    for code in ANNUAL:
        key = Vacancy.key_for(round_.slug, code, 1)
        Vacancy.objects.get_or_create(key=key, defaults={"round": round_, "position_id": code})


def save_post(round_: RecruitmentRound, vacancy: Vacancy) -> None:
    """Store a vacancy of an SEA round; a new one takes the next number and its key."""
    if vacancy.pk is None:
        last = round_.vacancies.aggregate(last=Max("number"))["last"] or 0
        vacancy.round, vacancy.position_id = round_, PositionCode.SEA
        vacancy.number = last + 1
        vacancy.key = Vacancy.key_for(round_.slug, PositionCode.SEA, vacancy.number)
    vacancy.save()


def mark_of(round_: RecruitmentRound) -> str:
    """Return a mark of all that a round says, which is another as soon as it says anything else.

    The round comes from `with_vacancies()`.
    """
    posts = [
        [
            *(post.key, post.posts, post.sport and post.sport.name, post.note, post.prefecture),
            post.organization and str(post.organization),
        ]
        for post in round_.vacancies.all()
    ]
    said = [*(getattr(round_, name) for name in PROMISED), posts]
    return sha256(json.dumps(said, default=str).encode()).hexdigest()
