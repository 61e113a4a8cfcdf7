"""An open SEA round as a schema.org JobPosting, with what Google's guide for job postings asks."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from positions.feeds.facts import PROGRAM, address_of, plain
from positions.listing import posts_in_words
from positions.models import DutyKind, RecruitmentRound, RoundKind, Vacancy

COUNTRY = "JP"
# Characters with which text could end the element it stands in.
ESCAPES = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&\u2028\u2029"}


def is_offered(round_: RecruitmentRound) -> bool:
    """Tell whether the round is a posting at all: annual cycles name no post, demonstrations none
    that anybody could have.
    """
    return round_.kind == RoundKind.SEA and not round_.is_demonstration


def posting(round_: RecruitmentRound, at: datetime) -> Mapping[str, Any] | None:
    """Return the posting of a round (from `with_vacancies()`) while it takes applications."""
    if not is_offered(round_) or not round_.accepts(at):
        return None
    vacancies = list(round_.vacancies.all())
    posts = [vacancy.posts for vacancy in vacancies if vacancy.posts]
    numbers = {"totalJobOpenings": sum(posts)} if len(posts) == len(vacancies) else {}
    published = (round_.published_at or at).astimezone(round_.zoneinfo)
    return {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": _title(vacancies),
        "description": _description(round_, vacancies),
        "identifier": {"@type": "PropertyValue", "name": PROGRAM, "value": round_.slug},
        "datePosted": published.date().isoformat(),
        "validThrough": round_.closes_at.astimezone(round_.zoneinfo).isoformat(),
        "employmentType": "FULL_TIME",
        "hiringOrganization": {"@type": "Organization", "name": _organization(vacancies)},
        "jobLocation": _places(vacancies),
        "directApply": False,
        "url": address_of(round_),
        **numbers,
    }


def script(round_: RecruitmentRound, at: datetime) -> str:
    """Return the posting as the text of a script element, "" where there is none.

    The element is a block of data: browsers run nothing of it, and the content policy lets it be.
    """
    found = posting(round_, at)
    if found is None:
        return ""
    return mark_safe(json.dumps(found).translate(ESCAPES))  # noqa: S308  no sign is left to end it


def _title(vacancies: list[Vacancy]) -> str:
    sports = dict.fromkeys(vacancy.sport.name for vacancy in vacancies if vacancy.sport)
    return ", ".join(["Sports Exchange Advisor", *sports])


def _description(round_: RecruitmentRound, vacancies: list[Vacancy]) -> SafeString:
    position = vacancies[0].position
    duties = [duty.text for duty in position.duties.all() if duty.kind == DutyKind.DUTY]
    about = (position.summary, f"{posts_in_words(round_)}.", round_.summary)
    told = (*about, round_.special_requirements)
    until = f"Apply on the portal by {plain(round_.deadline)}."
    return (
        _marked("<p>{}</p>", *told)
        + _marked("<ul>{}</ul>", _marked("<li>{}</li>", *duties))
        + _marked("<p>{}</p>", until)
    )


def _marked(pattern: str, *texts: str) -> SafeString:
    return format_html_join("", pattern, ((text,) for text in texts if text))


def _organization(vacancies: list[Vacancy]) -> str:
    """Return the one contracting organization; the program where there are several, or none yet."""
    names = {vacancy.organization.name if vacancy.organization else "" for vacancy in vacancies}
    return (names.pop() if len(names) == 1 else "") or PROGRAM


def _places(vacancies: list[Vacancy]) -> list[Mapping[str, Any]]:
    """List each prefecture once; the country alone stands for a place still to be announced."""
    regions = dict.fromkeys(vacancy.place for vacancy in vacancies)
    return [
        {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                **({"addressRegion": region} if region else {}),
                "addressCountry": COUNTRY,
            },
        }
        for region in regions
    ]
