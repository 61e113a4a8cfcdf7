"""What an applicant types is kept as typed, whatever it is and whenever it comes."""

import pytest

from applications.models import Application, SectionAnswers, Status
from tests.applicants import (
    ANSWERS,
    make_application,
)
from tests.applications.own_pages import ana, url
from tests.factories import make_round

__all__ = ["ana"]

pytestmark = pytest.mark.django_db


def test_wrong_answers_are_kept_as_typed_and_named_beside_their_fields(ana):
    application = make_application(filled=False)
    typed = {
        "family_name": "Lindqvist" * 10,
        "birth_date_month": "2",
        "birth_date_day": "30",
        "birth_date_year": "1996",
        "no_middle_name": "on",
    }

    answer = ana.post(url("section", application, "identity"), typed, follow=True)

    row = SectionAnswers.objects.get()
    assert row.answers == {name: [value] for name, value in typed.items()}
    page = answer.content.decode()
    assert "Error: Identity" in page
    assert "February 30, 1996 does not exist" in page
    assert "30 characters over the limit of 60" in page
    assert 'href="#id_birth_date_day"' in page


def test_text_that_cannot_be_stored_is_kept_with_a_sign_and_a_sentence(ana):
    application = make_application(filled=False)
    typed = "nul \x00 here, \ud83d half, \U0001f3f9 whole, \u202eright to left\r\nnext"

    address = url("section", application, "purpose")
    ana.post(
        address,
        data=b"statement=" + percent(typed.encode("utf-8", "surrogatepass")),
        content_type="application/x-www-form-urlencoded",
    )

    kept = SectionAnswers.objects.get().answers["statement"][0]
    assert kept.startswith("nul \ufffd here, \ufffd")
    assert kept.endswith(" whole, \u202eright to left\nnext")
    assert "A character that cannot be stored stands here" in ana.get(address).content.decode()


def percent(raw: bytes) -> bytes:
    return "".join(f"%{byte:02X}" for byte in raw).encode()


def test_a_megabyte_of_text_is_kept_and_reported(ana):
    application = make_application(filled=False)
    text = "ka " * 350_000

    answer = ana.post(url("section", application, "purpose"), {"statement": text}, follow=True)

    assert SectionAnswers.objects.get().answers == {"statement": [text]}
    assert "words over the limit of 650" in answer.content.decode()


def test_paste_of_ten_megabytes_is_refused_by_its_length(ana):
    application = make_application(filled=False)

    address = url("section", application, "purpose")
    text = "statement=" + "x" * 10_000_000

    plain = ana.post(address, text, content_type="application/x-www-form-urlencoded")
    multipart = ana.post(address, {"statement": "x" * 10_000_000})

    assert (plain.status_code, multipart.status_code) == (413, 413)
    assert "too large" in plain.content.decode()
    assert not SectionAnswers.objects.exists()


def test_answer_to_another_section_is_not_taken(ana):
    application = make_application(filled=False)

    ana.post(url("section", application, "contact"), {"hometown": "Bergen", "status": "placed"})

    assert SectionAnswers.objects.get().answers == {"hometown": ["Bergen"]}


def test_vacancy_of_another_round_is_kept_as_typed_and_reaches_no_column(ana):
    application = make_application(filled=False)
    other = make_round(slug="sea-2026-summer").vacancies.get()

    ana.post(url("section", application, "position"), {"vacancy": other.key})

    kept = Application.objects.get()
    assert (kept.vacancy_id, kept.position_id) == (None, None)
    assert SectionAnswers.objects.get().answers == {"vacancy": [other.key]}


@pytest.mark.parametrize("key", ["nothing", "coaching"])
def test_section_the_round_does_not_ask_for_is_not_found(ana, key):
    application = make_application(round_=make_round(slug="annual-2025"), filled=False)

    assert ana.get(url("section", application, key)).status_code == 404
    assert ana.post(url("section", application, key), {"sport": "Judo"}).status_code == 404


def test_finished_section_leads_to_the_next_unfinished_one(ana):
    application = make_application()
    SectionAnswers.objects.filter(section="coaching").delete()

    answer = ana.post(url("section", application, "identity"), ANSWERS["identity"], follow=True)

    assert answer.redirect_chain[-1][0] == url("section", application, "coaching")


def test_what_is_saved_after_sending_changes_nothing_and_is_shown_back(ana):
    application = make_application(status=Status.SUBMITTED)
    before = list(SectionAnswers.objects.order_by("section").values("section", "answers"))

    answer = ana.post(url("section", application, "identity"), {"family_name": "Changed"})

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Your application had been sent when this arrived" in page
    assert "Changed" in page
    assert url("corrections", application) in page
    assert list(SectionAnswers.objects.order_by("section").values("section", "answers")) == before


def test_page_saved_unchanged_after_sending_leads_to_the_receipt(ana):
    application = make_application(status=Status.SUBMITTED)

    answer = ana.post(url("section", application, "contact"), ANSWERS["contact"], follow=True)

    assert answer.redirect_chain[-1][0] == url("receipt", application)
    assert "cannot be changed any more" in answer.content.decode()


def test_entry_saved_after_sending_is_shown_back(ana):
    application = make_application(status=Status.SUBMITTED)
    address = url("entry", application, "coaching", "experience", "0a1b2c3d")

    answer = ana.post(address, {"team": "Ryūjin Juniors", "version": "0"})

    assert answer.status_code == 409
    assert "Ryūjin Juniors" in answer.content.decode()
