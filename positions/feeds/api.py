"""The list of rounds for programs, version 1; `docs/api.md` is its contract."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from positions.feeds.facts import absolute, address_of, changed_at, in_utc, is_cancelled, plain
from positions.listing import codes_of
from positions.models import RecruitmentRound, Vacancy

VERSION = 1
CONTENT_TYPE = "application/json"


def document(rounds: Iterable[RecruitmentRound], at: datetime) -> str:
    """Write the published `rounds` (from `with_vacancies()`) as of `at`.

    No state is written, only the instants it follows from: a copy of this list stays true.
    """
    return json.dumps(
        {
            "version": VERSION,
            "documentation": absolute("positions:api"),
            "rounds": [_round(round_, at) for round_ in rounds],
        },
        ensure_ascii=False,
        indent=1,
    )


def _round(round_: RecruitmentRound, at: datetime) -> Mapping[str, Any]:
    return {
        "slug": round_.slug,
        "url": address_of(round_),
        "calendar": absolute("positions:deadline_calendar", round_.slug),
        "title": round_.title,
        "kind": round_.kind,
        "position": codes_of(round_),
        "departure_season": round_.departure_season,
        "published_at": _instant(round_.published_at),
        "changed_at": in_utc(changed_at(round_)),
        "opens_at": _instant(round_.opens_at),
        "closes_at": in_utc(round_.closes_at),
        "zone": round_.zone,
        "deadline": plain(round_.deadline),
        "cancelled": is_cancelled(round_, at),
        "demonstration": round_.is_demonstration,
        "vacancies": [_vacancy(vacancy) for vacancy in round_.vacancies.all()],
    }


def _vacancy(vacancy: Vacancy) -> Mapping[str, Any]:
    organization = vacancy.organization
    return {
        "position": vacancy.position_id,
        "posts": vacancy.posts,
        "sport": vacancy.sport.name if vacancy.sport else None,
        "organization": organization.name if organization else None,
        "prefecture": vacancy.place or None,
    }


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else in_utc(instant)
