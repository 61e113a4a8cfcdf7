import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from applications.domain.form import completeness, drafts, freezing
from applications.models import Application, FrozenAnswers, Status
from applications.models.answers import SENSITIVE
from applications.sections.registry import section_named
from tests.applicants import ENTRIES, SENT_AT, STARTED_AT, answers_for, make_application
from tests.factories import make_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def canonical(application: Application, digests: Mapping[str, str] | None = None) -> str:
    """Write the answers; digests of sensitive sections differ each time, unless they are given."""
    fresh = Application.objects.with_round().get(pk=application.pk)
    return freezing.canonical(completeness.load(fresh), digests or {})


def numbered(entries: list[dict[str, list[str]]]) -> list[dict[str, object]]:
    return [{"id": f"{n:08x}", "answers": answers} for n, answers in enumerate(entries, 1)]


def test_frozen_text_holds_every_answer_as_typed():
    application = make_application(status=Status.SUBMITTED)

    content = json.loads(application.frozen.canonical)

    sections = answers_for(application.round)
    for section, lists in ENTRIES.items():
        if section in sections:
            sections[section] |= {"entries": {name: numbered(each) for name, each in lists.items()}}
    assert content["sections"] == {k: v for k, v in sections.items() if k not in SENSITIVE}
    assert content["sealed"].keys() == set(SENSITIVE)
    assert content["documents"] == {
        document.slot: [document.sha256] for document in application.documents.all()
    }
    assert (content["round"], content["consulate"]) == ("sea-2025-summer", "new-york")
    assert (content["email"], content["application"]) == (application.email, str(application.key))


def test_frozen_text_is_canonical_and_the_same_whenever_it_is_written():
    application = make_application()
    text = canonical(application)

    content = json.loads(text)

    assert text == json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert text == canonical(application)


def test_what_the_round_does_not_ask_for_is_left_out():
    application = make_application(round_=make_round(slug="annual-2025"))
    application.sections.create(section="coaching", answers={"sport": ["?"]}, saved_at=STARTED_AT)

    assert "coaching" not in json.loads(canonical(application))["sections"]


def test_fingerprint_is_sha256_of_salt_and_text():
    text = '{"name":"Ana \U0001f3f9 弓道"}'

    digest = hashlib.sha256(b"00ff" + text.encode("utf-8")).hexdigest()

    assert freezing.fingerprint("00ff", text) == digest


def test_fingerprint_tells_one_changed_character_and_is_salted():
    application = make_application(status=Status.SUBMITTED)
    frozen = application.frozen
    intact = freezing.is_intact(frozen)

    frozen.canonical = frozen.canonical.replace("Lindqvist", "Lindqvjst")

    assert (intact, freezing.is_intact(frozen)) == (True, False)
    assert frozen.digest != hashlib.sha256(frozen.canonical.encode()).hexdigest()


def test_same_answers_of_two_people_have_different_salts():
    application = make_application()
    loaded = completeness.load(application)

    first = freezing.freeze(loaded, at=SENT_AT)
    salt, digest = first.salt, first.digest
    first.delete()
    second = freezing.freeze(loaded, at=SENT_AT)

    same = json.loads(first.canonical), json.loads(second.canonical)
    sealed = [content.pop("sealed") for content in same]
    assert same[0] == same[1]
    assert all(sealed[0][key] != sealed[1][key] for key in SENSITIVE)
    assert (salt, digest) != (second.salt, second.digest)


def test_saving_after_sending_changes_neither_answers_nor_frozen_text():
    application = make_application(status=Status.SUBMITTED)
    before = application.frozen.canonical

    with pytest.raises(drafts.NotEditable):
        drafts.save_section(
            application.key,
            "purpose",
            {"statement": ["Another one"]},
            by=application.applicant,
            at=SENT_AT,
        )

    digests = json.loads(before)["sealed"]
    assert canonical(application, digests) == before == FrozenAnswers.objects.get().canonical


def test_application_is_frozen_once():
    application = make_application(status=Status.SUBMITTED)
    loaded = completeness.load(application)

    with pytest.raises(IntegrityError), transaction.atomic():
        freezing.freeze(loaded, at=SENT_AT)


@pytest.mark.parametrize("wrong", [{"digest": "0" * 63}, {"digest": "G" * 64}, {"salt": "short"}])
def test_database_refuses_what_is_no_fingerprint(wrong):
    make_application(status=Status.SUBMITTED)

    with pytest.raises(IntegrityError), transaction.atomic():
        FrozenAnswers.objects.update(**wrong)


def corrected_purpose(application: Application, words: str, at=SENT_AT) -> FrozenAnswers:
    """Freeze another Statement of Purpose, as a correction does."""
    fresh = Application.objects.with_round().get(pk=application.pk)
    loaded = completeness.load(fresh)
    loaded.answers["purpose"].answers = {"statement": [words]}
    section = section_named(fresh.round, "purpose")
    return freezing.freeze_correction(fresh.frozen, loaded, section, at=at)


def test_correction_is_a_new_version_in_which_one_section_differs():
    application = make_application(status=Status.SUBMITTED)
    first = application.frozen

    second = corrected_purpose(application, "Archery, and calligraphy.")

    before, after = json.loads(first.canonical), json.loads(second.canonical)
    assert after["sections"].pop("purpose") == {"statement": ["Archery, and calligraphy."]}
    assert before["sections"].pop("purpose") != {}
    assert ["Statement of Purpose", "Archery, and calligraphy."] in [
        pair for _key, _title, shown in after["shown"] for pair in shown
    ]
    before["shown"] = [part for part in before["shown"] if part[0] != "purpose"]
    after["shown"] = [part for part in after["shown"] if part[0] != "purpose"]
    assert before == after
    assert (second.version, second.section, application.frozen) == (2, "purpose", second)
    assert freezing.is_intact(second)
    assert second.digest != first.digest


def test_superseded_version_stays_as_it_was_and_intact():
    application = make_application(status=Status.SUBMITTED)
    first = application.frozen

    corrected_purpose(application, "Another one.", at=SENT_AT + timedelta(days=1))

    kept = application.versions.get(version=1)
    assert (kept.canonical, kept.digest) == (first.canonical, first.digest)
    assert kept.superseded_at == SENT_AT + timedelta(days=1)
    assert freezing.is_intact(kept)


def test_correction_that_changes_nothing_makes_no_version():
    application = make_application(status=Status.SUBMITTED)
    same = answers_for(application.round)["purpose"]["statement"][0]

    assert corrected_purpose(application, same) == application.frozen
    assert application.versions.count() == 1


def test_request_that_arrived_before_another_was_written_still_follows_it():
    application = make_application(status=Status.SUBMITTED)
    later = corrected_purpose(application, "Two.", at=SENT_AT + timedelta(minutes=1))

    third = corrected_purpose(application, "Three.", at=SENT_AT)

    assert third.frozen_at == later.frozen_at
    assert [row.version for row in application.versions.order_by("version")] == [1, 2, 3]


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": 2},
        {"section": "purpose"},
        {"version": 0},
        {"superseded_at": SENT_AT - timedelta(seconds=1)},
    ],
)
def test_database_refuses_a_version_that_is_none(wrong):
    make_application(status=Status.SUBMITTED)

    with pytest.raises(IntegrityError), transaction.atomic():
        FrozenAnswers.objects.update(**wrong)
