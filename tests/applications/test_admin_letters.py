"""Letters at the desk: who sees what, taking one in, admitting a late one, opening again."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from applications.domain.access import PROGRAM_OFFICE
from applications.domain.errors import Refused
from applications.domain.referees import letter_desk, letters
from applications.models import (
    LetterOpening,
    Reference,
    ReferenceRequest,
    RequestState,
    Status,
)
from jetportal.mail.models import OutgoingMail
from tests.applicants import SENT_AT, make_application, make_staff, pdf
from tests.factories import CLOSES_AT, TICK
from tests.referees import SECRET, ask, submit, token_of

pytestmark = pytest.mark.django_db

AT = SENT_AT + timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def request_(db) -> ReferenceRequest:
    call_command("ensure_roles", verbosity=0)
    return ask(make_application(status=Status.SUBMITTED), at=SENT_AT)


@pytest.fixture
def office(client: Client, request_, settings):
    """A browser of the program office, an hour after the application was sent."""
    settings.DEMO = True  # the second factor has tests of its own
    with time_machine.travel(AT, tick=False):
        client.force_login(make_staff("office@example.org", PROGRAM_OFFICE))
        yield client


def url(request: ReferenceRequest, page: str = "", letter: Reference | None = None) -> str:
    file = f"/admin/applications/application/{request.referee.application_id}"
    return f"{file}/letter/{letter.pk}/" if letter else f"{file}/reference/{request.pk}/{page}"


def file(request: ReferenceRequest) -> str:
    return f"/admin/applications/application/{request.referee.application_id}/change/"


def state(request: ReferenceRequest) -> str:
    request.refresh_from_db()
    return request.state


def test_file_shows_every_request_and_leads_to_it(office, request_):
    text = office.get(file(request_)).content.decode()
    page = office.get(url(request_)).content.decode()

    assert "Grace Okafor" in text
    assert url(request_) in text
    assert "Draft to sent" in page
    assert "No letter has arrived." in page


def test_coordinator_sees_where_it_stands_and_nothing_more(coordinator, request_):
    letter = submit(request_, at=AT)

    text = coordinator.get(file(request_)).content.decode()

    assert "Grace Okafor" in text
    assert url(request_) not in text
    assert coordinator.get(url(request_)).status_code == 404
    for page in ("take-in/", "reopen/", "admit/"):
        assert coordinator.post(url(request_, page)).status_code == 404
    assert coordinator.post(url(request_, letter=letter)).status_code == 404
    assert not LetterOpening.objects.exists()


def test_reading_a_letter_is_kept_and_only_its_button_shows_it(office, request_):
    letter = submit(request_, at=AT)

    by_address = office.get(url(request_, letter=letter))
    shown = office.post(url(request_, letter=letter))
    page = office.get(url(request_)).content.decode()

    assert by_address["Location"] == url(request_)
    assert SECRET in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert SECRET not in page
    assert "by office@example.org" in page
    assert LetterOpening.objects.get().letter == letter


def test_nothing_of_a_letter_stands_on_the_file_in_its_export_or_copy(office, request_):
    submit(request_, at=AT)

    list_ = "/admin/applications/application/"
    for address in (file(request_), list_, f"{list_}export/"):
        answer = office.get(address)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert SECRET.encode() not in content


def test_letter_is_taken_in_for_a_referee_with_a_reason(office, request_):
    without = office.post(url(request_, "take-in/"), {"text": "By mail", "language": "en"})
    office.post(
        url(request_, "take-in/"),
        {"text": "By mail", "language": "ja", "reason": "The link would not open for her."},
    )

    letter = Reference.objects.get()
    assert without.status_code == 422
    assert "Give the reason." in without.content.decode()
    assert "By mail" in without.content.decode()
    assert (letter.by.email, letter.language, letter.counts) == ("office@example.org", "ja", True)
    assert state(request_) == RequestState.RECEIVED
    kinds = OutgoingMail.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds)[-2:] == ["reference_received", "reference_thanks"]


def test_pdf_is_taken_in_and_opens_as_it_came(office, request_):
    content = pdf(pages=2)
    office.post(
        url(request_, "take-in/"),
        {
            "file": SimpleUploadedFile("letter.pdf", content),
            "language": "en",
            "reason": "It came by mail.",
        },
    )
    letter = Reference.objects.get()

    opened = office.post(url(request_, letter=letter), {"as": "pdf"})

    assert letter.pages == 2
    assert opened.content == content
    assert opened["Content-Type"] == "application/pdf"
    assert "sandbox" in opened["Content-Security-Policy"]


def test_file_that_is_no_pdf_is_refused_beside_the_field(office, request_):
    answer = office.post(
        url(request_, "take-in/"),
        {
            "file": SimpleUploadedFile("letter.pdf", b"PK not a pdf"),
            "language": "en",
            "reason": "It came by mail.",
        },
    )

    assert answer.status_code == 422
    assert "This is not a PDF" in answer.content.decode()
    assert not Reference.objects.exists()


def test_late_letter_is_admitted_with_a_reason(office, request_):
    submit(request_, at=CLOSES_AT)
    with time_machine.travel(CLOSES_AT + DAY, tick=False):
        page = office.get(url(request_)).content.decode()
        office.post(url(request_, "admit/"), {"reason": "Our mail was late."})

    letter = Reference.objects.get()
    assert "Late, kept" in page
    assert (letter.counts, letter.late, letter.reason) == (True, True, "Our mail was late.")
    assert state(request_) == RequestState.RECEIVED


def test_request_is_opened_again_after_the_end_for_some_days(office, request_):
    letter = submit(request_, at=AT)
    token = token_of(request_)
    with time_machine.travel(CLOSES_AT + DAY, tick=False):
        refused = office.post(url(request_, "reopen/"), {"reason": "The wrong file."})
        office.post(url(request_, "reopen/"), {"reason": "The wrong file.", "days": "3"})

    letter.refresh_from_db()
    assert "Say for how many days" in refused.content.decode()
    assert letter.superseded_at is not None
    assert letters.by_token(token, at=CLOSES_AT + 3 * DAY).pk == request_.pk
    again = submit(request_, at=CLOSES_AT + 3 * DAY, text="The right one")
    assert (again.counts, again.late) == (True, True)
    with pytest.raises(letters.LinkDead):
        letters.by_token(token, at=CLOSES_AT + 5 * DAY)


def test_declined_request_is_opened_again(office, request_):
    letters.decline(token_of(request_), reason="No time", at=AT)
    office.post(url(request_, "reopen/"), {"reason": "She asked for it."})

    assert state(request_) == RequestState.SENT
    assert OutgoingMail.objects.latest("pk").kind == "reference_request"


def test_open_request_is_not_opened_again(request_):
    office = make_staff("office@example.org", PROGRAM_OFFICE)

    with pytest.raises(Refused, match="open already"):
        letter_desk.reopen(request_.pk, reason="?", days=None, by=office, at=AT + TICK)


def test_nobody_acts_on_their_own_application(request_):
    own = request_.referee.application.applicant
    make_staff(own.email, PROGRAM_OFFICE)
    type(own).objects.filter(pk=own.pk).update(is_staff=True)
    own = type(own).objects.get(pk=own.pk)

    with pytest.raises(Refused, match="your own application"):
        letter_desk.reopen(request_.pk, reason="?", days=None, by=own, at=AT)


@pytest.mark.parametrize("mails", [1, 3])
def test_page_of_a_request_costs_a_fixed_number_of_queries(
    office, request_, mails, django_assert_num_queries
):
    for number in range(mails):
        letters.start(token_of(request_), at=AT + number * TICK)
        letters.save_draft(token_of(request_), {}, seen_version=None, at=AT)

    with django_assert_num_queries(10):
        office.get(url(request_))
