"""The applicant's pages over HTTP: who may open them, what they keep, what they cost."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications.models import Application, Document, SectionAnswers, Status
from jetportal.mail.models import OutgoingMail
from tests.applicants import (
    ANSWERS,
    SENT_AT,
    add_document,
    fill,
    make_application,
    make_consulate,
    make_user,
    pdf,
)
from tests.factories import CLOSES_AT, TICK, make_round, make_vacancy

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(client: Client):
    """A browser in which Ana is signed in, two days before the deadline."""
    with time_machine.travel(SENT_AT, tick=False):
        client.force_login(make_user())
        yield client


def url(name: str, application: Application, *more: str) -> str:
    if name in {"remove_document", "replace_document"}:
        more = (str(application.documents.filter(slot="citizenship")[0].key),)
    return reverse(f"applications:{name}", args=[application.key, *more])


OWN_PAGES = [
    ("tasks", ()),
    ("section", ("identity",)),
    ("after", ("identity",)),
    ("documents", ()),
    ("remove_document", ()),
    ("check", ()),
    ("receipt", ()),
    ("withdraw", ()),
    ("discard", ()),
]
POSTS = [
    ("section", ("identity",)),
    ("upload", ("citizenship",)),
    ("remove_document", ()),
    ("submit", ()),
    ("withdraw", ()),
    ("take_back", ()),
    ("answer", ("interview_confirmed",)),
    ("discard", ()),
]


@pytest.mark.parametrize(("name", "more"), OWN_PAGES)
def test_page_of_somebody_else_is_not_found(ana, name, more):
    application = make_application(applicant=make_user("other@example.org"))

    assert ana.get(url(name, application, *more)).status_code == 404


@pytest.mark.parametrize(("name", "more"), POSTS)
def test_post_to_somebody_elses_application_is_not_found_and_changes_nothing(ana, name, more):
    application = make_application(applicant=make_user("other@example.org"))
    before = Application.objects.values().get()

    answer = ana.post(url(name, application, *more), {"family_name": "Mallory"})

    assert answer.status_code == 404
    assert Application.objects.values().get() == before


@pytest.mark.parametrize(("name", "more"), OWN_PAGES)
def test_page_asks_to_sign_in_and_comes_back(client, name, more):
    address = url(name, make_application(), *more)

    answer = client.get(address)

    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={address}")


def test_unknown_key_is_not_found(ana):
    assert ana.get(reverse("applications:tasks", args=[uuid4()])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_a_fixed_number_of_queries(ana, rows, django_assert_num_queries):
    for number in range(rows):
        round_ = make_round(slug=f"sea-2025-{number}")
        make_application(round_=round_, filled=False)

    with django_assert_num_queries(3):
        answer = ana.get(reverse("applications:list"))

    assert len(answer.context["rows"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("name", "more", "queries"),
    [("tasks", (), 9), ("section", ("contact",), 8), ("documents", (), 8), ("check", (), 10)],
)
def test_pages_of_a_draft_cost_a_fixed_number_of_queries(
    ana, name, more, queries, rows, django_assert_num_queries
):
    application = make_application()
    for number in range(1, rows):
        make_consulate(f"office-{number}")

    with django_assert_num_queries(queries):
        answer = ana.get(url(name, application, *more))

    assert answer.status_code == 200


def test_save_costs_at_most_ten_queries(ana, django_assert_num_queries):
    application = make_application()

    with django_assert_num_queries(11):  # two of them are the test's own savepoint
        ana.post(url("section", application, "identity"), ANSWERS["identity"])


def test_submit_costs_at_most_fourteen_queries(ana, django_assert_num_queries):
    application = make_application()

    with django_assert_num_queries(16):  # two of them are the test's own savepoint
        ana.post(url("submit", application))

    assert Application.objects.get().status == Status.SUBMITTED


def test_start_page_writes_nothing_until_its_button(ana):
    round_ = make_round()
    address = reverse("applications:start", args=[round_.slug])

    assert ana.get(address).status_code == 200
    assert Application.objects.count() == 0
    ana.post(address)
    ana.post(address)
    assert Application.objects.count() == 1


def test_start_outside_the_window_makes_nothing(ana):
    round_ = make_round(opens_at=None, closes_at=SENT_AT)

    answer = ana.post(reverse("applications:start", args=[round_.slug]), follow=True)

    assert Application.objects.count() == 0
    assert "This round takes no applications now." in answer.content.decode()


@pytest.mark.parametrize("slug", ["sea-nowhere", "sea-draft"])
def test_start_of_an_unknown_or_unpublished_round_is_not_found(ana, slug):
    make_round(slug="sea-draft", published_at=None)

    assert ana.get(reverse("applications:start", args=[slug])).status_code == 404


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


def test_submit_leads_to_the_receipt_and_a_second_click_finds_it_too(ana):
    application = make_application()

    first, second = (ana.post(url("submit", application)) for _ in range(2))

    assert first["Location"] == second["Location"] == url("receipt", application)
    page = ana.get(url("receipt", application)).content.decode()
    assert "We have your application." in page
    assert Application.objects.get().reference_shown in page
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "more", "sent", "page"),
    [
        ("submit", [], False, "check"),
        ("submit", [], True, "receipt"),
        ("take_back", [], True, "receipt"),
        ("answer", ["interview_confirmed"], True, "receipt"),
        ("upload", ["citizenship"], False, "documents"),
        ("upload", ["citizenship"], True, "receipt"),
    ],
)
def test_address_of_a_button_leads_to_its_page_when_it_is_only_opened(ana, name, more, sent, page):
    application = make_application(status=Status.SUBMITTED if sent else Status.DRAFT)

    opened = ana.get(url(name, application, *more), follow=True)

    assert opened.redirect_chain[-1] == (url(page, application), 302)
    assert opened.status_code == 200


def test_task_list_counts_what_is_missing_and_leaves_out_what_is_not_needed(ana):
    application = make_application(filled=False)
    for section in ("driving", "heard"):
        ana.post(url("section", application, section), {"version": "0"})
    with_it = ana.get(url("tasks", application)).context
    application.sections.filter(section="heard").delete()

    page = ana.get(url("tasks", application))

    rows = {row.name: row for group in page.context["groups"] for row in group.rows}
    assert rows["Driving"].chip.words == "2 missing"
    assert rows["How you heard of JET"].chip.words == "Not needed"
    assert rows["Identity"].chip.words == "Not started"
    assert (page.context["complete"], page.context["total"]) == (0, 21)
    assert (with_it["complete"], with_it["total"]) == (0, 21)
    assert "<strong>0 of 21 parts complete.</strong> Optional parts" in page.content.decode()


def test_incomplete_submit_shows_what_is_missing(ana):
    application = make_application()
    Document.objects.all().delete()

    answer = ana.post(url("submit", application))

    assert answer.status_code == 409
    assert "Not ready to send yet" in answer.content.decode()


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (CLOSES_AT, "This reached us less than a second after the deadline"),
        (CLOSES_AT + timedelta(minutes=4, seconds=12), "4 minutes 12 seconds after the deadline"),
    ],
)
def test_late_submit_says_how_late_by_which_clock(client, at: datetime, words: str):
    application = make_application()
    client.force_login(application.applicant)

    with time_machine.travel(at, tick=False):
        answer = client.post(url("submit", application))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert words in page
    assert "It was not sent. Everything you wrote is kept." in page
    assert Application.objects.get().status == Status.DRAFT


def test_submit_in_the_last_microsecond_counts(client):
    application = make_application()
    client.force_login(application.applicant)

    with time_machine.travel(CLOSES_AT - TICK, tick=False):
        answer = client.post(url("submit", application))

    assert answer["Location"] == url("receipt", application)


def test_submit_without_token_is_refused_kindly():
    application = make_application()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(application.applicant)

    answer = browser.post(url("submit", application))

    assert answer.status_code == 403
    assert Application.objects.get().status == Status.DRAFT


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"GIF89a nothing", "This is not a PDF"),
        (b"<html>%PDF-1.7", "This is not a PDF"),
        (b"%PDF-1.7 and nothing more", "it is damaged"),
    ],
)
def test_wrong_file_is_refused_beside_its_slot_and_the_earlier_one_stays(ana, content, words):
    from django.core.files.uploadedfile import SimpleUploadedFile

    application = make_application(filled=False)
    earlier = add_document(application)
    file = SimpleUploadedFile("passport.pdf", content, content_type="application/pdf")

    answer = ana.post(url("upload", application, "citizenship"), {"file": file})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Document.objects.get().key == earlier.key


def test_pdf_is_taken_and_replaces_the_earlier_one(ana):
    from django.core.files.uploadedfile import SimpleUploadedFile

    application = make_application(filled=False)
    add_document(application)
    name = "../../etc/pass\x00port" + "x" * 300 + ".pdf"
    file = SimpleUploadedFile(name, pdf(pages=3), content_type="application/pdf")

    answer = ana.post(url("upload", application, "citizenship"), {"file": file})

    document = Document.objects.get()
    assert answer.status_code == 302
    assert (document.pages, document.size) == (3, len(pdf(pages=3)))
    assert document.file.name == f"{application.key}/{document.key}.pdf"


def test_upload_without_a_file_says_so(ana):
    application = make_application(filled=False)

    answer = ana.post(url("upload", application, "citizenship"))

    assert answer.status_code == 422
    assert "Choose a file first." in answer.content.decode()


def test_document_opens_for_its_owner_alone(ana):
    mine = add_document(make_application(filled=False))
    round_ = make_round(slug="sea-2026-summer")
    others = add_document(
        make_application(applicant=make_user("other@example.org"), round_=round_, filled=False)
    )

    own = ana.get(reverse("applications:document", args=[mine.key]))
    strangers = ana.get(reverse("applications:document", args=[others.key]))

    assert (own.status_code, own["Content-Type"]) == (200, "application/pdf")
    assert strangers.status_code == 404


def test_withdrawing_asks_first_and_can_be_taken_back(ana):
    application = make_application(status=Status.SUBMITTED)

    ana.get(url("withdraw", application))
    assert Application.objects.get().status == Status.SUBMITTED
    ana.post(url("withdraw", application))
    assert Application.objects.get().status == Status.WITHDRAWN
    ana.post(url("take_back", application))
    assert Application.objects.get().status == Status.SUBMITTED


def test_receipt_and_mail_tell_until_when_a_withdrawal_can_be_taken_back(ana):
    application = make_application(status=Status.SUBMITTED)
    ana.post(url("withdraw", application))

    shown = ana.get(url("receipt", application), {"zone": "America/New_York"})
    page = " ".join(shown.content.decode().replace("\u00a0", " ").split())

    until = "Friday, March 14, 2025, 12:00 AM HST"
    assert f"take the withdrawal back until {until} (Friday, March 14, 2025, 6:00 AM EDT)" in page
    mail = OutgoingMail.objects.get(kind="withdrawn")
    assert until in mail.text.replace("\u00a0", " ")
    assert until in mail.html.replace("\u00a0", " ")


def test_interview_is_confirmed_by_its_applicant(ana):
    application = make_application(status=Status.INTERVIEW_OFFERED)

    ana.post(url("answer", application, "interview_confirmed"))

    assert Application.objects.get().status == Status.INTERVIEW_CONFIRMED


@pytest.mark.parametrize("target", ["in_screening", "submitted", "withdrawn", "placed"])
def test_applicant_cannot_make_the_offices_moves(ana, target):
    application = make_application(status=Status.SUBMITTED)

    ana.post(url("answer", application, target))

    assert Application.objects.get().status == Status.SUBMITTED


def test_discarded_draft_is_gone_with_its_file(ana, django_capture_on_commit_callbacks):
    application = make_application(filled=False)
    document = add_document(application)

    with django_capture_on_commit_callbacks(execute=True):
        ana.post(url("discard", application))

    assert not Application.objects.exists()
    assert not document.file.storage.exists(document.file.name)


def test_second_click_on_discarding_leads_where_the_first_did(ana):
    application = make_application(filled=False)
    stranger = Client()
    stranger.force_login(make_user("stranger@example.org"))
    address = url("discard", application)

    before = stranger.post(address)
    first, second = ana.post(address), ana.post(address)
    with time_machine.travel(SENT_AT + timedelta(hours=1), tick=False):
        late = ana.post(address)

    assert [answer["Location"] for answer in (first, second)] == [reverse("applications:list")] * 2
    assert [answer.status_code for answer in (before, stranger.post(address))] == [404, 404]
    assert late.status_code == 410
    assert ana.post(reverse("applications:discard", args=[uuid4()])).status_code == 404


def test_owner_of_a_discarded_draft_is_told_when_and_may_start_again(ana):
    application = make_application(filled=False)
    stranger = Client()
    stranger.force_login(make_user("stranger@example.org"))

    ana.post(url("discard", application))
    pages = [ana.get(url(name, application)) for name in ("tasks", "check", "receipt")]
    typed = ana.post(url("section", application, "identity"), {"family_name": "Lovelace"})
    elsewhere = stranger.get(url("tasks", application))
    with time_machine.travel(CLOSES_AT, tick=False):
        closed = ana.get(url("tasks", application)).content.decode()

    text = pages[0].content.decode()
    assert [page.status_code for page in (*pages, typed)] == [410] * 4
    assert "You discarded this draft" in text
    assert reverse("applications:start", args=[application.round_id]) in text
    assert "Start again" not in closed
    assert elsewhere.status_code == 404


@pytest.mark.parametrize(("name", "more"), [*OWN_PAGES[:5], ("check", ()), ("discard", ())])
def test_page_is_never_cached_and_has_one_heading(ana, name, more):
    application = make_application(filled=False)
    fill(application)

    answer = ana.get(url(name, application, *more), follow=True)

    assert answer.content.count(b"<h1") == 1
    assert "no-store" in answer["Cache-Control"]


def test_older_page_never_overwrites_newer_answers_and_shows_both(ana):
    application = make_application(filled=False)
    address = url("section", application, "purpose")
    ana.post(address, {"statement": "Written in the first window.", "version": "0"})

    older = ana.post(address, {"statement": "Typed in the second window.", "version": "0"})

    page = older.content.decode()
    assert older.status_code == 409
    assert "Written in the first window." in page
    assert "Typed in the second window." in page
    assert SectionAnswers.objects.get().answers["statement"] == ["Written in the first window."]
    ana.post(address, {"statement": "Typed in the second window.", "version": "1"})
    assert SectionAnswers.objects.get().answers["statement"] == ["Typed in the second window."]


def test_same_answers_from_two_windows_are_no_conflict(ana):
    application = make_application(filled=False)
    address = url("section", application, "purpose")

    sent = [ana.post(address, {"statement": "The same.", "version": "0"}) for _ in range(2)]

    assert [answer.status_code for answer in sent] == [302, 302]


def test_year_no_calendar_holds_is_shown_as_typed(ana):
    application = make_application(filled=False)
    birth = {"birth_date_month": "2", "birth_date_day": "3", "birth_date_year": "9" * 23}
    ana.post(url("section", application, "identity"), birth)

    answer = ana.get(url("check", application))

    assert answer.status_code == 200
    assert "9" * 23 in answer.content.decode()


def test_zone_chosen_in_the_address_is_remembered_without_a_script(ana):
    application = make_application(filled=False)

    ana.get(url("tasks", application), {"zone": "Asia/Tokyo"})

    later = ana.get(url("check", application)).context["clocks"]
    assert (later.reader.city, later.reader.time) == ("Tokyo", "6:59")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("Asia/Tokyo", "For you: Thursday, March 13"),
        ("nonsense", "In New York: Thursday, March 13"),
    ],
)
def test_confirmation_names_the_place_of_its_second_clock(ana, sent, words):
    application = make_application()

    ana.post(url("submit", application), {"zone": sent})

    text = " ".join(OutgoingMail.objects.get().text.split())
    expected = {"Asia/Tokyo": "7:00 PM JST", "nonsense": "6:00 AM EDT"}[sent]
    assert f"{words}, 2025, {expected}" in text


def test_newest_mail_tells_where_the_application_stands(ana):
    application = make_application(status=Status.SUBMITTED)

    ana.post(url("withdraw", application))
    ana.post(url("take_back", application))

    kinds = list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["confirmation", "withdrawn", "taken_back"]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("name", "more", "status", "queries"),
    [
        ("discard", (), Status.DRAFT, 3),
        ("remove_document", (), Status.DRAFT, 4),
        ("receipt", (), Status.SUBMITTED, 6),
        ("withdraw", (), Status.SUBMITTED, 3),
    ],
)
def test_single_pages_cost_a_fixed_number_of_queries(
    ana, name, more, status, queries, rows, django_assert_num_queries
):
    """Other applications of the same person cost nothing here."""
    application = make_application(status=status)
    for number in range(1, rows):
        make_application(round_=make_round(slug=f"sea-2026-{number}"), filled=False)
    address = url(name, application, *more)

    with django_assert_num_queries(queries):
        answer = ana.get(address)

    assert answer.status_code == 200


@pytest.mark.parametrize("posts", [1, 3])
def test_start_page_costs_a_fixed_number_of_queries(ana, posts, django_assert_num_queries):
    round_ = make_round()
    for number in range(2, posts + 1):
        make_vacancy(round_, number=number)

    with django_assert_num_queries(8):
        answer = ana.get(reverse("applications:start", args=[round_.slug]))

    assert answer.status_code == 200


def test_late_answer_costs_a_fixed_number_of_queries(client, django_assert_num_queries):
    application = make_application()
    client.force_login(application.applicant)

    with time_machine.travel(CLOSES_AT, tick=False), django_assert_num_queries(14):
        answer = client.post(url("submit", application))

    assert answer.status_code == 409
