"""Sensitive sections: sealed wherever they lie, read by their owner, complete with a consent."""

import base64
import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from applications.domain.errors import Overtaken, Unreadable
from applications.domain.form import completeness, drafts, freezing, limits, lists
from applications.domain.form.completeness import Progress
from applications.domain.form.submitted import as_submitted, for_owner, sensitive_parts
from applications.models import Application, FormSettings, SectionAnswers, Status
from applications.models.answers import SENSITIVE
from applications.sections.registry import SECTIONS, section_named
from applications.sections.sensitive import MEDICAL_ITEMS
from jetportal.parking import lot
from positions.models import RoundKind
from tests.applicants import ANSWERS, SENT_AT, STARTED_AT, add_documents, make_application, move
from tests.factories import make_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

MARK = "SECRETMARKEDWORD"
OURS, THEIRS = (base64.urlsafe_b64encode(letter * 32).decode() for letter in (b"o", b"t"))
MATTER = {
    "date": ["2012-05"],
    "place": ["Ohio"],
    "matter": [MARK],
    "outcome": ["Dismissed"],
    "explanation": [MARK],
}
MARKED = {
    "criminal": {"consent": ["1"], "record": ["yes"]},
    "medical": {**ANSWERS["medical"], "allergies_detail": [MARK]},
    "grounds": {"grounds": [MARK], "consent": ["1"]},
}


def loaded_of(application: Application) -> completeness.Loaded:
    return completeness.load(Application.objects.with_round().get(pk=application.pk))


def judged(application: Application, key: str) -> completeness.Judgement:
    loaded = loaded_of(application)
    return completeness.judge_section(loaded, section_named(loaded.asked.round, key))


def save(application: Application, section: str, answers: dict[str, list[str]], **more: object):
    return drafts.save_section(
        application.key, section, answers, by=application.applicant, at=STARTED_AT, **more
    )


def save_matter(application: Application, answers: dict[str, list[str]]) -> bool:
    place = ("criminal", "matters", "00000001")
    return lists.save_entry(
        application.key, *place, answers, by=application.applicant, at=STARTED_AT
    ).right


def marked(**changes: object) -> Application:
    """Return a draft that holds the marked word in every sensitive section."""
    application = make_application(**changes)
    for section, answers in MARKED.items():
        save(application, section, answers)
    save_matter(application, MATTER)
    add_documents(application)
    return application


def stored_text() -> str:
    """Return every value of every row of every table, as the database holds it."""
    with connection.cursor() as cursor:
        text = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            text.append(repr(cursor.fetchall()))
    return "\n".join(text)


@pytest.fixture
def lost_key(settings):
    """Return a function that takes our key away."""
    settings.SEALING_KEYS = [OURS]

    def lose() -> None:
        settings.SEALING_KEYS = [THEIRS]

    return lose


def test_registry_and_database_name_the_same_sensitive_sections():
    assert {section.key for section in SECTIONS if section.sensitive} == set(SENSITIVE)
    assert all(section.columns is None for section in SECTIONS if section.sensitive)


def test_no_table_shows_a_sensitive_answer_whatever_is_done():
    application = marked()
    lot.park("/somewhere/", {"explanation": [MARK]}, at=STARTED_AT)
    while_draft = stored_text()
    move(application, Status.SUBMITTED, at=SENT_AT)

    assert "I coach archery" in while_draft  # there is something to see
    assert MARK not in while_draft
    assert MARK not in stored_text()


@pytest.mark.parametrize("section", SENSITIVE)
def test_sensitive_answers_come_back_as_typed(section):
    application = marked()
    loaded = loaded_of(application)

    assert loaded.typed(section_named(application.round, section)) == MARKED[section]
    if section == "criminal":
        entries = loaded.entries(section_named(application.round, section))
        assert [entry["answers"] for entry in entries["matters"]] == [MATTER]


@pytest.mark.parametrize(
    ("section", "changes"),
    [
        ("criminal", {"sealed": ""}),
        ("criminal", {"answers": {"record": ["no"]}}),
        ("medical", {"entries": {"matters": []}}),
        ("purpose", {"sealed": "x"}),
    ],
)
def test_database_refuses_what_is_not_sealed(section, changes):
    rows = marked().sections.filter(section=section)

    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**changes)


def test_older_page_does_not_overwrite_sealed_answers():
    application = make_application()
    before = judged_version(application, "grounds")
    save(application, "grounds", MARKED["grounds"], seen=before)

    with pytest.raises(Overtaken):
        save(application, "grounds", {"grounds": ["Another"]}, seen=before)
    assert save(application, "grounds", MARKED["grounds"], seen=before).complete


def judged_version(application: Application, section: str) -> int:
    return SectionAnswers.objects.get(application=application, section=section).version


# --- What no key opens --------------------------------------------------------------------------


@pytest.mark.parametrize("section", SENSITIVE)
def test_what_no_key_opens_is_named_and_never_overwritten(lost_key, section):
    application = marked()
    before = SectionAnswers.objects.get(application=application, section=section).sealed
    lost_key()

    part = judged(application, section)
    with pytest.raises(Unreadable) as refusal:
        save(application, section, {**MARKED[section]})

    assert part.progress is Progress.TO_MEND
    assert [words for _label, words in part.problems] == [completeness.UNREADABLE]
    assert refusal.value.typed == MARKED[section]
    assert SectionAnswers.objects.get(application=application, section=section).sealed == before


def test_entry_of_a_list_that_no_key_opens_is_never_overwritten(lost_key):
    application = marked()
    lost_key()

    with pytest.raises(Unreadable):
        save_matter(application, MATTER)
    with pytest.raises(Unreadable):
        lists.remove_entry(
            application.key,
            *("criminal", "matters", "00000001"),
            by=application.applicant,
            at=STARTED_AT,
        )


def test_pages_say_plainly_that_a_part_cannot_be_opened(lost_key):
    application = marked()
    client = Client()
    client.force_login(application.applicant)
    page = reverse("applications:section", args=[application.key, "criminal"])
    entry = reverse("applications:entry", args=[application.key, "criminal", "matters", "00000001"])
    lost_key()

    shown = client.get(page)
    refused = client.post(page, {"record": "no", "version": "1"})
    alone = client.post(reverse("applications:autosave", args=[application.key, "criminal"]), {})
    other = client.post(entry, {"explanation": MARK})
    tasks = client.get(reverse("applications:tasks", args=[application.key]))
    check = client.get(reverse("applications:check", args=[application.key]))

    assert "cannot be opened now" in shown.content.decode()
    assert '<dd><span class="as-typed" dir="auto">No</span></dd>' in refused.content.decode()
    assert "refused" in alone.json()
    assert MARK in other.content.decode()
    statuses = [page.status_code for page in (shown, refused, alone, other, tasks, check)]
    assert statuses == [409, 409, 409, 409, 200, 200]
    assert client.get(entry)["Location"].startswith(page)


# --- Complete or not ----------------------------------------------------------------------------


def test_part_without_consent_is_kept_and_not_complete():
    application = make_application()

    part = save(application, "criminal", {"record": ["no"]})

    assert part.progress is Progress.IN_PROGRESS
    assert len(part.problems) == 1
    typed = loaded_of(application).typed(section_named(application.round, "criminal"))
    assert typed == {"record": ["no"]}


def test_record_asks_for_a_matter_and_none_asks_for_none():
    application = make_application()

    without = save(application, "criminal", {"consent": ["1"], "record": ["yes"]})
    save_matter(application, MATTER)
    complete = judged(application, "criminal")
    contrary = save(application, "criminal", {"consent": ["1"], "record": ["no"]})

    assert [without.complete, complete.complete, contrary.complete] == [False, True, False]


def test_every_yes_about_health_asks_for_details():
    application = make_application()
    answers = {"consent": ["1"], **{item.key: ["yes"] for item in MEDICAL_ITEMS}}

    part = save(application, "medical", answers)

    assert len(part.problems) == len(MEDICAL_ITEMS) == 7
    assert {words for _label, words in part.problems} == {"Write in a few words what it is"}
    form = loaded_of(application).form(section_named(application.round, "medical"))
    assert form.says_yes()


@pytest.mark.parametrize(
    ("answers", "complete"),
    [
        ({}, True),
        ({"consent": ["1"]}, True),
        ({"grounds": ["A hospital"]}, False),
        ({"grounds": ["A hospital"], "consent": ["1"]}, True),
        ({"grounds": ["A hospital"], "consent": ["0"]}, False),
    ],
)
def test_grounds_need_a_consent_where_there_are_some(answers, complete):
    assert save(make_application(), "grounds", answers).complete is complete


@pytest.mark.parametrize("kind", RoundKind.values)
def test_both_kinds_of_round_ask_for_all_three(kind):
    round_ = make_round(slug=f"{kind}-2025")

    assert all(section_named(round_, key) for key in SENSITIVE)


# --- Frozen -------------------------------------------------------------------------------------


def test_frozen_text_holds_digests_alone_and_needs_no_key(lost_key):
    application = marked()
    move(application, Status.SUBMITTED, at=SENT_AT)
    frozen = application.frozen
    opened = freezing.opened(frozen)
    lost_key()

    content = json.loads(frozen.canonical)

    assert content["sections"].keys().isdisjoint(SENSITIVE)
    assert [shown for key, _title, shown in content["shown"] if key in SENSITIVE] == [[]] * 3
    assert freezing.is_intact(frozen)
    assert MARK in str(opened)
    assert freezing.opened(frozen) is None


def test_sealed_part_of_another_application_is_not_believed():
    application = marked()
    move(application, Status.SUBMITTED, at=SENT_AT)
    frozen = application.frozen
    loaded = loaded_of(application)

    frozen.sealed = freezing.set_apart(loaded).token  # the same answers, with other salts

    assert sensitive_parts(frozen) is None


def test_correction_of_another_part_keeps_the_sealed_one():
    application = marked()
    move(application, Status.SUBMITTED, at=SENT_AT)
    first, loaded = application.frozen, loaded_of(application)
    purpose = section_named(application.round, "purpose")
    loaded.answers["purpose"].answers = {"statement": ["Another one."]}

    second = freezing.freeze_correction(first, loaded, purpose, at=SENT_AT)

    assert second.version == 2
    assert freezing.opened(second) == freezing.opened(first)
    assert MARK in str(freezing.opened(second))


def test_owner_reads_what_was_sent_and_reviewers_do_not():
    application = marked()
    move(application, Status.SUBMITTED, at=SENT_AT)
    sent = as_submitted(application)

    own = {part.key: part for part in for_owner(sent)}

    assert MARK not in str(sent.parts) + str(sent.loaded.answers)
    assert {part.key for part in sent.parts if part.apart} == set(SENSITIVE)
    assert all(MARK in str(own[key].answers) for key in SENSITIVE)


def test_part_that_no_key_opens_is_shown_as_kept(lost_key):
    application = marked()
    move(application, Status.SUBMITTED, at=SENT_AT)
    client = Client()
    client.force_login(application.applicant)
    lost_key()

    page = client.get(reverse("applications:answers", args=[application.key]))

    assert page.content.decode().count("They are stored, and cannot be shown here now.") == 3


# --- The questions about health are a setting ---------------------------------------------------


def items(*changes: dict[str, object]) -> list[dict[str, object]]:
    return [{"key": item.key, "words": item.words} for item in MEDICAL_ITEMS[:1]] + list(changes)


def test_item_keeps_its_answer_when_its_words_change_or_it_is_asked_no_more():
    application = make_application()
    settings = FormSettings.objects.create(round=application.round, medical_items=items())
    asked = {"key": "allergies", "words": "Is there anything you cannot eat?"}

    settings.medical_items = items(asked)
    settings.save()
    reworded = loaded_of(application).form(section_named(application.round, "medical"))
    settings.medical_items = items({**asked, "asked": False})
    settings.save()
    retired = loaded_of(application).form(section_named(application.round, "medical"))
    fresh = section_named(application.round, "medical").bind({}, loaded_of(application).asked)

    assert str(reworded.fields["allergies"].label) == "Is there anything you cannot eat?"
    assert retired["allergies"].value() == "yes"
    assert "allergies" not in fresh.fields
    assert "hospital" not in retired.fields


def test_limit_of_details_is_set_for_all_of_them():
    application = make_application()
    limits.set_limits(application.round, {"medical.detail": 20})

    part = judged(application, "medical")

    assert [words for _label, words in part.problems] == [
        "15 characters over the limit of 20. All of it is kept; shorten it before you send"
    ]


@pytest.mark.parametrize("section", SENSITIVE)
def test_sealed_parts_stay_in_the_budget_of_a_part(section, django_assert_max_num_queries):
    application = marked()
    client = Client()
    client.force_login(application.applicant)
    page = reverse("applications:section", args=[application.key, section])
    version = judged_version(application, section)

    with django_assert_max_num_queries(8):
        client.get(page)
    with django_assert_max_num_queries(10):
        client.post(page, {**MARKED[section], "version": version})
