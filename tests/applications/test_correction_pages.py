"""The pages of changes after sending, for the applicant and at the desk."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications.domain import corrections
from applications.models import Application, CorrectionRequest, SectionAnswers, Status
from tests.applicants import SENT_AT, make_application, make_user

pytestmark = pytest.mark.django_db(transaction=True)

NOW = SENT_AT + timedelta(hours=3)
CONTACT = {
    "phone": "+1 808 555 0199",
    "mailing_address": "7 Palm Street\nHonolulu, HI 96815",
    "permanent_address": "",
    "second_email": "",
}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def sent() -> Application:
    return make_application(status=Status.SUBMITTED)


@pytest.fixture
def ana(client: Client, sent: Application) -> Client:
    client.force_login(sent.applicant)
    return client


def url(name: str, application: Application, *more: str) -> str:
    return reverse(f"applications:{name}", args=[application.key, *more])


def desk(name: str, application: Application, *more: int) -> str:
    return reverse(f"admin:applications_application_{name}", args=[application.pk, *more])


def ask(application: Application, section: str = "purpose") -> CorrectionRequest:
    return corrections.ask(
        application.key, section, reason="A slip.", by=application.applicant, at=SENT_AT
    )


def version(application: Application, section: str) -> int:
    return SectionAnswers.objects.get(application=application, section=section).version


def test_receipt_leads_to_changes_copy_and_check(ana, sent):
    text = ana.get(url("receipt", sent)).content.decode()

    for name in ("change_contact", "corrections", "copy", "answers"):
        assert f'href="{url(name, sent)}"' in text
    assert 'href="/verify/"' in text


def test_contact_page_shows_only_what_may_change_and_saves_it(ana, sent):
    page = ana.get(url("change_contact", sent))
    assert list(page.context["form"].fields) == [*corrections.OWN_FIELDS]

    answer = ana.post(url("change_contact", sent), {**CONTACT, "version": page.context["version"]})

    assert answer["Location"] == url("receipt", sent)
    assert sent.frozen.version == 2
    assert "7 Palm Street" in ana.get(url("answers", sent)).content.decode()


def test_wrong_contact_is_shown_again_as_typed(ana, sent):
    page = ana.post(url("change_contact", sent), {**CONTACT, "phone": "12", "version": 1})

    text = page.content.decode()
    assert page.status_code == 422
    assert 'value="12"' in text
    assert "7 Palm Street" in text
    assert "Write the number with its country code" in text
    assert sent.versions.count() == 1


def test_page_that_another_one_overtook_shows_both(ana, sent):
    seen = version(sent, "contact")
    ana.post(url("change_contact", sent), {**CONTACT, "version": seen})

    page = ana.post(
        url("change_contact", sent), {**CONTACT, "phone": "+1 202 555 0111", "version": seen}
    )

    text = page.content.decode()
    assert page.status_code == 409
    assert 'value="+1 202 555 0111"' in text
    assert "+1 808 555 0199" in text
    assert page.context["version"] == seen + 1


def test_applicant_asks_office_grants_applicant_corrects(ana, office, sent):
    asked = ana.post(url("corrections", sent), {"section": "purpose", "reason": "A slip."})
    assert asked["Location"] == url("corrections", sent)
    row = CorrectionRequest.objects.get()
    file = office.get(desk("change", sent)).content.decode()
    assert "Asks to correct Statement of Purpose" in file
    assert desk("correction", sent, row.pk) in file

    granted = office.post(desk("correction_grant", sent, row.pk), {"hours": "24"}, follow=True)
    text = granted.content.decode()
    assert "Open until Friday, March 14, 2025, 3:00\u00a0AM\u00a0HST / " in text
    assert "Friday, March 14, 2025, 9:00\u00a0AM\u00a0EDT" in text

    receipt = ana.get(url("receipt", sent)).content.decode()
    assert "You can correct one part: Statement of Purpose" in receipt
    assert "3:00\u00a0AM\u00a0HST (Friday, March 14, 2025, 9:00\u00a0AM\u00a0EDT)" in receipt
    page = ana.get(url("correct", sent, "purpose"))
    done = ana.post(
        url("correct", sent, "purpose"),
        {"statement": "Archery, and calligraphy.", "version": page.context["version"]},
    )

    assert done["Location"] == url("receipt", sent)
    file = office.get(desk("change", sent)).content.decode()
    assert "Archery, and calligraphy." in file
    assert "Statement of Purpose changed: version 2" in file
    assert "The answers are as they were sent." in file


def test_correction_page_closes_by_itself_and_keeps_what_was_typed(ana, office, sent):
    row = ask(sent)
    office.post(desk("correction_grant", sent, row.pk), {"hours": "1"})
    assert ana.get(url("correct", sent, "purpose")).status_code == 200

    with time_machine.travel(NOW + timedelta(hours=1, minutes=1), tick=False):
        late = ana.post(
            url("correct", sent, "purpose"), {"statement": "Too late, but long.", "version": 1}
        )
        closed = ana.get(url("correct", sent, "purpose"))
        text = ana.get(url("corrections", sent)).content.decode()

    assert late.status_code == 409
    assert "Too late, but long." in late.content.decode()
    assert closed["Location"] == url("corrections", sent)
    assert "Closed again" in text
    assert sent.versions.count() == 1


def test_list_is_corrected_on_one_page(ana, office, sent):
    row = ask(sent, "coaching")
    office.post(desk("correction_grant", sent, row.pk), {"hours": "24"})
    page = ana.get(url("correct", sent, "coaching"))
    forms = [entry.form for one in page.context["lists"] for entry in one.entries]
    shown = {
        field.html_name: field.value() or ""
        for form in (page.context["form"], *forms)
        for field in form
    }

    wrong = {**shown, "qualifications-new-body": "World Archery", "version": "1"}
    refused = ana.post(url("correct", sent, "coaching"), wrong)

    text = refused.content.decode()
    assert refused.status_code == 422
    assert 'value="World Archery"' in text
    assert "Qualification 2: Level: " in text
    assert sent.versions.count() == 1


def test_sections_that_are_not_asked_or_never_open_are_not_there(ana, sent):
    for section in ("location", "documents", "nonsense"):
        assert ana.get(url("correct", sent, section)).status_code == 404
        assert ana.post(url("correct", sent, section)).status_code == 404


def test_asking_again_and_asking_nothing_say_so(ana, sent):
    ask(sent)

    again = ana.post(url("corrections", sent), {"section": "purpose", "reason": "Again."})
    nothing = ana.post(url("corrections", sent), {})
    location = ana.post(url("corrections", sent), {"section": "location", "reason": "x"})

    assert [page.status_code for page in (again, nothing, location)] == [422] * 3
    assert "You have asked for this part already." in again.content.decode()
    assert "Choose the part" in nothing.content.decode()
    assert CorrectionRequest.objects.count() == 1


@pytest.mark.parametrize("name", ["change_contact", "corrections"])
def test_draft_has_no_such_pages(client, name):
    draft = make_application(applicant=make_user("joel@example.org"))
    client.force_login(draft.applicant)

    assert client.get(url(name, draft))["Location"] == url("receipt", draft)
    assert client.post(url(name, draft), CONTACT)["Location"] == url("receipt", draft)


def test_decline_is_read_by_the_applicant(ana, office, sent):
    row = ask(sent)

    empty = office.post(desk("correction_decline", sent, row.pk), {"answer": " "})
    office.post(desk("correction_decline", sent, row.pk), {"answer": "Say it in the interview."})

    assert empty.status_code == 422
    text = ana.get(url("corrections", sent)).content.decode()
    assert "Say it in the interview." in text
    assert "Declined" in text


def test_second_of_two_decisions_is_told(office, sent):
    row = ask(sent)
    office.post(desk("correction_grant", sent, row.pk), {"hours": "24"})

    second = office.post(desk("correction_decline", sent, row.pk), {"answer": "No."})

    assert second.status_code == 409
    assert "Somebody has decided this already." in second.content.decode()
    assert "No." in second.content.decode()
    assert (
        "This is decided: granted." in office.get(desk("correction", sent, row.pk)).content.decode()
    )


@pytest.mark.parametrize("hours", ["", "0", "337", "many", "1.5"])
def test_hours_are_a_number_within_bounds(office, sent, hours):
    row = ask(sent)

    page = office.post(desk("correction_grant", sent, row.pk), {"hours": hours})

    assert page.status_code == 422
    assert "Write a number from 1 to 336." in page.content.decode()


def test_coordinator_reads_requests_and_decides_none(coordinator, sent):
    row = ask(sent)

    file = coordinator.get(desk("change", sent)).content.decode()

    assert "Asks to correct Statement of Purpose" in file
    assert desk("correction", sent, row.pk) not in file
    assert coordinator.get(desk("correction", sent, row.pk)).status_code == 403
    for name in ("correction_grant", "correction_decline"):
        assert coordinator.post(desk(name, sent, row.pk), {"hours": 1}).status_code == 403


def test_list_at_the_desk_finds_who_waits_for_an_answer(office, sent):
    other = make_application(applicant=make_user("joel@example.org"), status=Status.SUBMITTED)
    ask(other)
    decided = ask(sent)
    office.post(desk("correction_grant", sent, decided.pk), {"hours": "24"})

    def found(query: str) -> list[int]:
        page = office.get(f"/admin/applications/application/?correction={query}", follow=True)
        return [row.pk for row in page.context["cl"].result_list]

    assert found("waiting") == [other.pk]
    assert found("nonsense") == [other.pk, sent.pk]


def test_request_of_another_file_is_not_there(office, sent):
    other = make_application(applicant=make_user("joel@example.org"), status=Status.SUBMITTED)
    row = ask(other)

    assert office.get(desk("correction", sent, row.pk)).status_code == 404
    assert office.post(desk("correction_grant", sent, row.pk), {"hours": 1}).status_code == 404


@pytest.mark.parametrize("requests", [1, 3])
def test_pages_cost_a_fixed_number_of_queries(
    ana, office, sent, requests, django_assert_num_queries
):
    for section in ("purpose", "identity", "contact")[:requests]:
        ask(sent, section)

    with django_assert_num_queries(4):
        ana.get(url("corrections", sent))
    with django_assert_num_queries(6):
        ana.get(url("receipt", sent))
    with django_assert_num_queries(32):
        office.get(desk("change", sent))
