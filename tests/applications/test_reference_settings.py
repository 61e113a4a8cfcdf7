"""What staff set about the references of a round."""

import pytest
from django.core.management import call_command
from django.test import Client

from applications.domain.access import PROGRAM_OFFICE
from applications.models import LettersClock, LettersPolicy, ReferenceSettings
from jetportal.pagecache.middleware import generations
from positions.models import RecruitmentRound
from tests.applications.conftest import SignIn
from tests.factories import make_round

pytestmark = pytest.mark.django_db

SENT = {
    "number": "3",
    "academic_without_degree": "on",
    "policy": "block",
    "clock": "soft",
    "soft_days": "5",
    "resends_per_day": "2",
    "reminder_days": "10,3",
}


@pytest.fixture
def office(at_the_desk: SignIn) -> Client:
    call_command("ensure_roles", verbosity=0)
    return at_the_desk(PROGRAM_OFFICE)


def page_of(round_: RecruitmentRound) -> str:
    return f"/admin/applications/formsettings/{round_.pk}/references/"


def test_page_begins_with_what_holds(office: Client):
    text = office.get(page_of(make_round())).content.decode()

    assert 'value="14, 7, 2"' in text
    assert '<input type="checkbox" name="sport_needed" id="id_sport_needed" checked>' in text


def test_staff_set_the_references_of_a_round_and_set_them_again(office: Client):
    round_ = make_round()

    for number in ("3", "2"):
        office.post(page_of(round_), {**SENT, "number": number})

    row = ReferenceSettings.objects.get()
    assert (row.number, row.policy, row.clock) == (2, LettersPolicy.BLOCK, LettersClock.SOFT)
    assert (row.soft_days, row.days, row.sport_needed) == (5, (10, 3), False)


def test_hard_clock_has_no_days(office: Client):
    office.post(page_of(make_round()), {**SENT, "clock": "same"})

    assert ReferenceSettings.objects.get().soft_days == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "0"},
        {"number": "6"},
        {"soft_days": "0"},
        {"soft_days": "61"},
        {"resends_per_day": "0"},
        {"reminder_days": "seven"},
        {"reminder_days": "100"},
        {"policy": "shrug"},
    ],
)
def test_what_does_not_fit_sets_nothing(office: Client, wrong: dict):
    answer = office.post(page_of(make_round()), {**SENT, **wrong})

    assert answer.status_code == 422
    assert "Nothing is set yet." in answer.content.decode()
    assert "desk-error" in answer.content.decode()
    assert not ReferenceSettings.objects.exists()


def test_settings_are_not_for_coordinators(coordinator: Client):
    round_ = make_round()

    assert coordinator.get(page_of(round_)).status_code == 403
    assert coordinator.post(page_of(round_), SENT).status_code == 403


def test_public_questions_name_the_letters_of_the_round_as_staff_set_them(office: Client):
    round_ = make_round()
    questions = f"/rounds/{round_.slug}/questions/"
    before = Client().get(questions).content.decode()

    office.post(page_of(round_), SENT)
    generations.forget()  # what every process does within a second
    after = Client().get(questions).content.decode()

    assert "Two referees. You name each one" in before
    assert "At least one must be from sport." in before
    assert "What each referee is asked by us" in before
    assert "Interest in other cultures, and respect for them" in before
    assert "Three referees. You name each one" in after
    assert "At least one must be academic while your degree is not conferred." in after
