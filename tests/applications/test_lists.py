"""Entries of lists: kept as typed, in their order, each on its own page."""

import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications.domain.errors import (
    EntryOvertaken,
    ListFull,
    NotEditable,
    UnknownEntry,
    UnknownSection,
)
from applications.domain.form import completeness, drafts, lists, submitted
from applications.domain.form.completeness import Judgement, Progress
from applications.models import Application, SectionAnswers, Status
from applications.sections.entries import Shift
from tests.applicants import ENTRIES, SENT_AT, STARTED_AT, make_application, make_user, move

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

QUALIFICATION = ENTRIES["coaching"]["qualifications"][0]
PLACE = ("coaching", "qualifications")


@pytest.fixture
def ana(client: Client):
    with time_machine.travel(SENT_AT, tick=False):
        client.force_login(make_user())
        yield client


def save(application: Application, number: int, place=PLACE, seen=None, **answers: str) -> bool:
    sent = {**QUALIFICATION, **{name: [value] for name, value in answers.items()}}
    return lists.save_entry(
        application.key,
        *place,
        f"{number:08x}",
        sent,
        by=application.applicant,
        at=STARTED_AT,
        seen=seen,
    ).right


def stored(application: Application) -> list[tuple[int, str]]:
    """Return id and issuing body of each qualification that is in the list."""
    row = application.sections.get(section="coaching")
    entries = [entry for entry in row.entries["qualifications"] if not entry.get("removed")]
    return [(int(entry["id"], 16), entry["answers"]["body"][0]) for entry in entries]


def coaching(application: Application) -> Judgement:
    fresh = Application.objects.with_round().get(pk=application.pk)
    judged = completeness.judge(completeness.load(fresh))
    return next(part for part in judged if part.key == "coaching")


def address(name: str, application: Application, *more: object) -> str:
    return reverse(f"applications:{name}", args=[application.key, *PLACE, *more])


def section(application: Application) -> str:
    return reverse("applications:section", args=[application.key, "coaching"])


def test_entries_stand_in_the_order_they_were_added_and_are_kept_as_typed():
    application = make_application()

    right = save(application, 2, body="World Archery")
    wrong = save(application, 3, body="\n x ", issued="May 2021")

    assert (right, wrong) == (True, False)
    assert stored(application) == [(1, "USA Archery"), (2, "World Archery"), (3, "\n x ")]


def test_page_sent_twice_makes_one_entry_and_the_later_words_count():
    application = make_application()

    save(application, 2, body="First")
    save(application, 2, body="Second")

    assert stored(application)[1:] == [(2, "Second")]


def test_saving_counts_in_the_version_of_the_section():
    application = make_application()
    before = application.sections.get(section="coaching").version

    save(application, 2)

    assert application.sections.get(section="coaching").version == before + 1


def test_wrong_entry_is_named_by_its_number_and_keeps_the_section_open():
    application = make_application()
    save(application, 2, issued="May 2021", level="")

    part = coaching(application)

    assert part.progress is Progress.TO_MEND
    assert part.problems == (
        ("Qualification 2", "Level: Write the level or its name"),
        ("Qualification 2", "Issued: Write year and month, for example 2021-09"),
    )


def test_end_before_the_beginning_is_told():
    application = make_application()

    save(application, 1, issued="2021-05", expires="2021-04")

    assert coaching(application).problems == (
        ("Qualification 1", "Expires: This is before “Issued”. Check the two"),
    )


def test_list_takes_as_many_as_its_limit_and_keeps_what_was_typed_for_one_more():
    application = make_application()
    for number in range(2, 11):
        save(application, number)

    with pytest.raises(ListFull, match="This list takes 10 entries") as refusal:
        save(application, 11, body="One more")

    assert refusal.value.typed["body"] == ["One more"]
    assert len(stored(application)) == 10
    save(application, 10, body="A full list can be changed")


def test_removed_entry_leaves_the_judgement_and_can_be_brought_back(ana):
    application = make_application()
    save(application, 2, body="World Archery")

    ana.post(address("remove_entry", application, "00000001"))
    without = stored(application)
    page = ana.get(section(application)).content.decode()
    ana.post(section(application), {"sport": "Judo", "then": "bring-back/qualifications/00000001"})

    assert without == [(2, "World Archery")]
    assert "Bring it back" in page
    assert stored(application) == [(1, "USA Archery"), (2, "World Archery")]
    assert application.sections.get(section="coaching").answers == {"sport": ["Judo"]}


def test_only_the_last_removed_entry_is_remembered():
    application = make_application()
    by, at = application.applicant, STARTED_AT
    save(application, 2)

    for number in ("00000001", "00000002"):
        lists.remove_entry(application.key, *PLACE, number, by=by, at=at)

    entries = application.sections.get(section="coaching").entries["qualifications"]
    assert [(entry["id"], entry["removed"]) for entry in entries] == [("00000002", True)]
    assert coaching(application).problems == (
        (
            "Coaching qualifications",
            "Add a qualification here, or experience below: one is needed",
        ),
    )


@pytest.mark.parametrize(
    ("button", "order"),
    [
        ("up/qualifications/00000003", [1, 3, 2]),
        ("down/qualifications/00000001", [2, 1, 3]),
        ("up/qualifications/00000001", [1, 2, 3]),
        ("down/qualifications/00000003", [1, 2, 3]),
        ("up/qualifications/0000000f", [1, 2, 3]),
    ],
)
def test_entry_moves_by_one_place_and_not_over_the_ends(ana, button, order):
    application = make_application()
    for number in (2, 3):
        save(application, number)

    answer = ana.post(section(application), {"sport": "Archery", "then": button})

    assert answer["Location"] == f"{section(application)}#qualifications"
    assert [number for number, _ in stored(application)] == order


@pytest.mark.parametrize(
    "button", ["", "fly/qualifications/00000001", "up/nothing/1", "change/qualifications/../x", "/"]
)
def test_button_that_is_not_there_is_a_plain_save(ana, button):
    application = make_application()

    answer = ana.post(section(application), {"sport": "Judo", "then": button})

    after = reverse("applications:after", args=[application.key, "coaching"])
    assert answer["Location"] == after
    assert application.sections.get(section="coaching").answers == {"sport": ["Judo"]}


def test_button_to_another_page_saves_what_was_typed_first(ana):
    application = make_application()

    answer = ana.post(section(application), {"sport": "Judo", "then": "add/qualifications"})

    assert answer["Location"] == address("add_entry", application)
    assert application.sections.get(section="coaching").answers == {"sport": ["Judo"]}


def test_older_page_of_an_entry_overwrites_nothing_and_shows_both():
    application = make_application()
    save(application, 1, seen=1, body="Newer")

    with pytest.raises(EntryOvertaken) as refusal:
        save(application, 1, seen=1, body="Older")

    assert refusal.value.typed["body"] == ["Older"]
    assert stored(application) == [(1, "Newer")]


def test_older_page_of_an_entry_is_asked_to_choose(ana):
    application = make_application()
    save(application, 1, body="Newer")

    answer = ana.post(address("entry", application, "00000001"), {"body": "Older", "version": "1"})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Newer" in page
    assert "Older" in page


@pytest.mark.parametrize(
    ("place", "entry_id", "refusal"),
    [
        (("nothing", "qualifications"), "00000001", UnknownSection),
        (("coaching", "nothing"), "00000001", UnknownSection),
        (("coaching", "qualifications"), "G0000001", UnknownEntry),
        (("coaching", "qualifications"), "0" * 9, UnknownEntry),
    ],
)
def test_entry_of_nothing_is_refused(place, entry_id, refusal):
    application = make_application(filled=False)

    with pytest.raises(refusal):
        lists.save_entry(
            application.key, *place, entry_id, {}, by=application.applicant, at=STARTED_AT
        )

    assert not SectionAnswers.objects.exists()


def test_entries_of_what_was_sent_are_fixed(ana):
    application = make_application(status=Status.SUBMITTED)

    with pytest.raises(NotEditable):
        save(application, 2)
    with pytest.raises(NotEditable):
        lists.remove_entry(
            application.key, *PLACE, "00000001", by=application.applicant, at=SENT_AT
        )
    pages = [ana.get(address(*page)) for page in pages_of(application)]
    assert {page["Location"] for page in pages} == {
        reverse("applications:receipt", args=[application.key])
    }


def pages_of(application: Application):
    return [
        ("add_entry", application),
        ("entry", application, "00000001"),
        ("remove_entry", application, "00000001"),
    ]


def test_what_was_sent_holds_its_entries_in_order_and_nothing_that_was_removed():
    application = make_application()
    save(application, 2, body="World Archery")
    save(application, 3, body="Taken out")
    by = application.applicant
    lists.remove_entry(application.key, *PLACE, "00000003", by=by, at=STARTED_AT)
    shift = ("qualifications", "00000002", Shift.UP)
    sport = {"sport": ["Archery"]}
    drafts.save_section(application.key, "coaching", sport, by=by, at=STARTED_AT, shift=shift)
    move(application, Status.SUBMITTED, at=SENT_AT)

    sent = submitted.as_submitted(Application.objects.with_round().get(pk=application.pk))

    part = next(part for part in sent.parts if part.key == "coaching")
    assert [(answer.label, answer.words) for answer in part.answers if answer.words] == [
        ("Your sport", "Archery"),
        ("Qualification 1: Issuing body", "World Archery"),
        ("Qualification 1: Level", "Level 3 coach"),
        ("Qualification 1: Issued", "2021-05"),
        ("Qualification 1: Expires", "2027-05"),
        ("Qualification 2: Issuing body", "USA Archery"),
        ("Qualification 2: Level", "Level 3 coach"),
        ("Qualification 2: Issued", "2021-05"),
        ("Qualification 2: Expires", "2027-05"),
        *((title, "None") for title in ("Coaching experience", "Competition record")),
        ("First aid and safeguarding", "None"),
    ]
    row = sent.loaded.answers["coaching"]
    assert [entry["id"] for entry in row.entries["qualifications"]] == ["00000002", "00000001"]


def test_text_of_the_time_before_lists_is_shown_counts_and_can_be_changed(ana):
    application = make_application()
    before = {"sport": ["Archery"], "experience": ["Five years with a school team."]}
    application.sections.filter(section="coaching").update(answers=before, entries={})

    page = ana.get(section(application)).content.decode()

    assert coaching(application).complete
    assert "Five years with a school team." in page
    ana.post(section(application), {name: value[0] for name, value in before.items()})
    assert application.sections.get(section="coaching").answers == before
    ana.post(section(application), {"sport": "Archery", "experience": ""})
    assert "as you wrote it before" not in ana.get(section(application)).content.decode()


@pytest.mark.parametrize("name", ["entry", "remove_entry"])
def test_entry_that_is_not_there_is_not_found(ana, name):
    application = make_application()

    assert ana.get(address(name, application, "0000000f")).status_code == 404
    assert ana.post(address("remove_entry", application, "0000000f")).status_code == 404


def test_new_entry_that_is_wrong_stays_on_its_page_with_its_words(ana):
    application = make_application()
    page = ana.get(address("add_entry", application)).content.decode()
    action = re.search(r'action="([^"]+/qualifications/[0-9a-f]{8}/)"', page)[1]

    answer = ana.post(action, {"body": "World Archery", "version": "0"}, follow=True)

    page = answer.content.decode()
    assert answer.redirect_chain == [(action, 302)]
    assert "Error: Qualification 2" in page
    assert "Write the level or its name" in page
    assert 'value="World Archery"' in page


def test_full_list_says_so_and_leads_back(ana):
    application = make_application()
    for number in range(2, 11):
        save(application, number)

    answer = ana.get(address("add_entry", application), follow=True)
    late = ana.post(address("entry", application, "0000000f"), {"body": "One more"})

    assert "yours is full" in answer.content.decode()
    assert late.status_code == 409
    assert "One more" in late.content.decode()


@pytest.mark.parametrize("entries", [1, 3])
def test_pages_cost_the_same_whatever_the_number_of_entries(
    ana, entries, django_assert_num_queries
):
    application = make_application()
    for number in range(2, entries + 1):
        save(application, number)
    keys = [application.key]

    with django_assert_num_queries(8):
        ana.get(section(application))
    for page, queries in zip(pages_of(application), (7, 8, 7), strict=True):
        with django_assert_num_queries(queries):
            ana.get(address(*page))
    with django_assert_num_queries(10):
        ana.get(reverse("applications:check", args=keys))
    with django_assert_num_queries(10):  # two of them are the test's own savepoint
        ana.post(address("entry", application, "00000001"), {"body": "New", "version": "1"})
