"""The pages on which the office words the mails of a round."""

from datetime import timedelta

import pytest
import time_machine
from django.utils.html import escape

from applications.domain import access
from applications.domain.mailing.previews import as_delivered
from applications.domain.roles import ensure_roles
from applications.models import RoundWording, Status, WordingKind
from jetportal.mail.models import OutgoingMail
from tests.applications.desk import sent
from tests.factories import CLOSES_AT, make_round

pytestmark = pytest.mark.django_db

HOME = "/admin/applications/roundwording/"
NOW = CLOSES_AT + timedelta(days=3)
WHOLE = {"subject": "About {reference}", "text": "Dear <you>,\r\n\r\n{reference}\r\n\r\n{link}"}
CHANGED = {**WHOLE, "subject": "Changed {reference}"}


@pytest.fixture(autouse=True)
def with_permissions_after_the_deadline(db):
    ensure_roles()
    with time_machine.travel(NOW, tick=False):
        yield


def words_page(round_, kind: str = "placed", rest: str = "") -> str:
    return f"{HOME}{round_.pk}/{kind}/{rest}"


def test_page_begins_from_the_delivered_words(office):
    page = office.get(words_page(make_round())).content.decode()

    delivered = as_delivered(WordingKind.PLACED)
    assert escape(delivered.text) in page
    assert "{organization}" in page
    assert "The words go as delivered" in page
    assert "Take back" not in page


def test_words_are_kept_shown_changed_and_taken_back(office):
    round_ = make_round()

    answer = office.post(words_page(round_), WHOLE, follow=True)
    assert answer.redirect_chain == [(f"{HOME}{round_.pk}/", 302)]
    assert "Own words" in answer.content.decode()
    kept = RoundWording.objects.get()
    assert (kept.subject, kept.text) == (
        "About {reference}",
        "Dear <you>,\n\n{reference}\n\n{link}",
    )
    assert (kept.changed_by.email, kept.changed_at) == ("office@example.org", NOW)

    seen = office.get(words_page(round_)).context["seen"]
    office.post(words_page(round_), {**CHANGED, "seen": seen})
    assert RoundWording.objects.get().subject == "Changed {reference}"

    office.post(words_page(round_, rest="delivered/"), {"seen": seen})
    assert not RoundWording.objects.exists()


def test_wrong_words_are_told_beside_their_fields_and_keep_what_was_typed(office):
    round_ = make_round()

    answer = office.post(words_page(round_), {"subject": "{link}", "text": "Hello {name} <b>"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "{link} is too long for a subject." in page
    assert "{name} stands for nothing in this mail." in page
    assert "{reference} is missing: the reference number." in page
    assert "Hello {name} &lt;b&gt;" in page
    assert 'aria-describedby="id_text_help id_text_error" aria-invalid="true"' in page
    assert not RoundWording.objects.exists()


def test_old_page_overwrites_nothing_and_keeps_what_was_typed(office):
    round_ = make_round()
    office.post(words_page(round_), WHOLE)

    for seen in ("", "nonsense", "2024-01-01"):
        answer = office.post(words_page(round_), {**CHANGED, "seen": seen})
        assert answer.status_code == 409
        assert "Somebody has changed these words" in answer.content.decode()
        assert "Changed {reference}" in answer.content.decode()

    answer = office.post(words_page(round_, rest="delivered/"), {"seen": ""})
    assert answer.status_code == 409
    assert RoundWording.objects.get().subject == "About {reference}"


def test_preview_shows_subject_text_and_html_and_keeps_nothing(office):
    older, newer = sent(0), sent(1)
    preview = words_page(older.round, rest="preview/")
    mails = OutgoingMail.objects.count()

    newest = office.post(preview, WHOLE).content.decode()
    chosen = office.post(preview, {**WHOLE, "reference": older.reference_shown}).content.decode()

    assert f"Preview for {newer.reference_shown}" in newest
    assert f"Preview for {older.reference_shown}" in chosen
    assert f"About {older.reference_shown}" in chosen
    assert f"<p>Dear &lt;you&gt;,</p>\n<p>{older.reference_shown}</p>" in chosen
    assert (RoundWording.objects.count(), OutgoingMail.objects.count()) == (0, mails)


def test_preview_without_such_an_application_says_so_beside_the_number(office):
    round_ = make_round()
    preview = words_page(round_, rest="preview/")

    empty = office.post(preview, WHOLE)
    wrong = office.post(preview, {**WHOLE, "reference": "7K4M-92TP-H"})

    assert (empty.status_code, wrong.status_code) == (422, 422)
    assert (
        "No application has arrived in this round yet, nor in another one like it."
        in empty.content.decode()
    )
    assert "No application of this round that you may see" in wrong.content.decode()


def test_preview_before_anything_arrived_borrows_from_another_round(office):
    older = sent(0)
    slug = "sea-2026-summer"
    new = make_round(slug=slug, title="Summer 2026", closes_at=CLOSES_AT + timedelta(days=400))
    words = {"subject": "{round}", "text": "{reference} {received} {deadline} {link}"}

    page = office.post(words_page(new, "confirmation", "preview/"), words).content.decode()

    assert f"Preview for {older.reference_shown}" in page
    assert "this is an application of another one" in page
    assert "Summer 2026</bdi>" in page
    assert escape(new.deadline) in page
    older.refresh_from_db()
    assert older.round_id != slug
    annual = make_round(slug="annual-2026")
    other = office.post(words_page(annual, "confirmation", "preview/"), words)
    assert other.status_code == 422


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_use_a_fixed_number_of_queries(office, rows, django_assert_num_queries):
    rounds = [make_round(slug=f"sea-{2025 + number}-summer") for number in range(rows)]
    for round_ in rounds:
        for kind in list(WordingKind)[:rows]:
            words = as_delivered(kind)
            typed = {"subject": words.subject, "text": words.text}
            assert office.post(words_page(round_, kind), typed).status_code == 302

    with django_assert_num_queries(6):
        listed = office.get(HOME)
    with django_assert_num_queries(7):
        kinds = office.get(f"{HOME}{rounds[0].pk}/")

    assert listed.content.decode().count("in own words") == rows
    assert kinds.content.decode().count("Own words") == rows


def test_page_of_one_kind_uses_a_fixed_number_of_queries(office, django_assert_num_queries):
    application = sent(0)

    with django_assert_num_queries(9):
        office.get(words_page(application.round))
    with django_assert_num_queries(8):
        office.post(words_page(application.round, rest="preview/"), WHOLE)


def test_words_are_not_for_others_at_the_desk(at_the_desk, coordinator):
    round_ = make_round()
    others = (coordinator, at_the_desk(access.ADMINISTRATORS, email="admin@example.org"))

    for client in others:
        for path in (HOME, f"{HOME}{round_.pk}/", words_page(round_)):
            assert client.get(path).status_code == 403
        assert client.post(words_page(round_), WHOLE).status_code == 403

    assert not RoundWording.objects.exists()


@pytest.mark.parametrize("kind", ["sign_in_code", "own_words", "watch_changed", "1"])
def test_mail_whose_words_stay_has_no_page(office, kind):
    assert office.get(words_page(make_round(), kind)).status_code == 404


def test_status_of_an_application_stays_out_of_its_preview(office):
    application = sent(0, status=Status.IN_SCREENING)

    page = office.post(words_page(application.round, rest="preview/"), WHOLE).content.decode()

    assert "n screening" not in page
