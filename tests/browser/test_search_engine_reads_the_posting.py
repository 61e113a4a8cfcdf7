"""The job posting of an open SEA round, as a browser finds it under the portal's strict policy."""

import pytest
from playwright.sync_api import Page

from positions.models import RecruitmentRound

pytestmark = pytest.mark.django_db(transaction=True)

LISTEN = """window.refused = [];
document.addEventListener("securitypolicyviolation",
    event => window.refused.push(event.violatedDirective));"""
READ = """() => JSON.parse(
    document.querySelector('script[type="application/ld+json"]').textContent)"""
ADD_ONE_THAT_RUNS = """() => new Promise(done => {
    document.addEventListener("securitypolicyviolation", () => setTimeout(done));
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
})"""


def test_policy_lets_data_be_and_stops_what_runs(page: Page, open_round: RecruitmentRound):
    page.add_init_script(LISTEN)

    answer = page.goto(f"/rounds/{open_round.slug}/")

    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert page.evaluate(READ)["@type"] == "JobPosting"
    assert page.evaluate("window.refused") == []
    page.evaluate(ADD_ONE_THAT_RUNS)
    assert page.evaluate("[window.ran ?? false, window.refused]") == [False, ["script-src-elem"]]
