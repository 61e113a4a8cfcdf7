"""The structured data of a round: every field of the guide, exactly while it is open."""

import json
import re

import pytest

from positions.domain import catalogue
from positions.feeds import posting
from positions.models import (
    RecruitmentRound,
)
from tests.factories import CLOSES_AT, OPENS_AT, TICK, make_round
from tests.positions.feeding import AT, ROUND, at, make_archery, portal

__all__ = ["at", "portal"]

pytestmark = pytest.mark.django_db


def posting_on(response) -> dict[str, object] | None:
    page = response.content.decode()
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(found) < 2
    return json.loads(found[0]) if found else None


def test_job_posting_has_every_field_the_guide_requires(client):
    catalogue.load()
    make_archery()

    told = posting_on(client.get(ROUND))

    assert told == {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": "Sports Exchange Advisor, Archery",
        "description": told["description"],
        "identifier": {
            "@type": "PropertyValue",
            "name": "Japan Exchange and Teaching (JET) Program",
            "value": "sea-2025-summer",
        },
        "datePosted": "2025-01-15",
        "validThrough": "2025-03-15T00:00:00-10:00",
        "employmentType": "FULL_TIME",
        "hiringOrganization": {
            "@type": "Organization",
            "name": "Japan Exchange and Teaching (JET) Program",
        },
        "jobLocation": [
            {
                "@type": "Place",
                "address": {
                    "@type": "PostalAddress",
                    "addressRegion": "Ehime",
                    "addressCountry": "JP",
                },
            },
            {"@type": "Place", "address": {"@type": "PostalAddress", "addressCountry": "JP"}},
        ],
        "directApply": False,
        "url": f"https://portal.jet.example{ROUND}",
        "totalJobOpenings": 2,
    }
    assert told["description"].count("<li>") == 5
    assert "Apply on the portal by Friday, March 14, 2025, 11:59 PM HST." in told["description"]


def test_job_posting_of_one_organization_names_it(client):
    make_archery().vacancies.filter(number=2).delete()

    told = posting_on(client.get(ROUND))

    assert told["hiringOrganization"]["name"] == "Board of Education"
    assert len(told["jobLocation"]) == 1


@pytest.mark.parametrize(
    ("instant", "offered"),
    [(OPENS_AT - TICK, False), (OPENS_AT, True), (CLOSES_AT - TICK, True), (CLOSES_AT, False)],
)
def test_job_posting_is_offered_exactly_while_the_round_is_open(client, at, instant, offered):
    make_round()
    at(instant)

    assert (posting_on(client.get(ROUND)) is not None) is offered


@pytest.mark.parametrize(
    "changes", [{"is_demonstration": True}, {"slug": "annual-2026"}, {"cancelled_at": AT}]
)
def test_what_nobody_can_have_is_no_job_posting(client, changes):
    round_ = make_round(**changes)

    assert posting_on(client.get(f"/rounds/{round_.slug}/")) is None


def test_job_posting_cannot_end_its_element(client):
    words = "</script><script>alert(1)</script> & <!--"
    make_round(summary=words)
    round_ = RecruitmentRound.objects.with_vacancies().get()

    text = posting.script(round_, AT)

    assert not set("<>&") & set(text)
    described = posting_on(client.get(ROUND))["description"]
    assert "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;!--" in described
    assert b"<script>alert(1)" not in client.get(ROUND).content


# --- All of them --------------------------------------------------------------------------------
