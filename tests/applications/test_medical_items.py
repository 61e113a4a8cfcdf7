"""Staff change the questions about health; answers given are never lost."""

import pytest
from django.test import Client
from django.urls import reverse

from applications.domain.errors import Refused
from applications.domain.form import completeness, drafts, medical
from applications.domain.roles import ensure_roles
from applications.models import Application
from applications.sections.registry import section_named
from applications.sections.sensitive import MEDICAL_ITEMS, MedicalForm
from tests.applicants import STARTED_AT, make_application
from tests.factories import make_round

pytestmark = pytest.mark.django_db

ALL = {item.key: item.words for item in MEDICAL_ITEMS}


@pytest.fixture(autouse=True)
def roles() -> None:
    ensure_roles()


def page_of(application: Application) -> str:
    place = [application.round.pk]
    return reverse("admin:applications_formsettings_health", args=place)


def form_of(application: Application) -> MedicalForm:
    fresh = Application.objects.with_round().get(pk=application.pk)
    return completeness.load(fresh).form(section_named(fresh.round, "medical"))


def keys_of(application: Application) -> list[str]:
    fresh = Application.objects.with_round().get(pk=application.pk)
    return [item.key for item in medical.items_of(fresh.round) if item.asked]


def test_office_rewords_retires_and_adds_and_answers_stay(office: Client):
    application = make_application()
    page = office.get(page_of(application)).content.decode()

    answer = office.post(
        page_of(application),
        {**ALL, "allergies": "What can you not eat?", "new": "First?\n\n Second? ", "hospital": ""},
    )

    assert ALL["allergies"] in page
    assert answer["Location"] == reverse("admin:applications_formsettings_changelist")
    form = form_of(application)
    assert str(form.fields["allergies"].label) == "What can you not eat?"
    assert form["allergies_detail"].value() == "Buckwheat, and dishes made with it."
    assert form["hospital"].value() == "no"  # asked no more; answered before
    assert [form.fields[key].label for key in ("item_1", "item_2")] == ["First?", "Second?"]
    assert not form.is_valid()


def test_answer_to_a_question_that_is_asked_no_more_is_saved_with_the_rest(office: Client):
    application = make_application()
    medical.set_items(application.round, {"hospital": ""}, [])
    typed = form_of(application).typed

    drafts.save_section(
        application.key,
        "medical",
        {**typed, "hospital": ["yes"]},
        by=application.applicant,
        at=STARTED_AT,
    )

    assert form_of(application).typed["hospital"] == ["yes"]


def test_question_that_is_written_again_is_asked_again():
    application = make_application(filled=False)
    medical.set_items(application.round, {"hospital": ""}, [])
    without = "hospital" in form_of(application).fields

    medical.set_items(application.round, {"hospital": "In a hospital?"}, [])

    assert (without, "hospital" in form_of(application).fields) == (False, True)


def test_no_key_is_ever_used_twice_and_what_a_page_did_not_show_stays():
    application = make_application(filled=False)
    medical.set_items(application.round, {}, ["First?"])
    medical.set_items(application.round, {"item_1": ""}, ["Second?"])
    medical.set_items(application.round, ALL, ["Third?"])  # a page from before the second

    assert keys_of(application)[-2:] == ["item_2", "item_3"]


@pytest.mark.parametrize(
    "sent",
    [
        {**ALL, "allergies": "x" * 201},
        {**ALL, "new": "x" * 201},
        dict.fromkeys(ALL, " "),
        {**ALL, "new": "One more?\n" * 24},
    ],
)
def test_what_cannot_be_asked_sets_nothing(office: Client, sent):
    application = make_application(filled=False)

    answer = office.post(page_of(application), sent)

    assert answer.status_code == 422
    assert "Nothing is set yet." in answer.content.decode()
    assert keys_of(application) == list(ALL)


def test_refusal_is_a_sentence():
    with pytest.raises(Refused, match="with this there would be 0"):
        medical.set_items(make_round(), dict.fromkeys(ALL, ""), [])


def test_public_page_of_questions_shows_those_of_the_round(client: Client):
    application = make_application(filled=False)
    medical.set_items(application.round, {"hospital": ""}, ["Do you wear a hearing aid?"])

    page = client.get(reverse("round_questions", args=[application.round.slug])).content.decode()

    assert "Do you wear a hearing aid?" in page
    assert ALL["hospital"] not in page


def test_coordinator_sets_no_questions(coordinator: Client):
    application = make_application(filled=False)

    assert coordinator.post(page_of(application), ALL).status_code == 403
