"""PDFs of letters and the virus scanner: at the upload, later, and who may open them meanwhile."""

from collections.abc import Iterator

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from applications.domain.access import PROGRAM_OFFICE
from applications.domain.errors import DocumentRefused, Refused
from applications.domain.referees import letter_desk, letter_drafts, letter_scans, letters
from applications.domain.referees.letters import Letter
from applications.models import Reference, ReferenceDraft, ReferenceRequest, RequestState, Scan
from jetportal.accounts.models import User
from jetportal.mail.models import OutgoingMail
from tests.applicants import make_application, make_staff, pdf
from tests.clamd import EICAR, Scanner
from tests.letters import RefereeBrowser
from tests.referees import RATINGS, WRITTEN_AT, ask, token_of
from tests.services import free_port

pytestmark = pytest.mark.django_db

AT = WRITTEN_AT


@pytest.fixture(autouse=True)
def _own_folder_and_hour(settings, tmp_path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def office(db) -> User:
    call_command("ensure_roles", verbosity=0)
    return make_staff("office@example.org", PROGRAM_OFFICE)


@pytest.fixture
def scanner(settings):
    with Scanner() as scanner:
        settings.CLAMD_URL = scanner.url
        yield scanner


@pytest.fixture
def request_(db) -> ReferenceRequest:
    return ask(make_application())


def infected() -> bytes:
    return pdf() + b"%" + EICAR + b"\n"


def send(request: ReferenceRequest, content: bytes) -> Reference:
    letter = Letter(ratings=RATINGS, content=content, pages=1)
    return letters.submit_letter(token_of(request), letter, received_at=AT, recorded_at=AT)


def send_unseen(request: ReferenceRequest, content: bytes, settings) -> Reference:
    """Send a letter while the scanner is away."""
    there, settings.CLAMD_URL = settings.CLAMD_URL, f"tcp://127.0.0.1:{free_port()}"
    letter = send(request, content)
    settings.CLAMD_URL = there
    return letter


@pytest.mark.usefixtures("scanner")
def test_clean_letter_is_marked_and_carries_it_from_its_draft(request_):
    token = token_of(request_)
    letters.keep_file(token, name="letter.pdf", content=pdf(), pages=1, at=AT)
    letter = letters.submit_letter(token, Letter(), received_at=AT, recorded_at=AT)

    assert (letter.scan, letter.scanned_at) == (Scan.CLEAN, AT)


@pytest.mark.usefixtures("scanner")
def test_infected_file_is_refused_beside_the_field_and_stored_nowhere(request_, tmp_path):
    referee = RefereeBrowser(request_)
    file = SimpleUploadedFile("letter.pdf", infected(), content_type="application/pdf")
    letters.start(referee.token, at=AT)

    answer = referee.write(file=file)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'id="id_file_error"' in page
    assert "The virus scanner refused this file, so it is not kept." in page
    assert letter_drafts.typing_of(request_).file_name == ""
    with pytest.raises(DocumentRefused):
        send(request_, infected())
    assert [path for path in (tmp_path / "letters").rglob("*") if path.is_file()] == []


@pytest.mark.usefixtures("scanner")
def test_letter_that_waits_is_kept_and_opens_for_staff_once_it_is_clean(request_, office, settings):
    letter = send_unseen(request_, pdf(), settings)
    with pytest.raises(Refused, match="Being checked"):
        letter_desk.read(letter.pk, by=office, at=AT)
    judged = letter_scans.scan_due(at=AT)

    assert (letter.scan, letter.counts, judged) == (Scan.WAITING, True, 1)
    assert letter_desk.read(letter.pk, by=office, at=AT).pdf == pdf()
    assert letter_scans.scan_due(at=AT) == 0


@pytest.mark.usefixtures("scanner")
def test_letter_found_infected_later_counts_no_more_and_its_referee_is_asked_again(
    request_, settings
):
    letter = send_unseen(request_, infected(), settings)

    assert letter_scans.scan_due(at=AT) == 1
    assert letter_scans.scan_due(at=AT) == 0

    letter.refresh_from_db()
    request_.refresh_from_db()
    assert (letter.scan, letter.superseded_at) == (Scan.REFUSED, AT)
    assert request_.state == RequestState.IN_PROGRESS
    kept = letter_drafts.typing_of(request_)
    assert (kept.typed, kept.refused) == ({name: [text] for name, text in RATINGS.items()}, True)
    mail = OutgoingMail.objects.get(kind="reference_unsafe")
    assert mail.recipient == request_.referee.email
    assert f"/references/{token_of(request_)}/" in mail.text
    page = RefereeBrowser(request_).get("write").content.decode()
    assert "The virus scanner refused this file, so it is not kept." in page


@pytest.mark.usefixtures("scanner")
def test_waiting_file_of_a_draft_is_taken_out_when_it_is_infected(
    request_, settings, tmp_path, django_capture_on_commit_callbacks
):
    token = token_of(request_)
    there, settings.CLAMD_URL = settings.CLAMD_URL, f"tcp://127.0.0.1:{free_port()}"
    letters.keep_file(token, name="letter.pdf", content=infected(), pages=1, at=AT)
    settings.CLAMD_URL = there

    with django_capture_on_commit_callbacks(execute=True):
        assert letter_scans.scan_due(at=AT) == 1

    draft = ReferenceDraft.objects.get()
    assert (draft.scan, draft.file.name, draft.version) == (Scan.REFUSED, "", 2)
    assert [path for path in (tmp_path / "letters").rglob("*") if path.is_file()] == []


@pytest.mark.usefixtures("scanner")
def test_letter_that_staff_take_in_is_scanned_too(request_, office):

    with pytest.raises(DocumentRefused):
        letter_desk.take_in(
            request_.pk,
            Letter(content=infected(), pages=1),
            reason="It came by mail.",
            by=office,
            at=AT,
            recorded_at=AT,
        )

    assert not Reference.objects.exists()
    assert letters.by_token(token_of(request_), at=AT)  # raises LinkDead where it was taken in
