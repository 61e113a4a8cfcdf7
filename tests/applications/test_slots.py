"""Which documents are asked of whom: the table of the program, line by line."""

from dataclasses import replace

import pytest

from applications.domain.files import slots
from applications.domain.files.slots import Ask
from applications.domain.form import completeness, drafts, rules
from applications.models import Application, Scan, Slot
from applications.sections.rules import defaults
from positions.models import RecruitmentRound
from tests.applicants import STARTED_AT, add_document, answers_for, make_application
from tests.factories import make_round

pytestmark = pytest.mark.django_db

ANNUAL_ROUND, SEA_ROUND = "annual-2026", "sea-2026-summer"


def draft(slug: str) -> Application:
    return make_application(round_=make_round(slug=slug), filled=False)


def answer(application: Application, section: str, **changes: str) -> None:
    known = answers_for(application.round).get(section, {})
    typed = known | {name: [value] for name, value in changes.items()}
    drafts.save_section(application.key, section, typed, by=application.applicant, at=STARTED_AT)


def asked(application: Application) -> dict[Slot, Ask]:
    fresh = Application.objects.with_round().get(pk=application.pk)
    return {state.slot: state.ask for state in slots.states(completeness.load(fresh))}


def why(application: Application, slot: Slot) -> str:
    return slots.state(completeness.load(application), slot).why


def test_every_slot_has_one_line_in_the_table_in_its_order():
    assert [rule.slot for rule in slots.TABLE] == list(Slot)


def test_annual_round_asks_for_degree_and_citizenship_and_takes_certificates():
    assert asked(draft(ANNUAL_ROUND)) == {
        Slot.TRANSCRIPTS: Ask.MUST,
        Slot.GRADUATION: Ask.MUST,
        Slot.CITIZENSHIP: Ask.MUST,
        Slot.TEACHING: Ask.MAY,
        Slot.TEFL: Ask.MAY,
        Slot.JLPT: Ask.MAY,
    }


def test_sea_round_asks_for_citizenship_and_coaching():
    assert asked(draft(SEA_ROUND)) == {
        Slot.CITIZENSHIP: Ask.MUST,
        Slot.COACHING: Ask.MUST,
        Slot.FEDERATION: Ask.MAY,
    }


def test_sea_round_that_asks_for_a_degree_asks_for_its_papers():
    application = draft(SEA_ROUND)
    with_degree = replace(defaults(application.round), degree_asked=True)
    rules.set_rules(application.round, with_degree)

    found = asked(application)

    assert (found[Slot.TRANSCRIPTS], found[Slot.GRADUATION]) == (Ask.MUST, Ask.MUST)


@pytest.mark.parametrize("slug", [ANNUAL_ROUND, SEA_ROUND])
def test_former_name_asks_for_its_proof_and_says_why(slug: str):
    application = draft(slug)
    assert Slot.NAME_CHANGE not in asked(application)

    answer(application, "identity", former_names="Ana Lindqvist")

    assert asked(application)[Slot.NAME_CHANGE] is Ask.MUST
    assert why(application, Slot.NAME_CHANGE) == (
        "Needed because you gave a former name under Identity."
    )


def test_early_departure_asks_for_health_and_criminal_record():
    application = draft(ANNUAL_ROUND)

    answer(application, "location", early_departure="yes")

    found = asked(application)
    assert (found[Slot.HEALTH], found[Slot.CRIMINAL_RECORD]) == (Ask.MUST, Ask.MUST)


@pytest.mark.parametrize("slug", [ANNUAL_ROUND, SEA_ROUND])
@pytest.mark.parametrize(("record", "there"), [("yes", True), ("no", False)])
def test_what_is_disclosed_asks_for_the_criminal_record(slug: str, record: str, there: bool):
    application = draft(slug)

    answer(application, "criminal", record=record)

    assert (Slot.CRIMINAL_RECORD in asked(application)) is there


@pytest.mark.parametrize("slug", [ANNUAL_ROUND, SEA_ROUND])
@pytest.mark.parametrize(("allergies", "there"), [("yes", True), ("no", False)])
def test_yes_in_the_medical_self_report_asks_for_the_statement(
    slug: str, allergies: str, there: bool
):
    application = draft(slug)

    answer(application, "medical", allergies=allergies, allergies_detail="yes")

    assert (Slot.PHYSICIAN in asked(application)) is there


def test_certificate_of_japanese_is_advised_to_a_cir():
    application = draft(ANNUAL_ROUND)
    application.position_id = "CIR"

    assert why(application, Slot.JLPT) == "Optional, and advised because you apply as CIR."


def test_file_that_is_no_longer_needed_stays_visible_and_holds_up_nothing():
    application = make_application()
    answer(application, "identity", former_names="Ana Lindqvist")
    add_document(application, Slot.NAME_CHANGE)
    answer(application, "identity", former_names="")

    loaded = completeness.load(application)
    state = slots.state(loaded, Slot.NAME_CHANGE)

    assert (state.ask, state in slots.states(loaded)) == (Ask.NOT, True)
    assert completeness.judge_documents(loaded).complete


def test_refused_file_is_told_and_holds_up_the_sending():
    application = make_application()
    application.documents.filter(slot=Slot.CITIZENSHIP).update(
        scan=Scan.REFUSED, scanned_at=STARTED_AT
    )

    judged = completeness.judge_documents(completeness.load(application))

    assert judged.progress is completeness.Progress.TO_MEND
    assert judged.problems == (
        ("Proof of citizenship", "The virus scanner refused a file. Remove it"),
    )


def test_file_that_is_being_checked_counts_as_received():
    application = make_application()
    application.documents.update(scan=Scan.WAITING)

    assert completeness.judge_documents(completeness.load(application)).complete


@pytest.mark.parametrize(
    ("slug", "there", "not_there"),
    [
        (ANNUAL_ROUND, "Transcripts", "Coaching certificate"),
        (SEA_ROUND, "Coaching certificate", "Transcripts"),
    ],
)
def test_public_questions_list_the_documents_with_their_rule(client, slug, there, not_there):
    round_: RecruitmentRound = make_round(slug=slug)

    page = client.get(f"/rounds/{round_.slug}/questions/").content.decode()

    assert there in page
    assert not_there not in page
    assert "Needed if you answer yes to a question of the medical self-report" in page
