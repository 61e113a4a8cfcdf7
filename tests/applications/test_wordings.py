"""Which wording somebody agreed to is kept, and a newer one is asked for again."""

import json

import pytest

from applications.domain.form import completeness, drafts
from applications.domain.form.answers import section_answers
from applications.domain.form.completeness import Progress
from applications.domain.form.freezing import canonical
from applications.models import Application
from applications.sections.registry import section_named
from applications.sections.wordings import WORDINGS, Agreement, Wording, current
from tests.applicants import ANSWERS, STARTED_AT, make_application

pytestmark = pytest.mark.django_db
NEWER = Wording("2", "Everything here is true, and I have read it twice.")
TICKED = {**ANSWERS["declarations"], "all_true": ["1"]}


@pytest.fixture
def newer_wording(monkeypatch):
    """Let the program ask for another wording from now on."""
    versions = (*WORDINGS["all_true"], NEWER)
    return lambda: monkeypatch.setitem(WORDINGS, "all_true", versions)


def saved(answers: dict[str, list[str]]) -> Application:
    application = make_application()
    by, key = application.applicant, application.key
    drafts.save_section(key, "declarations", answers, by=by, at=STARTED_AT)
    return application


def judged(application: Application) -> completeness.Judgement:
    section = section_named(application.round, "declarations")
    return completeness.judge_section(completeness.load(application), section)


@pytest.mark.parametrize("key", WORDINGS)
def test_versions_of_a_wording_are_named_once(key):
    versions = [wording.version for wording in WORDINGS[key]]

    assert len(set(versions)) == len(versions) > 0
    assert versions[0] == "1"


@pytest.mark.parametrize(
    ("value", "agrees", "words"),
    [
        ("1", True, "Yes, wording 1"),
        ("on", True, "Yes, wording 1"),
        ("2", False, "No"),
        ("", False, "No"),
        (None, False, "No"),
        ("yes", False, "No"),
    ],
)
def test_agreement_counts_for_the_version_it_names(value, agrees, words):
    field = Agreement("all_true")

    assert field.agreed(value) is agrees
    assert field.in_words(value) == words


def test_agreed_version_is_stored_and_frozen():
    application = saved(TICKED)

    frozen = json.loads(canonical(completeness.load(application), {}))

    assert frozen["sections"]["declarations"]["all_true"] == ["1"]
    shown = next(answers for key, _title, answers in frozen["shown"] if key == "declarations")
    assert [current("all_true").text, "Yes, wording 1"] in shown


def test_page_offers_the_present_version(client):
    application = saved(TICKED)
    client.force_login(application.applicant)

    page = client.get(f"/applications/{application.key}/declarations/").content.decode()

    assert '<input type="checkbox" name="all_true" value="1"' in page
    assert "Its wording has changed" not in page


def test_changed_wording_asks_the_draft_again(client, newer_wording):
    application = saved(TICKED)
    assert judged(application).complete
    newer_wording()

    judgement = judged(application)

    words = "Its wording has changed since you ticked it. Read it, and tick it again"
    assert judgement.problems == ((NEWER.text, words),)
    assert judgement.progress is Progress.IN_PROGRESS
    client.force_login(application.applicant)
    page = client.get(f"/applications/{application.key}/declarations/").content.decode()
    box = page[page.index('name="all_true"') :].partition(">")[0]
    assert 'value="2"' in box
    assert "checked" not in box


def test_page_of_the_earlier_wording_does_not_agree_to_the_newer_one(newer_wording):
    newer_wording()
    application = saved(TICKED)

    assert not judged(application).complete
    agree = {**TICKED, "all_true": ["2"]}
    by, key = application.applicant, application.key
    assert drafts.save_section(key, "declarations", agree, by=by, at=STARTED_AT).complete


def test_earlier_agreement_is_named_where_answers_are_read(newer_wording):
    application = saved(TICKED)
    newer_wording()
    section = section_named(application.round, "declarations")

    answers = section_answers(completeness.load(application), section)

    assert next(answer.words for answer in answers if answer.label == NEWER.text) == (
        "Yes, wording 1"
    )
