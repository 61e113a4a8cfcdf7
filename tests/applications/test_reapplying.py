"""A new application from an earlier one: what is copied, what is anew, what is checked again."""

from datetime import timedelta

import pytest
from django.test import Client

from applications.domain import corrections, workflow
from applications.domain.errors import NotAccepting
from applications.domain.form import completeness, drafts, reapplying
from applications.domain.form.completeness import Progress
from applications.models import Application, SectionAnswers, Status
from applications.sections.registry import sections_for
from positions.models import RecruitmentRound
from tests.applicants import (
    ANSWERS,
    SENT_AT,
    STARTED_AT,
    add_documents,
    answers_for,
    make_application,
    make_user,
    name_referees,
)
from tests.factories import CLOSES_AT, OPENS_AT, make_round

pytestmark = pytest.mark.django_db

LATER = STARTED_AT + timedelta(days=1)
NOT_COPIED = {"declarations", "criminal", "medical", "grounds"}


@pytest.fixture
def next_round() -> RecruitmentRound:
    return make_round(slug="sea-2025-winter")


@pytest.fixture
def earlier() -> Application:
    return make_application(round_=make_round())


def started(earlier: Application, round_: RecruitmentRound) -> Application:
    by = earlier.applicant
    return reapplying.start_from(earlier.key, round_slug=round_.slug, by=by, at=LATER)


def rows(application: Application) -> dict[str, SectionAnswers]:
    return {row.section: row for row in application.sections.all()}


def judged(application: Application) -> dict[str, completeness.Judgement]:
    fresh = Application.objects.with_round().get(pk=application.pk)
    return {part.key: part for part in completeness.judge(completeness.load(fresh))}


def test_answers_and_entries_are_copied(earlier, next_round):
    draft = started(earlier, next_round)

    old, new = rows(earlier), rows(draft)
    asked = {section.key for section in sections_for(next_round)}
    with_something = {key for key, row in old.items() if row.answers or row.entries}
    assert set(new) == (with_something & asked) - NOT_COPIED - {"position"}
    for key, row in new.items():
        assert (row.answers, row.is_copied, row.saved_at) == (old[key].answers, True, LATER)
    assert [e["answers"] for e in new["coaching"].entries["qualifications"]] == [
        e["answers"] for e in old["coaching"].entries["qualifications"]
    ]
    assert (draft.status, draft.applicant) == (Status.DRAFT, earlier.applicant)
    fresh = Application.objects.get(pk=draft.pk)
    assert (fresh.consulate_id, fresh.family_name_folded) == ("new-york", "lindqvist-moreno")


def test_documents_declarations_and_sensitive_answers_are_not_copied(earlier, next_round):
    draft = started(earlier, next_round)

    assert earlier.documents.exists()
    assert not draft.documents.exists()
    assert NOT_COPIED & set(rows(draft)) == set()


def test_copied_part_counts_once_it_is_saved(earlier, next_round):
    draft = started(earlier, next_round)
    before = judged(draft)["contact"]

    words = "This comes from your earlier application. Read it and save it"
    assert before.problems == (("Check again", words),)
    assert before.progress is Progress.IN_PROGRESS
    by = draft.applicant
    drafts.save_section(draft.key, "contact", ANSWERS["contact"], by=by, at=LATER)
    assert judged(draft)["contact"].complete
    assert not rows(draft)["contact"].is_copied


def test_copied_draft_cannot_be_sent_unread(earlier, next_round):
    draft = started(earlier, next_round)
    add_documents(draft)

    with pytest.raises(workflow.Incomplete) as refusal:
        workflow.submit(draft.key, by=draft.applicant, received_at=LATER, recorded_at=LATER)

    assert "Contact" in str(refusal.value)


def test_agreements_and_rules_to_know_are_asked_anew():
    first = make_round(slug="annual-2025")
    old = make_application(round_=first)
    cir = first.vacancies.get(position_id="CIR").key
    answers = {"vacancy": [cir], "consider_alt": ["no"], "rule_read": ["on"]}
    drafts.save_section(old.key, "position", answers, by=old.applicant, at=STARTED_AT)
    second = make_round(slug="annual-2026")

    draft = started(old, second)

    copied = rows(draft)
    here = second.vacancies.get(position_id="CIR").key
    assert copied["position"].answers == {"vacancy": [here], "consider_alt": ["no"]}
    assert Application.objects.get(pk=draft.pk).position_id == "CIR"
    assert "understood" not in copied["wishes"].answers
    assert copied["wishes"].answers["first"] == ["Ehime"]


def test_what_the_new_round_does_not_ask_is_left_out(earlier):
    draft = started(earlier, make_round(slug="annual-2026"))

    assert "coaching" not in rows(draft)
    assert "position" not in rows(draft)  # an SEA post is none of its positions
    assert not judged(draft)["position"].complete


def test_what_no_longer_fits_is_kept_and_said(earlier):
    tight = make_round(slug="sea-2026-summer", purpose_max_words=3)

    draft = started(earlier, tight)

    problems = judged(draft)["purpose"].problems
    assert problems[0][0] == "Check again"
    assert "over the limit of 3" in problems[1][1]
    assert rows(draft)["purpose"].answers == ANSWERS["purpose"]


def test_answers_of_what_was_sent_come_as_they_were_frozen(next_round):
    sent = make_application(status=Status.SUBMITTED, round_=make_round())
    SectionAnswers.objects.filter(application=sent, section="contact").update(answers={})

    draft = started(sent, next_round)

    assert rows(draft)["contact"].answers == ANSWERS["contact"]
    assert NOT_COPIED & set(rows(draft)) == set()


def test_correction_is_what_is_copied(next_round):
    sent = make_application(status=Status.SUBMITTED, round_=make_round())
    changed = {**ANSWERS["contact"], "phone": ["+1 808 555 0199"]}
    corrections.change_contact(sent.key, changed, by=sent.applicant, at=SENT_AT)

    draft = started(sent, next_round)

    assert rows(draft)["contact"].answers["phone"] == ["+1 808 555 0199"]


def test_second_click_changes_nothing(earlier, next_round):
    first = started(earlier, next_round)
    drafts.save_section(first.key, "heard", {"way": ["web"]}, by=first.applicant, at=LATER)

    second = started(earlier, next_round)

    assert second == first
    assert rows(first)["heard"].answers == {"way": ["web"]}


def test_draft_that_was_begun_is_opened_as_it_is(earlier, next_round):
    begun = drafts.start(next_round.slug, by=earlier.applicant, at=LATER)
    drafts.save_section(begun.key, "heard", {"way": ["web"]}, by=begun.applicant, at=LATER)

    assert started(earlier, next_round) == begun
    assert set(rows(begun)) == {"heard"}


def test_application_of_another_is_not_there(earlier, next_round):
    other = make_user("other@example.org")

    with pytest.raises(Application.DoesNotExist):
        reapplying.start_from(earlier.key, round_slug=next_round.slug, by=other, at=LATER)
    assert not Application.objects.filter(round=next_round).exists()


def test_round_that_takes_none_copies_nothing(earlier, next_round):
    by = earlier.applicant

    with pytest.raises(NotAccepting):
        reapplying.start_from(earlier.key, round_slug=next_round.slug, by=by, at=CLOSES_AT)
    assert Application.objects.count() == 1


@pytest.fixture
def on_time(time_machine):
    time_machine.move_to(OPENS_AT + timedelta(days=3), tick=False)


def test_page_of_starting_offers_earlier_applications(client: Client, on_time, earlier, next_round):
    client.force_login(earlier.applicant)
    address = f"/applications/start/{next_round.slug}/"

    page = client.get(address).content.decode()
    answer = client.post(f"{address}from/", {"source": str(earlier.key)})

    assert "Start from my earlier application" in page
    assert "Not copied: documents" in page
    draft = Application.objects.get(round=next_round)
    assert answer["Location"] == f"/applications/{draft.key}/"
    section = client.get(f"/applications/{draft.key}/contact/").content.decode()
    assert "This comes from your earlier application" in section
    tasks = client.get(f"/applications/{draft.key}/").content.decode()
    assert "Check again" in tasks


def test_page_of_starting_offers_nothing_to_whoever_has_none(client: Client, on_time, next_round):
    client.force_login(make_user())

    page = client.get(f"/applications/start/{next_round.slug}/").content.decode()

    assert "Start my application" in page
    assert "earlier application" not in page


@pytest.mark.parametrize("source", ["", "nonsense", "0" * 32 + "1"])
def test_choice_that_is_none_leads_back(client: Client, on_time, next_round, source):
    client.force_login(make_user())
    address = f"/applications/start/{next_round.slug}/"

    assert client.post(f"{address}from/", {"source": source})["Location"] == address


def test_somebody_elses_application_answers_like_none(client: Client, on_time, earlier, next_round):
    client.force_login(make_user("other@example.org"))
    address = f"/applications/start/{next_round.slug}/from/"

    assert client.post(address, {"source": str(earlier.key)}).status_code == 404


def test_every_section_of_a_copied_draft_can_be_saved_and_sent(earlier, next_round):
    draft = started(earlier, next_round)
    by = draft.applicant
    for section, answers in answers_for(next_round).items():
        drafts.save_section(draft.key, section, answers, by=by, at=LATER)
    add_documents(draft)
    name_referees(draft)

    workflow.submit(draft.key, by=by, received_at=SENT_AT, recorded_at=SENT_AT)

    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED
