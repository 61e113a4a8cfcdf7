"""What tests of the feeds begin with."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth import get_user_model

from positions.models import (
    ChangeKind,
    ContractingOrganization,
    RecruitmentRound,
    RoundChange,
    Sport,
)
from tests.factories import OPENS_AT, make_round, make_vacancy

AT = OPENS_AT + timedelta(days=5)
ROUND = "/rounds/sea-2025-summer/"
KEPT = [
    "/rounds/feed.atom",
    "/rounds/deadlines.ics",
    f"{ROUND}deadline.ics",
    "/api/v1/rounds.json",
    "/api/",
    "/sitemap.xml",
]
LASTMOD = "{http://www.sitemaps.org/schemas/sitemap/0.9}lastmod"
LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


@pytest.fixture(autouse=True)
def portal(settings):
    settings.SITE_URL = "https://portal.jet.example"


@pytest.fixture(autouse=True)
def at(time_machine):
    def move(instant: datetime) -> None:
        time_machine.move_to(instant, tick=False)

    move(AT)
    return move


def change(round_: RecruitmentRound, kind: ChangeKind = ChangeKind.EXTENDED, **values) -> None:
    """Record a change of `round_` without its form: a week more, or its end."""
    values = {"at": AT - timedelta(days=1), "reason": "The portal was slow.", **values}
    extended = kind == ChangeKind.EXTENDED
    old = round_.closes_at - timedelta(days=7) if extended else round_.closes_at
    RoundChange.objects.create(
        round=round_,
        kind=kind,
        by=get_user_model().objects.get_or_create(email="staff@example.org")[0],
        old_closes_at=old,
        new_closes_at=round_.closes_at if extended else None,
        **values,
    )


def make_archery(**changes) -> RecruitmentRound:
    """Store a round with one post for archery in Ehime, and one still to be announced."""
    round_ = make_round(posts=1, **changes)
    office = ContractingOrganization.objects.create(name="Board of Education", prefecture="Ehime")
    round_.vacancies.update(sport=Sport.objects.create(name="Archery"), organization=office)
    make_vacancy(round_, number=2, posts=1)
    return round_


# --- Atom ---------------------------------------------------------------------------------------
